"""Lines of lettering that touch: the block around an answer on a picture. Knows boxes alone."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import BBox, Chunk, Provenance

MIN_OVERLAP: Final = 0.5
MIN_WORDS_MORE: Final = 2
"""Words that a block says beside an answer: else it is a value of a chart or a name alone."""

MAX_TALLER: Final = 1.5
MAX_GAP: Final = 0.8
"""Lines of one block are of about one height, and their gap is less than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetteringLine:
    """A line or cell of lettering: its range of the chunk's text, and its box."""

    start: int
    end: int
    page: int | None
    box: BBox


def box_around(provenances: Sequence[Provenance]) -> BBox | None:
    """Return the box around all that has one; None where nothing does."""
    boxes = [p.bbox for p in provenances if p.bbox is not None]
    return functools.reduce(BBox.union, boxes) if boxes else None


def block_of(chunk: Chunk, start: int, end: int) -> tuple[int, int] | None:
    """Return the range of the lines of lettering that touch the one that holds this range.

    None where none holds it, or where the block says hardly more than this range.
    """
    lines = [
        LetteringLine(start=p.span[0], end=p.span[1], page=p.page, box=p.bbox)
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
    says_more = sum(any(map(str.isalpha, word)) for word in beside.split()) >= MIN_WORDS_MORE
    return block if says_more else None


def _touch(upper: LetteringLine, lower: LetteringLine) -> bool:
    """Tell whether two lines are of one block: below each other, of one size, hardly a gap."""
    heights = sorted(line.box.y1 - line.box.y0 for line in (upper, lower))
    return (
        upper.page == lower.page
        and _overlap_x(upper.box, lower.box) >= MIN_OVERLAP
        and heights[1] <= MAX_TALLER * heights[0]
        and _gap_y(upper.box, lower.box) <= MAX_GAP * heights[0]
    )


def _overlap_x(one: BBox, other: BBox) -> float:
    common = min(one.x1, other.x1) - max(one.x0, other.x0)
    return common / min(one.x1 - one.x0, other.x1 - other.x0)


def _gap_y(one: BBox, other: BBox) -> float:
    return max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
