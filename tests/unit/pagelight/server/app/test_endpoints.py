"""`ask` and `search` for programs: Gradio's own client against a server with a password."""

import asyncio
import base64
import gc
from collections import Counter
from contextlib import contextmanager

import httpx
import pytest
from builders_ui import a_chunk, a_document, a_hit, an_answer, wait
from fake_engine import FakeEngine
from fake_library import FakeLibrary
from gradio.state_holder import SessionState
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from running_app import BEARER, running_app

from rag.datamodel import Element
from rag.settings import Settings

PASSWORD = "schnée"  # noqa: S105 - of this test only
BASIC = "Basic " + base64.b64encode(f":{PASSWORD}".encode()).decode()


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    doc = a_document(Element(role="paragraph", text="Snow fell."), page_count=2)
    chunk = a_chunk(doc_id=doc.id)
    longer = a_chunk(doc_id=doc.id, text="Snow, snow and snow.")  # more words to be marked
    found = tuple(a_hit(longer, rank=n) for n in range(1, 6))
    kept = (a_hit(chunk),)
    asked = {"standalone_query": "How much snow?"}
    answers = [
        an_answer("", complete=False, hits=found, **asked),
        an_answer("Snow [1]", chunk, complete=False, hits=kept, **asked),
        an_answer("Snow fell. [1]", chunk, hits=kept, **asked),
    ]
    return FakeEngine(
        index=FakeLibrary(doc, folder=tmp_path_factory.mktemp("docs")), answers=answers
    )


@pytest.fixture(scope="module")
def url(engine, tmp_path_factory):
    settings = Settings(workspace=tmp_path_factory.mktemp("ws"), password=PASSWORD)
    with running_app(engine, settings) as address:
        yield address


@pytest.fixture(scope="module")
def client(url):
    client = Client(url, headers={"Authorization": BASIC}, verbose=False, analytics_enabled=False)
    yield client
    client.close()


def test_the_endpoints_are_the_only_ones_and_have_names_and_words(client):
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]

    assert set(named) == {"/ask", "/search"}
    assert named["/ask"]["description"].startswith("Answer a question from the documents")


def test_an_answer_comes_as_it_grows_and_whole(client):
    growing = list(client.submit("How much snow?", api_name="/ask"))
    whole = client.predict("How much snow?", api_name="/ask")

    assert [answer["text"] for answer in growing] == ["Snow [1]", "Snow fell. [1]"]
    assert [len(answer["hits"]) for answer in growing] == [1, 1]
    assert growing[-1]["hits"][0]["why"]["words"] == [[0, 4]]
    assert whole["citations"][0] | {"score": None} == {
        "number": 1,
        "source": "report.pdf",
        "page": 2,
        "bbox": [0.25, 0.5, 0.75, 0.6],
        "boxes": [[0.25, 0.5, 0.75, 0.6]],
        "quote": "Snow fell.",
        "start_s": None,
        "end_s": None,
        "score": None,
    }


def test_a_question_takes_uploaded_files(client, engine, tmp_path):
    (tmp_path / "sign.png").write_bytes(b"a sign")
    client.predict("What?", attachments=[handle_file(tmp_path / "sign.png")], api_name="/ask")

    (attachment,) = engine.asked[-1][0].attachments
    assert (attachment.name, attachment.image.lettering) == ("sign.png", "STOP")
    assert [path.name for path in engine.incoming.begun] == ["sign.png"]  # while it is still asked


@pytest.mark.parametrize("named", [{"path": "/etc/hostname"}, {"url": "/etc/hostname"}, {}])
def test_a_file_of_the_server_is_not_read(url, engine, named):
    sent = {"data": ["What?", "", [], "", "", [named]]}
    before = len(engine.asked)
    answer = httpx.post(
        f"{url}/gradio_api/run/ask", json=sent, headers={"Authorization": BASIC}, trust_env=False
    )

    assert not answer.is_success
    assert len(engine.asked) == before


def test_of_a_call_that_was_read_and_a_tab_that_is_closed_nothing_is_kept(engine, tmp_path):
    with _calling(engine, Settings(workspace=tmp_path)) as caller:
        before = _kept()
        asked = {"data": ["snow", 3, "", "", ""]}
        for _ in range(3):
            assert "report.pdf" in _read(caller, _begun(caller, asked))
        wait(lambda: _kept() == before)  # the last is let go after its answer was sent
        with caller.stream("GET", "/heartbeat/a-tab") as heart:
            beats = heart.iter_bytes()
            next(beats)
            assert "report.pdf" in _read(caller, _begun(caller, asked | {"session_hash": "a-tab"}))
            assert _kept() != before
        wait(lambda: _kept() == before)


def test_calls_that_nobody_reads_do_not_fill_the_memory(engine, tmp_path, monkeypatch):
    most = 3
    monkeypatch.setattr("pagelight.server.app.application.MAX_SESSIONS", most)
    with _calling(engine, Settings(workspace=tmp_path)) as caller:
        before = _kept()[SessionState]
        *_, last = [_begun(caller, {"data": ["snow", 3, "", "", ""]}) for _ in range(2 * most)]
        assert "report.pdf" in _read(caller, last)
        assert 0 < _kept()[SessionState] - before <= most


@contextmanager
def _calling(engine, settings):
    """Lend what calls the endpoints of a server."""
    with (
        running_app(engine, settings) as url,
        httpx.Client(
            base_url=f"{url}/gradio_api", headers=BEARER, timeout=60, trust_env=False
        ) as caller,
    ):
        yield caller


def _begun(caller, sent):
    return caller.post("/call/search", json=sent).json()["event_id"]


def _read(caller, event_id):
    return caller.get(f"/call/search/{event_id}").text


def _kept() -> Counter[type]:
    """Return how many sessions and queues of messages there are, of all chats of this process."""
    gc.collect()
    kinds = (SessionState, asyncio.Queue)
    return Counter(type(one) for one in gc.get_objects() if type(one) in kinds)


@pytest.mark.parametrize(
    ("arguments", "endpoint", "words"),
    [
        ((" ",), "/ask", "question is empty"),
        (("a", "", [{"role": "user"}]), "/ask", "A history is a list"),
        (("a", 0), "/search", "k is 0"),
        (("a", 5, "", "June"), "/search", "'June' is no day. Say it as 2024-06-30"),
    ],
)
def test_what_can_not_be_asked_is_told_in_a_sentence(client, arguments, endpoint, words):
    with pytest.raises(AppError, match=words):
        client.predict(*arguments, api_name=endpoint)
