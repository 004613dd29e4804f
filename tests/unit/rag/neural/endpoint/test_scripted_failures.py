"""What becomes of a question where a server is slow, busy, silent or breaks off."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from builders_script import cited, said
from chat_server import hanging_up, refusing, saying, slowly, stalling

from rag.generation.guarded import INSTEAD

TOO_LONG = "the request exceeds the available context size (512 tokens)"


def test_a_slow_answer_is_shown_as_it_grows(script):
    began = time.monotonic()
    told = ("Snow lay 317 cm ", "deep [1]. Rain ", "fell in June [1]. ", "It rained.")
    states = script.ask(slowly(*told, pause_s=0.05))

    grown = list(dict.fromkeys(map(said, states[1:])))
    first = "Snow lay 317 cm deep [1]."
    assert grown[:3] == ["", first, f"{first} Rain fell in June [1]."]
    assert time.monotonic() - began > 0.15


def test_an_answer_that_is_broken_off_is_kept_and_told(script):
    *_, answer = script.ask(hanging_up("317 cm [1] ", "and [sou"))

    assert (said(answer), cited(answer)) == ("317 cm and [sou [1]", [1])
    assert answer.notes[0].startswith("The answer was cut off: the server at 127.0.0.1:")


def test_a_prompt_that_is_too_long_is_sent_with_fewer_sources(script):
    *_, answer = script.ask(refusing(400, TOO_LONG), saying("317 cm [1]."))

    first, second = (str(asked["messages"]).count("<source") for asked in script.server.asked)
    assert (said(answer), first, second) == ("317 cm [1].", 3, 2)


def test_a_busy_server_is_asked_again_when_it_says(script):
    busy = refusing(429, "Too many requests", headers=[("Retry-After", "2")])
    *_, answer = script.ask(busy, busy, saying("317 cm [1]."))

    assert (said(answer), script.waits) == ("317 cm [1].", [2.0, 2.0])


def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(script):
    far = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    for wait, told in [("60", "asks for 60 seconds"), (far, r"asks for (2\d\d|300) seconds")]:
        script.waits.clear()
        busy = refusing(429, "Too many requests", headers=[("Retry-After", wait)])
        *_, answer = script.ask(busy, saying("317 cm [1]."), held=0.9)

        assert script.waits == []
        assert re.search(told, answer.notes[0])
        assert answer.state == "stated"


def test_a_wait_that_is_told_as_a_date_is_waited(script):
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=8), usegmt=True)
    busy = refusing(429, "Too many requests", headers=[("Retry-After", soon)])
    *_, answer = script.ask(busy, saying("317 cm [1]."))

    assert said(answer) == "317 cm [1]."
    assert 5 < script.waits[0] <= 8


@pytest.mark.parametrize(("held", "state"), [(0.9, "stated"), (0.1, "closest")])
def test_a_server_that_stays_busy_is_told_and_the_places_are_shown(script, held, state):
    *_, answer = script.ask(refusing(429, "Too many requests"), held=held)

    assert answer.state == state
    assert "has too much to do or failed (HTTP 429)" in answer.notes[0]
    assert answer.notes[0].endswith(INSTEAD)
    assert answer.context.hits or answer.nearest


def test_a_server_that_falls_silent_is_not_waited_for(script):
    released = threading.Event()
    *_, answer = script.ask(stalling("317 cm [1]", released=released), read_s=0.2)
    released.set()

    assert (said(answer), cited(answer)) == ("317 cm [1]", [1])
    assert "fell silent" in answer.notes[0]
