"""Who leaves an answer of a server is let go at once, whatever the server does meanwhile."""

import threading
import time

import pytest
from builders_answer import WINTER, chunk, hit
from chat_server import chat_server, saying

from rag.datamodel import Context, Query
from rag.generation.prompt import build_prompt
from rag.models.endpoint.client import Server, read_address
from rag.models.endpoint.endpoint import EndpointGenerator
from rag.models.endpoint.replies import MAX_AHEAD

PROMPT = build_prompt(Query(text="How deep?"), Context(hits=(hit(chunk("w", WINTER), 1),)))
PROMPTLY_S = 3
"""Where nobody could leave it would be 30: so long the servers here keep silent."""


@pytest.fixture
def server():
    with chat_server() as server:
        yield server


@pytest.fixture
def released():
    event = threading.Event()
    yield event
    event.set()


def stream_of(server, **more):
    address = read_address(server.url)
    writing = EndpointGenerator(
        Server(address=address, model="tiny"),
        lambda _: None,
        answer_tokens=50,
        picture_tokens=0,
        **more,
    )
    return writing.stream(PROMPT)


def assert_nobody_reads():
    readers = [thread for thread in threading.enumerate() if thread.name == "read"]
    for thread in readers:
        thread.join(PROMPTLY_S)
    assert not any(thread.is_alive() for thread in readers)


def left_at_once(stream):
    """Leave at the first empty piece; return how long that took."""
    began = time.monotonic()
    assert next(stream) == ""
    stream.close()
    return time.monotonic() - began


def test_a_prompt_that_is_still_read(server, released):
    server.replies = [lambda _: released.wait(30)]

    assert left_at_once(stream_of(server)) < PROMPTLY_S
    assert_nobody_reads()


def test_a_thought_that_is_no_part_of_the_answer(server):
    def thinking(handler):
        handler.begin()
        while True:
            handler.event({"choices": [{"delta": {"reasoning_content": "Hm. "}}]})
            time.sleep(0.01)

    server.replies = [thinking]

    assert left_at_once(stream_of(server)) < PROMPTLY_S
    assert server.hung_up.wait(PROMPTLY_S)


def test_what_a_server_writes_ahead_of_a_slow_reader_is_all_read(server):
    pieces = [f"{n} " for n in range(2 * MAX_AHEAD)]
    server.replies = [saying(*pieces)]
    stream = stream_of(server)
    first = next(stream)
    time.sleep(0.2)

    assert "".join([first, *stream]) == "".join(pieces)
