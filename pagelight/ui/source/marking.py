"""Where cited words stand in a document's elements; text and rows of tables in parts. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pagelight.services.answering.places import Place
from rag.datamodel import CELL_SEPARATOR, Element

_WHOLE: Final = re.compile(r"\S{0,16}\w-\d\S{0,16}")

Part = tuple[str, bool]
"""Some text, and whether it is cited."""


Span = tuple[int, int]
Spans = Mapping[int, Sequence[Span]]
"""Position of an element -> ranges of its text that are cited."""


def find_quote(elements: Sequence[Element], place: Place) -> dict[int, list[Span]]:
    """Return where the quote stands; line by line where no one element holds all of it.

    Of several equal places the one that shares most text with the chunk wins, the first of equals.
    """
    if place.found:
        return {i: [place.found[1]] for i, e in enumerate(elements) if e is place.found[0]}
    candidates = [i for i, e in enumerate(elements) if e.text and _on_page(e, place.page)]
    ranked = sorted(candidates, key=lambda i: -_kinship(elements[i].text, place.chunk.text))
    whole = _first_match(elements, ranked, place.quote)
    if whole:
        return {whole[0]: [whole[1]]}
    found: dict[int, list[Span]] = {}
    for line in place.quote.splitlines():
        match = _first_match(elements, ranked, line)
        if match:
            found.setdefault(match[0], []).append(match[1])
    return {i: sorted(set(spans)) for i, spans in found.items()}


def _on_page(element: Element, page: int | None) -> bool:
    return page is None or element.page in {None, page}


def _kinship(text: str, chunk_text: str) -> int:
    """Count the letters of the element's lines that stand in the chunk as they are."""
    return sum(
        len(line) for line in text.splitlines()[:2000] if line.strip() and line in chunk_text
    )


def _first_match(
    elements: Sequence[Element], order: Sequence[int], quote: str
) -> tuple[int, Span] | None:
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    for i in order:
        match = pattern.search(elements[i].text)
        if match:
            return i, match.span()
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedCell:
    """A cell, as `is_whole` says."""

    parts: Sequence[Part]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedRow:
    """A row of a table; `number` is told in front of it (from 0), where it is not None."""

    cells: Sequence[MarkedCell]
    is_cited: bool
    number: int | None = None


def is_whole(cell: str) -> bool:
    """Tell whether a cell stays on one line: browsers would break 2025-02-01 after a hyphen."""
    return _WHOLE.fullmatch(cell.strip()) is not None


def parts_of(text: str, spans: Sequence[Span], *, start: int = 0) -> list[Part]:
    """Return `text` in parts; `start` is where it begins in what `spans` are ranges of."""
    parts, at = [], 0
    for span_start, span_end in sorted(spans):
        low, high = max(at, span_start - start), min(len(text), span_end - start)
        if low < high:
            parts += [(text[at:low], False), (text[low:high], True)]
            at = high
    return [*parts, (text[at:], False)]


def lines_of(text: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, each with where it begins."""
    lines = text.split("\n")
    starts = itertools.accumulate((len(line) + 1 for line in lines), initial=0)
    return [each for each in zip(starts, lines, strict=False) if each[1].strip()]


def is_cited(start: int, line: str, spans: Sequence[Span]) -> bool:
    """Tell whether one of the ranges touches a line that begins at `start`."""
    return any(low < start + len(line) and start < high for low, high in spans)


def row_of(
    line: str, spans: Sequence[Span] = (), *, start: int = 0, number: int | None = None
) -> MarkedRow:
    """Return a line of a table as its row; `start` as in `parts_of`."""
    cells, at = [], start
    for cell in line.split(CELL_SEPARATOR):
        parts = parts_of(cell, spans, start=at)
        cells.append(MarkedCell(parts=parts, is_whole=is_whole(cell)))
        at += len(cell) + len(CELL_SEPARATOR)
    return MarkedRow(cells=cells, is_cited=is_cited(start, line, spans), number=number)
