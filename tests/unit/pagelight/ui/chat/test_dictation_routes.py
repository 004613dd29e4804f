"""What is dictated comes to a hearer as a file, and goes back as words."""

import pytest
from builders_ui import client_of

from pagelight.ui.chat.routes import dictation_routes
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


def dictate(hearer, kind="audio/webm;codecs=opus", send=bool):
    client = client_of(dictation_routes(hearer, send=send))
    assert client.get("/dictation").json() == {"hears": True}
    return client.post("/dictation", content=b"sound", headers={"content-type": kind})


def test_words_come_back_and_the_sound_is_gone():
    hearer, sizes = Hearer("How tall is the mast?"), []

    answer = dictate(hearer, send=sizes.append)

    ((path, sound),) = hearer.came
    assert answer.json() == {"words": "How tall is the mast?"}
    assert (path.suffix, sound, sizes) == (".webm", b"sound", [5])
    assert not path.exists()


def over_quota(_size):
    raise LimitError("No more today.")


@pytest.mark.parametrize(
    ("hearer", "kind", "send", "why"),
    [
        (Hearer(""), "audio/ogg", bool, "No words were heard."),
        (Hearer("words"), "text/html", bool, "This is no recording of a browser."),
        (Hearer("words"), "audio/mp4", over_quota, "No more today."),
        (Hearer(error=SourceError("It is damaged.")), "audio/mp4", bool, "It is damaged."),
    ],
)
def test_where_no_words_come_it_is_said_why(hearer, kind, send, why):
    answer = dictate(hearer, kind, send)

    assert (answer.status_code, answer.json()) == (422, {"error": why})
    assert not hearer.came or send is bool
