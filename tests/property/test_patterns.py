"""No text, however it is made, makes a pattern of the packages take long."""

import time

import pytest
from builders_patterns import Named, hard_texts, patterns

from rag.answer.operations import operation
from rag.question_length import MOST_CHARACTERS

SIZES = (12, 16, 20, 24, 32, 64, 512)
"""Characters. The small ones come first: what grows exponentially is then found, not waited for."""

MOST_S = 0.05
"""Of processor time for 512 characters: what grows with their cube takes a second, with their
square two milliseconds, with themselves a few microseconds."""


def _seconds(named: Named, text: str) -> float:
    begin = time.thread_time()
    for _ in named.pattern.finditer(text):
        pass
    return time.thread_time() - begin


def _slow(named: Named) -> list[str]:
    """Return what the pattern takes too long for, and how many characters it was."""
    for lead, pump, end in hard_texts(named.pattern):
        for size in SIZES:
            text = f"{lead}{pump * (size // max(1, len(pump)))}{end}"
            if _seconds(named, text) > MOST_S and _seconds(named, text) > MOST_S:
                return [f"{named.place}: {size} characters of {lead!r} {pump!r} {end!r}"]
    return []


def test_no_pattern_takes_long_for_a_text_that_is_made_for_it():
    found = patterns()

    assert len(found) > 300
    assert [told for named in found for told in _slow(named)] == []


@pytest.mark.parametrize(
    "words",
    ["is it higher in x or ", "from 1 to ", "difference between a and ", "how many more than ",
     "compare a of ", "ratio of a to ", "more: a or (", "which is ", "A, ", "is ", "total of "],
)  # fmt: skip
def test_the_longest_question_is_taken_apart_at_once(words):
    question = (words * MOST_CHARACTERS)[:MOST_CHARACTERS]
    begin = time.thread_time()
    operation(question)

    assert time.thread_time() - begin < 0.5
