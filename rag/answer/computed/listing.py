"""The points of a list that a question asks for, where the best evidence stands in one.

Knows found evidence and lines; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.computed.counting import asks_for_several
from rag.answer.evidence.answer_candidates import lines_between
from rag.answer.evidence.ranking import Found
from rag.answer.question.asked import Asked, stems_of

_POINT: Final = re.compile(r"\s*(?:[-•*–▪]|\(?[0-9a-z]{1,2}[.)])\s+(?P<text>\S.*)")
_HEAD: Final = re.compile(r"(?P<head>[^:;.–—]{2,60}?)\s*+(?::|(?<=\s)[–—-]\s)")
LEAST_POINTS: Final = 2
MOST_HEAD_WORDS: Final = 8
LEAST_COVER: Final = 0.5
"""So much of the thing asked for must be named over the list: in a line, heading or title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list in the source: the text of each point, and the hit that holds it."""

    found: Found
    points: tuple[str, ...]


def listing(asked: Asked, found: Sequence[Found]) -> Listing | None:
    """Return the list that holds the likeliest evidence, or follows it; None if there is none."""
    if not found or not asked.noun or not asks_for_several(asked):
        return None
    evidence = found[0].evidence
    chunk = evidence.hit.chunk
    if chunk.role != "text":
        return None
    lines = list(lines_between(chunk.text, 0, len(chunk.text)))
    texts = [chunk.text[a:b] for a, b in lines]
    first, last = _block(texts, next(n for n, (_, b) in enumerate(lines) if b > evidence.start))
    points = tuple(m["text"].strip() for t in texts[first:last] if (m := _POINT.match(t)))
    over = stems_of(" ".join([chunk.context, *texts[max(0, first - 1) : first]]))
    if len(points) < LEAST_POINTS or len(asked.noun & over) < LEAST_COVER * len(asked.noun):
        return None
    return Listing(found=found[0], points=points)


def _block(lines: Sequence[str], at: int) -> tuple[int, int]:
    """Return the range of the points around line `at`, or of those that follow it."""
    if not _POINT.match(lines[at]):
        at += 1
    first = last = at
    while first > 0 and _POINT.match(lines[first - 1]):
        first -= 1
    while last < len(lines) and _POINT.match(lines[last]):
        last += 1
    return first, max(first, last)


def head(point: str) -> str:
    """Return what a point is called: what stands before its colon or dash, else its first words."""
    found = _HEAD.match(point)
    words = (found["head"] if found else point).split()
    return " ".join(words[:MOST_HEAD_WORDS]) + (" …" if len(words) > MOST_HEAD_WORDS else "")
