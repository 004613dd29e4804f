"""Lists that answer to each other: "$714.3, $533.1 and $404.0 million in 2015, 2014 and 2013".

Of two lists of the same length in a sentence the members belong together by their places. Knows
text alone.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rag.answer.evidence.answer_candidates import NAME, NUMBER, Short
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR
from rag.months import date_pattern
from rag.text import YEAR

LEAST_MEMBERS: Final = 2
_YEAR: Final = re.compile(rf"{YEAR}\b")
_BETWEEN: Final = re.compile(
    r"\s*(?:[,;/&]|(?:[,;]\s*)?\b(?:and|or|und|oder|et|ou|y|o)\b)\s*"
    r"(?:(?:approximately|about|around|some|the|an?|in|for|during|fiscal|years?)\s+){0,3}",
    re.IGNORECASE,
)
"""What stands between two members of a list."""

_RANGE: Final = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
"""What is told behind it is one amount."""

Sort = Literal["time", "number", "name"]


@dataclass(frozen=True, slots=True)
class _Member:
    sort: Sort
    start: int
    end: int


def is_of_other_member(short: Short, asked: Question) -> bool:
    """Tell whether a short answer belongs to another member of a list than the question names."""
    evidence = short.evidence
    text = evidence.text
    if CELL_SEPARATOR in text:
        return False
    start, end = short.start - evidence.start, short.end - evidence.start
    lists = _lists(text, asked.language)
    for values in lists:
        inside = [n for n, m in enumerate(values) if m.start < end and start < m.end]
        if len(inside) != 1:
            continue
        for keys in lists:
            named = _named(keys, text, asked) if _answer_to(keys, values) else set()
            if named and inside[0] not in named:
                return True
    return False


def _answer_to(keys: tuple[_Member, ...], values: tuple[_Member, ...]) -> bool:
    return len(keys) == len(values) and keys[0].sort != values[0].sort


def _named(keys: tuple[_Member, ...], text: str, asked: Question) -> set[int]:
    """Return which members the question names by words that no other member shares.

    Dates and numbers are named by their digits: a unit may stand beside the last one for all.
    """
    stems = [asked.stems_in(text[m.start : m.end]) for m in keys]
    if keys[0].sort != "name":
        stems = [frozenset(stem for stem in own if stem[0].isdigit()) for own in stems]
    shared = frozenset.intersection(*stems)
    named = {n for n, own in enumerate(stems) if (own - shared) & asked.stems}
    return named if len(named) < len(keys) else set()


@functools.lru_cache(maxsize=512)
def _lists(text: str, language: str | None) -> tuple[tuple[_Member, ...], ...]:
    """Return the lists in a sentence: members of one sort with nothing but links between them."""
    found: list[list[_Member]] = []
    for member in _members(text, language):
        last = found[-1][-1] if found else None
        if last and last.sort == member.sort and _BETWEEN.fullmatch(text, last.end, member.start):
            found[-1].append(member)
        else:
            found.append([member])
    return tuple(
        tuple(one)
        for one in found
        if len(one) >= LEAST_MEMBERS and _RANGE.search(text, 0, one[0].start) is None
    )


def _members(text: str, language: str | None) -> Iterator[_Member]:
    """Yield dates and years, numbers and names in their order; what overlaps an earlier is none."""
    spans = itertools.chain(
        (_Member("time", *m.span()) for m in date_pattern(language).finditer(text)),
        (_Member("time", *m.span()) for m in _YEAR.finditer(text)),
        (_Member("number", *m.span()) for m in NUMBER.finditer(text)),
        (_Member("name", *m.span()) for m in NAME.finditer(text)),
    )
    end = 0
    for member in sorted(spans, key=lambda m: (m.start, m.sort != "time", -m.end)):
        if member.start >= end:
            yield member
            end = member.end
