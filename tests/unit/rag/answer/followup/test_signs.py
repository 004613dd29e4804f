"""What tells that a question leans on what was said before it."""

import pytest

from rag.answer.followup.signs import leans


@pytest.mark.parametrize(
    "asked",
    [
        "And in 2001?",
        "what about Quebec?",
        "in which city?",
        "Since when?",
        "why?",
        "How large is its disk?",
        "was it built to last",
        "how did they pay?",
        "How many people live there?",
        "Is that more than the year before?",
        "Which other instruments are there?",
        "How many does the one with the most beds have?",
        "list them",
        "are you sure?",
    ],
)
def test_a_follow_up_leans(asked):
    assert leans(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "How deep was the snow at Kestrel Ridge in 1999?",
        "opening hours",
        "how cold did it get",
        "how much is it to get in",
        "is it safe to walk",
        "did it snow",
        "Is there a rule that huts must close?",
        "Why did Ada Venn leave her post at the station?",
        "which tours can I book and what do they cost",
        "Who wrote the letter and why did he?",
        "In the annual report of 2020, which director spoke most?",
        "How much more snow fell in July than in June?",
        "explain rime",
    ],
)
def test_what_explains_its_own_words_stands_alone(asked):
    assert not leans(asked)
