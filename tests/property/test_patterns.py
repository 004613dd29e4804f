"""No text, however it is made, makes a pattern of the packages take long."""

import re
import time

import pytest
from builders_patterns import SCANS, Named, hard_texts, patterns

from rag.question_length import MAX_CHARACTERS
from rag.understanding.question.comparisons import comparison

SHORT = (12, 16, 20, 24, 32)
"""Characters. These come first: what grows exponentially is then found, not waited for."""

AT_MAX_S = 0.05
"""Of processor time for the short texts."""

BOUNDED_S = 0.5
"""Of processor time for the longest text that a pattern in `BOUNDED` is given."""

LITTLE, MUCH = 256, 2048
"""Characters."""

IN_NO_TIME_S = 0.0012
"""What takes no longer for `MUCH` is not looked at closer."""

GROWTH = 24
"""So many times the time may `MUCH` take of what `LITTLE` takes: what grows in proportion takes
8 times as long, with the square 64 times."""

TRIES = 4
"""A machine that does other work makes single times longer, never shorter."""

BOUNDED = {
    "rag.understanding.question.comparisons._RULES.1": MAX_CHARACTERS,
    "rag.understanding.wishes.summary_wish._FORMS.2": MAX_CHARACTERS,
    "rag.attachments.answering._WHERE": MAX_CHARACTERS,
}
"""Patterns that are given no longer texts: a question (`rag.question_length`)."""


def _seconds(named: Named, method: str, text: str) -> float:
    begin = time.thread_time()
    found = getattr(named.pattern, method)(text)
    if method == SCANS:
        for _ in found:
            pass
    return time.thread_time() - begin


def _least(named: Named, method: str, text: str, *, tries: int = TRIES) -> float:
    return min(_seconds(named, method, text) for _ in range(tries))


def _is_slow(named: Named, method: str, parts: tuple[str, str, str]) -> bool:
    for size in SHORT:
        text = _text(parts, size)
        if _seconds(named, method, text) > AT_MAX_S and _least(named, method, text) > AT_MAX_S:
            return True
    if bound := BOUNDED.get(named.place):
        text = _text(parts, bound)
        return all(_seconds(named, method, text) > BOUNDED_S for _ in range(2))
    return _grows_faster(named, method, parts)


def _grows_faster(named: Named, method: str, parts: tuple[str, str, str]) -> bool:
    """Tell whether the time grows faster than the text; again and again, to be sure."""
    much, little = _text(parts, MUCH), _text(parts, LITTLE)
    for _ in range(TRIES):
        took = _seconds(named, method, much)
        if took <= IN_NO_TIME_S or took <= GROWTH * _least(named, method, little):
            return False
    return True


def _text(parts: tuple[str, str, str], size: int) -> str:
    lead, pump, end = parts
    return f"{lead}{pump * (size // max(1, len(pump)))}{end}"


def _slow(named: Named) -> list[str]:
    """Return how the pattern is used and on what text where that takes too long."""
    return [
        f"{named.place}: {method} {parts!r}"
        for method in sorted(named.methods)
        for parts in hard_texts(named.pattern)
        if _is_slow(named, method, parts)
    ][:1]


def test_a_pattern_takes_as_much_longer_as_its_text_is():
    found = patterns()

    assert len(found) > 300
    assert set(BOUNDED) <= {named.place for named in found}
    assert [told for named in found for told in _slow(named)] == []


@pytest.mark.parametrize(
    ("pattern", "is_told"), [(r"\s+$", True), (r"(?<!\s)\s++$", False), (r"(a|a)*b", True)]
)
def test_a_pattern_that_takes_longer_is_found(pattern, is_told):
    named = Named(place="here", pattern=re.compile(pattern), methods=frozenset({SCANS}))

    assert bool(_slow(named)) == is_told


@pytest.mark.parametrize(
    "words",
    ["is it higher in x or ", "from 1 to ", "difference between a and ", "how many more than ",
     "compare a of ", "ratio of a to ", "more: a or (", "which is ", "A, ", "is ", "total of "],
)  # fmt: skip
def test_the_longest_question_is_taken_apart_at_once(words):
    question = (words * MAX_CHARACTERS)[:MAX_CHARACTERS]
    begin = time.thread_time()
    comparison(question)

    assert time.thread_time() - begin < 0.5
