"""What is dictated comes to a hearer as a file, and goes back as words."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.ui.chat.dictation_routes import dictation_routes
from rag.errors import LimitError, SourceError


class Hearer:
    def __init__(self, words="", error=None):
        self.hears = True
        self.came = []
        self._words, self._error = words, error

    def dictated(self, path):
        self.came.append((path, path.read_bytes()))
        if self._error:
            raise self._error
        return self._words


def client_of(hearer, send=lambda _: None):
    app = FastAPI()
    app.include_router(dictation_routes(hearer, send=send))
    return TestClient(app)


def dictate(hearer, kind="audio/webm;codecs=opus", **how):
    return client_of(hearer, **how).post(
        "/dictation", content=b"sound", headers={"content-type": kind}
    )


def test_words_come_back_and_the_sound_is_gone():
    hearer, sizes = Hearer("How tall is the mast?"), []

    answer = dictate(hearer, send=sizes.append)

    ((path, sound),) = hearer.came
    assert answer.json() == {"words": "How tall is the mast?"}
    assert (path.suffix, sound, sizes) == (".webm", b"sound", [5])
    assert not path.exists()


@pytest.mark.parametrize(
    ("hearer", "kind", "why"),
    [
        (Hearer(""), "audio/ogg", "No words were heard."),
        (Hearer("words"), "text/html", "This is no recording of a browser."),
        (Hearer(error=SourceError("It is damaged.")), "audio/mp4", "It is damaged."),
    ],
)
def test_where_no_words_come_it_is_said_why(hearer, kind, why):
    answer = dictate(hearer, kind)

    assert (answer.status_code, answer.json()) == (422, {"error": why})


def test_what_is_over_a_quota_is_not_heard():
    def send(_):
        raise LimitError("No more today.")

    hearer = Hearer("words")

    assert dictate(hearer, send=send).status_code == 422
    assert hearer.came == []


def test_whether_somebody_hears_is_told():
    assert client_of(Hearer()).get("/dictation").json() == {"hears": True}
