import asyncio
import json

from fake_library import FakeLibrary

from pagelight.server.sse.changes import Changes
from pagelight.server.sse.pieces import Pieces
from pagelight.server.sse.stream import Pace, Streams

TALK, HEAD = "a" * 16, "b" * 16


def told(event, kind="piece"):
    name, data = event.decode().strip().split("\n")
    assert name == f"event: {kind}"
    return json.loads(data.removeprefix("data: "))


def put_together(pieces):
    """Return what a browser has then; it counts letters beyond the first plane as two."""
    html = b""
    for piece in pieces:
        html = html[: 2 * piece["keep"]] + piece["more"].encode("utf-16-le")
    return html.decode("utf-16-le")


def test_of_an_answer_that_grows_only_what_is_new_is_told():
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
    heard = [told(event) for event in events]

    assert [put_together(heard[: n + 1]) for n in range(3)] == steps
    assert heard[2]["more"] == "lay</p>"
    written[TALK] = ("c" * 16, steps[0])
    anew, over = pieces.news()
    assert told(anew)["keep"] == 0
    assert told(over, "over") == {"talk": TALK, "head": HEAD}
    written.clear()
    assert [told(event, "over")["head"] for event in pieces.news()] == ["c" * 16]
    assert (pieces.news(), pieces.at_work) == ([], False)


def test_words_of_an_answer_come_by_the_stream_of_changes(tmp_path):
    written = {}
    changes = Changes(FakeLibrary(folder=tmp_path), lambda: "calm", written=lambda: written)

    async def listen():
        events = Streams(changes, pace=Pace(look_s=0, piece_s=0)).open(None)
        await anext(events)
        written[TALK] = (HEAD, "<p>Snow</p>")
        return told(await anext(events))

    assert asyncio.run(listen()) == {"talk": TALK, "head": HEAD, "keep": 0, "more": "<p>Snow</p>"}
