"""What a server that writes is told of a conversation, and what it makes of a follow-up."""

import threading
import time

import pytest
from builders_script import last_words, said
from chat_server import endless, refusing, saying

from rag.datamodel import Turn

EARLIER = [
    Turn(question="How deep was the snow in 1998?", answer="212 cm [2].", cited=("depths.csv",)),
    Turn(question="And who sleeps?", answer="Marmots [1]."),
]


def test_a_follow_up_is_rewritten_by_the_model_and_the_conversation_goes_along(script):
    *_, answer = script.ask(
        saying("How deep was the snow in March 1999?"),
        saying("317 cm [1]."),
        asked="And in March 1999?",
        history=EARLIER,
    )

    rewriting, writing = map(last_words, script.server.asked)
    assert answer.standalone_query == "How deep was the snow in March 1999?"
    assert answer.query.text == "And in March 1999?"
    assert "<source" not in rewriting
    assert rewriting.endswith("Question: And in March 1999?\n")
    for words in (rewriting, writing):
        assert (
            "Question: How deep was the snow in 1998?\nAnswer: 212 cm. (from depths.csv)" in words
        )
        assert words.index("1998") < words.index("Marmots")
    assert writing.index("</source>") < writing.index("<earlier>") < writing.rindex("Question:")


@pytest.mark.parametrize(
    "told",
    [
        saying("[0]"),
        saying("It was 317 cm deep [1]."),
        saying("One.\nTwo."),
        saying("deep " * 100),
        endless(),
        refusing(500, "out of order"),
    ],
)
def test_what_is_no_question_is_left_to_the_rules(script, told):
    tried = [told] * (4 if told.__qualname__.startswith("refusing") else 1)
    *_, answer = script.ask(
        *tried, saying("317 cm [1]."), asked="And in March 1999?", history=EARLIER[:1]
    )

    assert answer.standalone_query == "How deep was the snow in March 1999?"
    assert said(answer) == "317 cm [1]."


def test_a_question_that_is_still_rewritten_can_be_left(script):
    released = threading.Event()
    waits = lambda _: released.wait(30)  # noqa: E731 - one line
    states = script.ask_slowly(waits, asked="And in March 1999?", history=EARLIER)
    began = time.monotonic()
    waiting = next(states)
    states.close()
    took_s = time.monotonic() - began
    released.set()

    assert (waiting.text, waiting.hits, waiting.complete) == ("", (), False)
    assert took_s < 5
    assert len(script.server.asked) == 1
