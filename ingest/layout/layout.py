"""Reading order of a page, from lines with boxes. Knows no file format and no paragraphs.

A line may be a whole line of a column, or a piece of one (OCR and wide gaps divide lines). All
geometry is in fractions of the page, so it holds for any page size and any OCR resolution.

Columns are found by cutting the page at gutters (Nagy and Seth's X-Y cut, ICPR 1984) with two
additions: lines that cross a gutter, such as titles, divide the page into bands; and a gutter
between short texts that stand in rows (a form, a receipt) is no gutter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from statistics import median
from typing import Final, TypeVar

from rag.datamodel import BBox

Thing = TypeVar("Thing")

_BINS: Final = 200
"""Places across the page where a gutter is looked for: every 0.5 % of its width."""

_HALF_GUTTER: Final = 0.004
"""Half the narrowest gutter, in fractions of the page's width (about 5 points of A4)."""

_OVERHANG: Final = 0.02
"""How far a line must reach over a gutter on both sides to be one across columns."""

_SHORT_LETTERS: Final = 18
"""Texts in rows with a median under this are cells of a form, not lines of two columns."""

_MIN_PROSE: Final = 6
_FILLED: Final = 0.85
_FILLING: Final = 0.75
"""Of six lines or more so many, as a share, are so wide, as a share of the upper quartile, in a
column of prose."""

_NUMBER_LETTERS: Final = 3
"""Texts with a median of so many letters are numbers, whose feet need not be those of their labels.
"""

_FEET: Final = 0.25
"""The feet of cells of one row are at most so much of their height apart."""

_CANDIDATES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text, or a piece of one. `size_pt` is 0 where unknown, as from OCR."""

    text: str
    bbox: BBox
    size_pt: float = 0.0
    bold: bool = False
    confidence: float | None = None

    @property
    def height(self) -> float:
        return self.bbox.y1 - self.bbox.y0

    @property
    def middle(self) -> float:
        """The vertical middle, in fractions of the page."""
        return (self.bbox.y0 + self.bbox.y1) / 2


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines as a person reads them: column after column, each from top to bottom.

    Lines across all columns are read where they stand, between what is above and below them.
    The result is a permutation of `lines` and does not depend on their order.
    """
    return [line for column in columns(lines) for line in column]


def columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines in reading order, divided where one column ends and another begins."""
    return [column for column in _order(sorted(lines, key=_by_place)) if column]


def _by_place(line: Line) -> tuple[object, ...]:
    box = line.bbox
    about = (line.text, line.size_pt, line.bold, line.confidence or 0.0)
    return (line.middle, box.x0, box.x1, box.y0, *about)


def _order(lines: list[Line]) -> list[list[Line]]:
    """Order lines that are sorted by place; one list for each stretch of a column."""
    gutter = _best_gutter(lines)
    if gutter is None:
        return [[line for row in rows(lines) for line in row]]
    ordered: list[list[Line]] = [[]]
    for band in _bands(lines, gutter):
        left, right = _sides(band, gutter)
        if _are_columns(left, right):
            ordered += [*_order(left), *_order(right), []]
        else:
            first, *others = _order(band) if len(band) < len(lines) else [band]
            ordered[-1] += first
            ordered += others
    return ordered


def grouped(
    things: Iterable[Thing], goes_on: Callable[[list[Thing], Thing], bool]
) -> list[list[Thing]]:
    """Return things in groups, in their order: each is of the last group if it `goes_on` there."""
    groups: list[list[Thing]] = []
    for thing in things:
        if groups and goes_on(groups[-1], thing):
            groups[-1].append(thing)
        else:
            groups.append([thing])
    return groups


def rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Group lines that stand side by side, from the top; each row is ordered from the left."""
    found = grouped(
        sorted(lines, key=_by_place), lambda row, line: any(same_row(other, line) for other in row)
    )
    return [sorted(row, key=lambda line: (line.bbox.x0, _by_place(line))) for row in found]


def same_row(one: Line, other: Line) -> bool:
    """Whether two lines of roughly one height stand side by side, at one level."""
    shared = min(one.bbox.y1, other.bbox.y1) - max(one.bbox.y0, other.bbox.y0)
    apart = one.bbox.x1 <= other.bbox.x0 + 0.01 or other.bbox.x1 <= one.bbox.x0 + 0.01
    lower, higher = sorted((one.height, other.height))
    return apart and shared > 0.5 * lower and lower > 0.25 * higher


def _best_gutter(lines: list[Line]) -> float | None:
    """Return the x with the most lines in columns on its two sides; None if there is none."""
    best, best_count = None, 0
    for x in _candidates(lines):
        count = 0
        for band in _bands(lines, x):
            left, right = _sides(band, x)
            if _are_columns(left, right):
                count += len(left) + len(right)
        if count > best_count:
            best, best_count = x, count
    return best


