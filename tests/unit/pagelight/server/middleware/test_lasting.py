"""What streams ends with the right to it."""

import asyncio

import pytest
from builders_users import Clock
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from pagelight.server.middleware.authentication import SignInRefusal
from pagelight.server.middleware.guard import CHECKED_S, Guard, Lasting, OverError
from pagelight.services.accounts.person import Person

PIECE = {"type": "http.response.body", "body": b"more", "more_body": True}
LAST = {"type": "http.response.body", "body": b"", "more_body": False}


class Stay:
    """Says yes so many times."""

    def __init__(self, times):
        self.left = times

    async def __call__(self):
        self.left -= 1
        return self.left >= 0


def test_a_stream_goes_on_until_its_reader_is_put_out():
    sent, clock = [], Clock()

    async def send(message):
        sent.append(message)

    async def stream():
        lasting = Lasting(send, Stay(1), now=clock)
        for _ in range(3):
            await lasting(PIECE)
            clock.now_s += CHECKED_S
        assert not lasting.is_over

    with pytest.raises(OverError):
        asyncio.run(stream())

    assert sent == [PIECE, PIECE, LAST]


def test_what_is_whole_is_sent_without_asking():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Lasting(send, Stay(0))(LAST))

    assert sent == [LAST]


class Once:
    """Knows somebody at the beginning, and nobody afterwards."""

    needs = ""

    def __init__(self):
        self.asked = 0

    def answers(self, _scope):
        return False

    async def person(self, _scope):
        self.asked += 1
        return Person(name="ann", collections=()) if self.asked == 1 else SignInRefusal()


def test_the_guard_ends_the_stream_of_who_signed_out():
    app, clock = FastAPI(), Clock()
    sent = []

    @app.get("/events")
    def events():
        async def pieces():
            while len(sent) < 100:
                sent.append(1)
                clock.now_s += CHECKED_S
                yield "piece"

        return StreamingResponse(pieces())

    guard = Guard(app, hosts=None, entrance=Once(), now=clock)

    assert TestClient(guard).get("/events").text == ""
    assert len(sent) == 1
