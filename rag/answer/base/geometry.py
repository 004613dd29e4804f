"""Labels of a value by where they stand: beside it in its row, above or below it in its column.

The lettering of a chart or a form is lines with boxes. Knows boxes; knows no question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rag.datamodel import BBox, Chunk
from rag.text import YEAR

MOST_LABEL_CHARACTERS: Final = 60
"""A longer line is prose, and no label."""

_YEAR: Final = re.compile(YEAR)
_AXIS: Final = re.compile(rf"\s*(?:{YEAR}\s+)+{YEAR}\s*")
MOST_LINES: Final = 150
LEAST_OVERLAP: Final = 0.5
LEAST_WORDS_MORE: Final = 2
"""Words that a block says beside an answer: else it is a value of a chart or a name alone."""

MOST_TALLER: Final = 1.5
MOST_GAP: Final = 0.8
"""Lines of one block are of about one height, and their gap is less than that."""

ROW_LABELS: Final = 2
COLUMN_LABELS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line or cell of lettering: its range of the chunk's text, and its box."""

    start: int
    end: int
    page: int | None
    box: BBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The texts nearest in the row and in the column of a value, nearest first."""

    row: tuple[str, ...]
    column: tuple[str, ...]


def lines_of(chunk: Chunk) -> tuple[Line, ...]:
    """Return the chunk's short lines that have boxes; a line of years is parted into each."""
    found: list[Line] = []
    for p in chunk.provenances[:MOST_LINES]:
        if p.span and p.bbox and p.span[1] - p.span[0] <= MOST_LABEL_CHARACTERS:
            line = Line(start=p.span[0], end=p.span[1], page=p.page, box=p.bbox)
            found.extend(_parted(chunk.text, line))
    return tuple(found)


def _parted(text: str, line: Line) -> list[Line]:
    """Part an axis ("2010 2011 2012") into its years, each at its share of the line's width."""
    if not _AXIS.fullmatch(text, line.start, line.end):
        return [line]
    width = (line.box.x1 - line.box.x0) / (line.end - line.start)
    return [
        Line(
            start=match.start(),
            end=match.end(),
            page=line.page,
            box=replace(
                line.box,
                x0=line.box.x0 + width * (match.start() - line.start),
                x1=min(line.box.x1, line.box.x0 + width * (match.end() - line.start)),
            ),
        )
        for match in _YEAR.finditer(text, line.start, line.end)
    ]


_kept_lines = lru_cache(maxsize=128)(lines_of)


def labels_of(chunk: Chunk, start: int, end: int) -> Labels | None:
    """Return what stands by the line that holds this range; None if no short line does."""
    lines = _kept_lines(chunk)
    own = next((line for line in lines if line.start <= start and end <= line.end), None)
    if own is None:
        return None
    others = [x for x in lines if x is not own and x.page == own.page and _labels(chunk, x)]
    row = [line for line in others if _overlap_y(own.box, line.box) >= LEAST_OVERLAP]
    column = [line for line in others if _overlap_x(own.box, line.box) >= LEAST_OVERLAP]
    row.sort(key=lambda line: _gap_x(own.box, line.box))
    column.sort(key=lambda line: _gap_y(own.box, line.box))
    return Labels(
        row=tuple(chunk.text[x.start : x.end] for x in row[:ROW_LABELS]),
        column=tuple(chunk.text[x.start : x.end] for x in column[:COLUMN_LABELS]),
    )


def block_of(chunk: Chunk, start: int, end: int) -> tuple[int, int] | None:
    """Return the range of the lines of lettering that touch the one that holds this range.

    None where none holds it, or where the block says hardly more than this range.
    """
    lines = [
        Line(start=p.span[0], end=p.span[1], page=p.page, box=p.bbox)
        for p in chunk.provenances
        if p.span and p.bbox
    ]
    own = next((n for n, x in enumerate(lines) if x.start <= start and end <= x.end), None)
    if own is None:
        return None
    first = last = own
    while first and _touch(lines[first - 1], lines[first]):
        first -= 1
    while last + 1 < len(lines) and _touch(lines[last], lines[last + 1]):
        last += 1
    block = lines[first].start, lines[last].end
    beside = f"{chunk.text[block[0] : start]} {chunk.text[end : block[1]]}"
    says_more = sum(any(map(str.isalpha, word)) for word in beside.split()) >= LEAST_WORDS_MORE
    return block if says_more else None


def _touch(upper: Line, lower: Line) -> bool:
    """Tell whether two lines are of one block: below each other, of one size, hardly a gap."""
    heights = sorted(line.box.y1 - line.box.y0 for line in (upper, lower))
    return (
        upper.page == lower.page
        and _overlap_x(upper.box, lower.box) >= LEAST_OVERLAP
        and heights[1] <= MOST_TALLER * heights[0]
        and _gap_y(upper.box, lower.box) <= MOST_GAP * heights[0]
    )


def _labels(chunk: Chunk, line: Line) -> bool:
    """Tell whether a line can label another: it has letters, or is a year on an axis."""
    text = chunk.text[line.start : line.end]
    return any(c.isalpha() for c in text) or _YEAR.fullmatch(text.strip()) is not None


def _overlap_y(one: BBox, other: BBox) -> float:
    """Return the common height as a share of the lower box's."""
    common = min(one.y1, other.y1) - max(one.y0, other.y0)
    return common / min(one.y1 - one.y0, other.y1 - other.y0)


def _overlap_x(one: BBox, other: BBox) -> float:
    common = min(one.x1, other.x1) - max(one.x0, other.x0)
    return common / min(one.x1 - one.x0, other.x1 - other.x0)


def _gap_x(one: BBox, other: BBox) -> float:
    return max(one.x0 - other.x1, other.x0 - one.x1, 0.0)


def _gap_y(one: BBox, other: BBox) -> float:
    return max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
