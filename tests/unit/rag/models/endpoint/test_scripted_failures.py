"""What becomes of a question where a server is slow, busy, silent or breaks off."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from builders_script import cited, said
from chat_server import hanging_up, refusing, saying

from rag.generation.guarded import INSTEAD


def test_an_answer_that_is_broken_off_is_kept_and_told(script):
    *_, answer = script.ask(hanging_up("317 cm [1] ", "and [sou"))

    assert (said(answer), cited(answer)) == ("317 cm and [sou [1]", [1])
    assert answer.notes[0].startswith("The answer was cut off: the server at 127.0.0.1:")


def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(script):
    far = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    for wait, told in [("60", "asks for 60 seconds"), (far, r"asks for (2\d\d|300) seconds")]:
        script.waits.clear()
        busy = refusing(429, "Too many requests", headers=[("Retry-After", wait)])
        *_, answer = script.ask(busy, saying("317 cm [1]."), held=0.9)

        assert script.waits == []
        assert re.search(told, answer.notes[0])
        assert answer.state == "answered"


@pytest.mark.parametrize(("held", "state"), [(0.9, "answered"), (0.1, "partial")])
def test_a_server_that_stays_busy_is_told_and_the_places_are_shown(script, held, state):
    *_, answer = script.ask(refusing(429, "Too many requests"), held=held)

    assert answer.state == state
    assert "has too much to do or failed (HTTP 429)" in answer.notes[0]
    assert answer.notes[0].endswith(INSTEAD)
    assert answer.context.hits or answer.nearest
