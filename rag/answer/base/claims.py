"""The sentences of an answer that claim something, each with the numbers of its marks.

Knows text; knows no source and no model. A quotation of several sentences is one claim. Lead-ins
("The sources differ:"), headings, questions and a bare "Yes." claim nothing to be looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rag.text import MARK, content_stems, sentence_spans, trim

_MARKS: Final = re.compile(rf"(?:\s{{0,40}}{MARK.pattern})+")
_OPENING: Final = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_HEADING: Final = re.compile(r"\s*+#{1,6}\s|[-|\s:]+$")
_EMPTY: Final = frozenset({"yes", "no", "none", "unknown", "answer", "sourc", "document"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence: its range in the answer, marks at its end left out, and their numbers."""

    start: int
    end: int
    text: str
    numbers: tuple[int, ...]


def claims_of(text: str) -> list[Claim]:
    """Return the claims of an answer in order. Ranges are half-open and do not overlap."""
    return [claim for line in _lines(text) for claim in _claims(text, *line)]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        opening = _OPENING.match(line)
        if not _HEADING.match(line):
            yield at + (opening.end() if opening else 0), at + len(line)
        at += len(line) + 1


def _claims(text: str, start: int, end: int) -> Iterator[Claim]:
    for first, last in _sentences(text, start, end):
        found = MARK.findall(text, first, last)
        numbers = tuple(int(n) for mark in found for n in mark.split(","))
        body = _without_marks(text, first, last)
        plain = MARK.sub(" ", text[first:last]).strip()
        if body and _says_something(plain):
            yield Claim(start=body[0], end=body[1], text=plain, numbers=numbers)


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a line; a quotation is not divided, a mark is of what precedes it."""
    open_at = start
    for _, last in sentence_spans(text[start:end]):
        stop = start + last
        if stop <= open_at or _is_open(text[open_at:stop]):
            continue
        marks = _MARKS.match(text, stop, end)
        stop = marks.end() if marks else stop
        yield open_at, stop
        open_at = stop
    if text[open_at:end].strip():
        yield open_at, end


def _is_open(text: str) -> bool:
    return text.count("“") > text.count("”")


def _without_marks(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the range without white space, and without the marks that it ends with."""
    marks = [mark.span() for mark in _MARKS.finditer(text, start, end)]
    tail = text[start:end].rstrip().rstrip(".")
    if marks and marks[-1][1] >= start + len(tail):
        end = marks[-1][0]
    return trim(text, start, end)


def _says_something(text: str) -> bool:
    if text.endswith((":", "?")):
        return False
    return any(stem not in _EMPTY for stem in content_stems(text))
