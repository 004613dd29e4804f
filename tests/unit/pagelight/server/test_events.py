"""What a tab is told: how all stands, what changes, and answers piece by piece."""

import asyncio
import json
from contextlib import closing

import pytest
from builders_ui import a_document
from fake_library import FakeLibrary
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.server.events import (
    BEAT,
    MAX_STREAMS,
    Changes,
    Pieces,
    Standing,
    event_of,
    events_routes,
)
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.database.user_database import UserFile

AT_ONCE = {"look_s": 0}
TALK = "a" * 16


class Clock:
    """Tells the time; each look takes a second."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        self.seconds += 1.0
        return self.seconds


@pytest.fixture
def library(tmp_path):
    return FakeLibrary(a_document(), folder=tmp_path)


@pytest.fixture
def changes(library):
    return Changes(library, lambda: "calm", now=Clock())


def ask(conversations, exchange_id="1"):
    conversations.put(TALK, Exchange(id=exchange_id, question="Snow?"))


def told(event):
    """Return the id and the data of an event."""
    lines = dict(line.split(": ", 1) for line in event.decode().strip().split("\n"))
    return int(lines["id"]), json.loads(lines["data"])


async def next_told(events):
    return told(await anext(events))[1]


def test_a_stream_begins_with_how_everything_stands_and_then_tells_what_changes(library, changes):
    async def listen():
        events = changes.stream(**AT_ONCE, since=None)
        first = await next_told(events)
        ask(library.conversations)
        second = await next_told(events)
        library.docs.clear()
        third = await next_told(events)
        return first, second, third

    first, second, third = asyncio.run(listen())
    assert (first["state"], first["talks"]) == ("calm", {})
    assert second == {**first, "revision": second["revision"], "talks": {TALK: "1"}}
    assert third["library"] != first["library"]
    assert third["talks"] == {}


def test_who_comes_back_is_told_what_changed_meanwhile(library, changes):
    async def first(since):
        return told(await anext(changes.stream(**AT_ONCE, since=since)))

    ask(library.conversations)
    known, _ = asyncio.run(first(None))
    assert asyncio.run(first(known))[1]["talks"] == {}
    ask(library.conversations, "2")

    now, data = asyncio.run(first(known))
    assert now > known
    assert data["talks"] == {TALK: "2"}


def test_what_another_process_keeps_is_told_here(changes, tmp_path):
    async def listen():
        events = changes.stream(**AT_ONCE, since=None)
        await anext(events)
        with closing(UserFile(tmp_path / ".pagelight" / "users.sqlite")) as there:
            ask(Conversations(there))
        return await next_told(events)

    assert asyncio.run(listen())["talks"] == {TALK: "1"}


def test_a_silent_stream_beats_and_ends_after_its_time(changes):
    async def all_of(pace):
        return [event async for event in changes.stream(None, **pace)]

    events = asyncio.run(all_of({"look_s": 0, "beat_s": 4, "life_s": 40}))
    assert events[0] != BEAT
    assert set(events[1:]) == {BEAT}
    assert 1 < len(events) < 10


def test_the_end_of_an_application_ends_its_streams(changes):
    async def after_the_end():
        events = changes.stream(**AT_ONCE, since=None)
        await anext(events)
        changes.close()
        return [event async for event in events]

    assert asyncio.run(after_the_end()) == []


def test_there_is_room_for_so_many_streams_and_again_when_one_ends(changes):
    async def rooms():
        opened = [changes.stream(None, **AT_ONCE) for _ in range(MAX_STREAMS)]
        for events in opened:
            await anext(events)
        before = changes.full
        await opened[0].aclose()
        return before, changes.full

    assert asyncio.run(rooms()) == (True, False)


def test_where_no_stream_comes_through_it_is_asked_how_everything_stands(library, changes):
    app = FastAPI()
    app.include_router(events_routes(changes))
    client = TestClient(app)
    known = client.get("/events/now").json()
    ask(library.conversations)

    now = client.get("/events/now", params={"since": known["revision"]})
    assert now.json() == {**known, "revision": now.json()["revision"], "talks": {TALK: "1"}}
    assert now.headers["cache-control"] == "no-store"
    assert client.get("/events/now", params={"since": -1}).status_code == 422


def test_an_event_is_small_and_has_the_revision_as_its_id():
    talks = {f"{n:016x}": "b" * 16 for n in range(3)}
    event = event_of(Standing(library="12", state="c" * 16, revision=7, talks=talks))

    assert event.startswith(b"id: 7\ndata: {")
    assert len(event) < 300


HEAD = "b" * 16


def piece_told(event, kind="piece"):
    name, data = event.decode().strip().split("\n")
    assert name == f"event: {kind}"
    return json.loads(data.removeprefix("data: "))


def put_together(pieces):
    """Return what a browser has then; it counts letters beyond the first plane as two."""
    html = b""
    for piece in pieces:
        html = html[: 2 * piece["keep"]] + piece["more"].encode("utf-16-le")
    return html.decode("utf-16-le")


def test_of_an_answer_that_grows_only_what_is_new_is_piece_told():
    written = {}
    pieces = Pieces(lambda: written)
    steps = [
        "<p>Snow \N{SNOWFLAKE}",
        "<p>Snow \N{SNOWFLAKE}\N{GRINNING FACE} fell</p>",
        "<p>Snow \N{SNOWFLAKE}\N{GRINNING FACE} lay</p>",
    ]
    events = []
    for step in steps:
        written[TALK] = (HEAD, step)
        events += pieces.news()
        assert pieces.news() == []
    heard = [piece_told(event) for event in events]

    assert [put_together(heard[: n + 1]) for n in range(3)] == steps
    assert heard[2]["more"] == "lay</p>"
    written[TALK] = ("c" * 16, steps[0])
    anew, over = pieces.news()
    assert piece_told(anew)["keep"] == 0
    assert piece_told(over, "over") == {"talk": TALK, "head": HEAD}
    written.clear()
    assert [piece_told(event, "over")["head"] for event in pieces.news()] == ["c" * 16]
    assert (pieces.news(), pieces.at_work) == ([], False)


def test_words_of_an_answer_come_by_the_stream_of_changes(tmp_path):
    written = {}
    changes = Changes(FakeLibrary(folder=tmp_path), lambda: "calm", written=lambda: written)

    async def listen():
        events = changes.stream(None, look_s=0, piece_s=0)
        await anext(events)
        written[TALK] = (HEAD, "<p>Snow</p>")
        return piece_told(await anext(events))

    assert asyncio.run(listen()) == {"talk": TALK, "head": HEAD, "keep": 0, "more": "<p>Snow</p>"}
