"""Connections on which nobody asks are ended; one that waits for an answer is not."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn
from builders_ui import wait

from pagelight.server.middleware.bodies import TimedProtocol

HEAD_S = 0.4
ASKED = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


class Hasty(TimedProtocol):
    head_s = HEAD_S


async def app(scope, _receive, send):
    await asyncio.sleep(3 * HEAD_S if scope["path"] == "/slow" else 0)
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(scope="module")
def port():
    config = uvicorn.Config(app, port=0, http=Hasty, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(10)


@contextmanager
def connected(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(20)
        yield connection


def told(connection):
    """Return all that comes until the server ends the connection."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


@pytest.mark.parametrize("begun", [b"", b"G", ASKED[:-2], ASKED[:-4] + b"\r\nx: 1"])
def test_who_asks_for_nothing_is_not_waited_for(port, begun):
    with connected(port) as connection:
        connection.sendall(begun)

        assert told(connection) == b""


def test_a_second_request_must_come_to_its_end_too(port):
    with connected(port) as connection:
        connection.sendall(ASKED + ASKED[:-2])

        assert told(connection).count(b"200 OK") == 1


def test_a_slow_answer_is_waited_for(port):
    with connected(port) as connection:
        connection.sendall(ASKED.replace(b"/ ", b"/slow "))

        assert told(connection).endswith(b"ok")


def test_an_endless_head_is_not_read(port):
    with connected(port) as connection:
        connection.sendall(ASKED[:-2] + b"x: " + b"y" * 100_000)

        assert b"400 Bad Request" in told(connection)
