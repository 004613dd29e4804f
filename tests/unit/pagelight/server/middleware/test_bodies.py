"""How much of a request is read: one limit for every route, and nobody is waited for for ever."""

import asyncio
import json
from typing import Annotated

import pytest
from fastapi import Body, FastAPI, Request
from fastapi.testclient import TestClient

from pagelight.server.middleware.bodies import MAX_BYTES, Bodies

FILE_BYTES = 10_000_000
PIECE = b"x" * 100_000


class Inside:
    """An application that reads bodies in the ways that ours do, and counts what it read."""

    def __init__(self):
        self.read = 0
        self.app = FastAPI()

        @self.app.post("/scope")
        @self.app.post("/v1/chat/completions")
        def parsed(told: Annotated[dict, Body()]):
            return told

        @self.app.put("/library/files/{name}")
        @self.app.post("/sign-in")
        async def pieces(request: Request):
            return sum([len(piece) async for piece in request.stream()])

    async def __call__(self, scope, receive, send):
        async def counting():
            message = await receive()
            self.read += len(message.get("body", b""))
            return message

        await self.app(scope, counting if scope["path"] == "/scope" else receive, send)


@pytest.fixture
def inside():
    return Inside()


@pytest.fixture
def client(inside):
    return TestClient(Bodies(inside, file_bytes=FILE_BYTES))


def chunks(size_bytes):
    """Yield a body that tells no size."""
    for _ in range(size_bytes // len(PIECE)):
        yield PIECE


def test_a_body_that_says_it_is_too_long_is_not_read_and_programs_are_told_in_their_form(
    client, inside
):
    answer = client.post("/scope", content=b"x" * (MAX_BYTES + 1))
    program = client.post("/v1/chat/completions", content=b"x" * (MAX_BYTES + 1))

    assert (answer.status_code, inside.read) == (413, 0)
    assert "at most 8,000,000 bytes" in answer.text
    assert answer.headers["connection"] == "close"
    assert "at most 8,000,000 bytes" in program.json()["error"]["message"]


def test_one_that_tells_no_size_is_read_up_to_the_limit_and_not_told_back(client, inside):
    answer = client.post("/scope", content=chunks(300 * len(PIECE)))

    assert answer.status_code == 413
    assert inside.read <= MAX_BYTES
    assert len(answer.content) < 100


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("POST", "/scope", MAX_BYTES),
        ("POST", "/sign-in", MAX_BYTES),
        ("POST", "/v1/chat/completions", MAX_BYTES),
        ("PUT", "/library/files/a.txt", FILE_BYTES),
        ("DELETE", "/nothing", MAX_BYTES),
    ],
)
def test_every_route_has_a_limit(client, method, path, most):
    long = client.request(method, path, content=b"x" * (most + 1))
    short = client.request(method, path, content=b"x" * most)

    assert long.status_code == 413
    assert short.status_code in {200, 404, 422}


def test_what_is_short_enough_is_answered_as_ever(client):
    told = {"text": "x" * (MAX_BYTES - 100)}

    assert client.post("/scope", json=told).json() == told
    assert client.put("/library/files/a.txt", content=chunks(90 * len(PIECE))).json() == 9_000_000


def asked(inside, *messages, path="/scope"):
    """Return what is sent to who sends these messages and then nothing."""
    left, sent = list(messages), []

    async def receive():
        if left:
            return left.pop(0)
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "http_version": "1.1",
        "scheme": "http",
    }
    app = Bodies(inside, file_bytes=FILE_BYTES, silent_s=0.05)
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 10))
    return sent


@pytest.mark.parametrize("path", ["/scope", "/sign-in"])
def test_who_stops_amid_a_body_is_not_waited_for(inside, path):
    sent = asked(inside, {"type": "http.request", "body": b'{"a"', "more_body": True}, path=path)

    assert [message.get("status") for message in sent] == [408, None]


def test_who_waits_for_an_answer_is(inside):
    whole = {"type": "http.request", "body": json.dumps({"a": 1}).encode(), "more_body": False}

    @inside.app.post("/slow")
    async def slow():
        await asyncio.sleep(0.3)

    assert asked(inside, whole, path="/slow")[0]["status"] == 200


def test_a_bug_stays_one(inside, client):
    @inside.app.post("/broken")
    def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        client.post("/broken")