def _candidates(lines: list[Line]) -> list[float]:
    if len(lines) < 4:
        return []
    change = [0] * (_BINS + 2)
    for line in lines:
        change[max(0, int((line.bbox.x0 - _HALF_GUTTER) * _BINS))] += 1
        change[int((line.bbox.x1 + _HALF_GUTTER) * _BINS) + 1] -= 1
    covered = list(accumulate(change[:_BINS]))
    left = min(line.bbox.x1 for line in lines)
    right = max(line.bbox.x0 for line in lines)
    valleys = [
        (count, (start + end) / 2 / _BINS)
        for count, start, end in _valleys(covered)
        if count <= 0.6 * len(lines) and left <= end / _BINS and start / _BINS <= right
    ]
    return [x for _, x in sorted(valleys)[:_CANDIDATES]]


def _valleys(covered: list[int]) -> list[tuple[int, int, int]]:
    groups = grouped(range(len(covered)), lambda run, at: covered[run[0]] == covered[at])
    runs = [(covered[run[0]], run[0], run[-1] + 1) for run in groups]
    return [
        run
        for before, run, after in zip(runs, runs[1:], runs[2:], strict=False)
        if before[0] > run[0] < after[0]
    ]


def _bands(lines: list[Line], gutter: float) -> list[list[Line]]:
    bands: list[list[Line]] = [[]]
    for line in lines:
        if line.bbox.x0 < gutter - _OVERHANG and line.bbox.x1 > gutter + _OVERHANG:
            bands += [[line], []]
        else:
            bands[-1].append(line)
    return [band for band in bands if band]


def _sides(band: list[Line], gutter: float) -> tuple[list[Line], list[Line]]:
    left = [line for line in band if line.bbox.x0 + line.bbox.x1 <= 2 * gutter]
    right = [line for line in band if line.bbox.x0 + line.bbox.x1 > 2 * gutter]
    return left, right


def _are_columns(left: list[Line], right: list[Line]) -> bool:
    """Whether two groups are columns of text, not cells that are read row by row."""
    if not left or not right:
        return False
    fewer, more = sorted((left, right), key=len)
    if len(fewer) < 2:
        # A picture beside a column of text is one tall "line".
        return len(more) > 2 and fewer[0].height > 3 * median(line.height for line in more)
    if _is_row(fewer):
        return False
    letters = min(median(_letters(line.text) for line in side) for side in (left, right))
    if letters >= _SHORT_LETTERS or (_is_prose_at(left, right=True) and _is_prose_at(right)):
        return True
    are_numbers = letters <= _NUMBER_LETTERS
    is_scanned = any(line.confidence is not None for line in (*left, *right))
    in_row = same_row if are_numbers or is_scanned else _on_one_foot
    in_rows = max(_share_in_rows(left, right, in_row), _share_in_rows(right, left, in_row))
    return in_rows <= (0.35 if are_numbers else 0.7)


def _is_prose_at(side: list[Line], *, right: bool = False) -> bool:
    """Whether the lines at the left (or right) edge of a side are mostly prose, that fills them.

    The labels of a chart that stands in a column say nothing of it. Cells of words are of many
    widths; lines of prose end at one place, but for the last of each paragraph.
    """
    edge = [row[-1 if right else 0] for row in rows(side)]
    prose = [line for line in edge if _letters(line.text) >= _SHORT_LETTERS]
    if len(prose) < _MIN_PROSE or len(prose) < len(edge) / 2:
        return False
    widths = sorted(line.bbox.x1 - line.bbox.x0 for line in prose)
    wide = widths[3 * len(widths) // 4]  # a heading may go over several columns
    return sum(width >= _FILLED * wide for width in widths) >= _FILLING * len(widths)


def _is_row(lines: Sequence[Line]) -> bool:
    """Whether lines stand all beside each other, none below another: headers above a table."""
    return all(
        same_row(one, other) for one, other in pairwise(sorted(lines, key=lambda one: one.bbox.x0))
    )


@lru_cache(maxsize=4096)
def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _share_in_rows(
    lines: list[Line], others: list[Line], in_row: Callable[[Line, Line], bool]
) -> float:
    middles = [other.middle for other in others]
    count = 0
    for line in lines:
        reach = 2.2 * line.height  # further away, none is of a similar height and overlaps
        first = bisect_left(middles, line.middle - reach)
        last = bisect_right(middles, line.middle + reach)
        count += any(in_row(line, other) for other in others[first:last])
    return count / len(lines)


def _on_one_foot(one: Line, other: Line) -> bool:
    """Whether two lines stand in one row as cells of words do: columns have feet of their own.

    Not for scans, where the feet of a row are as far apart as they were photographed.
    """
    apart = abs(one.bbox.y1 - other.bbox.y1)
    return same_row(one, other) and apart <= _FEET * min(one.height, other.height)
