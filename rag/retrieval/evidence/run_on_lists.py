"""Lists that were written, or read off a page, as one sentence: each point by itself.

Knows text alone.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from rag.text import trim, word_spans

MAX_WHOLE: Final = 60
"""A sentence of so many words is quoted whole."""

MIN_POINTS: Final = 2

_MARK: Final = re.compile(r"(?<=\s)(?:\(?(?P<number>[a-z]|[ivx]{2,4}|\d{1,2})[.)]|[•*▪])\s+(?=\S)")
"""What a point begins with: "a.", "(ii)", "3)", a bullet."""

_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def points_in(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the half-open ranges of what leads and of the points of a long sentence that lists.

    Of any other the sentence itself.
    """
    if len(word_spans(text[start:end])) <= MAX_WHOLE:
        return [(start, end)]
    marks = list(_points(text, start, end))
    if len(marks) < MIN_POINTS:
        return [(start, end)]
    parts = itertools.pairwise((start, *marks, end))
    return [part for first, last in parts if (part := trim(text, first, last))]


def _points(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where the points begin: those that are numbered count from one."""
    before = 0
    for found in _MARK.finditer(text, start, end):
        number = found["number"]
        if number is None:
            yield found.start()
        elif before + 1 in _values(number):
            before += 1
            yield found.start()


def _values(number: str) -> set[int]:
    """Return the places in a list that a letter, a number or a Roman one may stand for."""
    if number.isdigit():
        return {int(number)}
    letter = {ord(number) - ord("a") + 1} if len(number) == 1 else set()
    return letter | ({_ROMAN.index(number) + 1} if number in _ROMAN else set())
