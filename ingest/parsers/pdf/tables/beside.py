"""Tables of numbers that stand side by side without rules: rows run through all. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

from ingest.parsers.pdf.letters.geometry import Rect, around
from ingest.parsers.pdf.tables.cells import PdfCell, PdfTable, is_number

_MOSTLY: Final = 0.8
_LEAST_ROWS: Final = 3
_WIDER: Final = 1.4
"""The gap between two tables is so many times as wide as any within one."""

_LEAST_GAP_EM: Final = 3.0
_NOTHING: Final[Rect] = (0.0, 0.0, 0.0, 0.0)
_OFF_LEVEL_PT: Final = 2.0
"""Rows of one table stand on one line, those of two often do not."""


def divided(table: PdfTable) -> list[PdfTable]:
    """Return the table, or the tables that it is of: each begins with a column of labels."""
    for column in range(2, len(table.rows[0]) - 1):
        if _begins_table(table.rows, column):
            return [_part(table, 0, column), *divided(_part(table, column, None))]
    return [table]


def _begins_table(rows: Sequence[Sequence[PdfCell]], column: int) -> bool:
    """Whether labels stand in a column behind amounts and before amounts, and stand apart."""
    body = rows[1:]
    labelled = [_words(body, 0), _words(body, column)]
    amounts = [_amounts(body, column - 1), _amounts(body, column + 1)]
    if min(*labelled, *amounts) < _MOSTLY or len(body) < _LEAST_ROWS:
        return False
    if not (rows[0][column].lines and rows[0][0].lines):
        return False
    return _is_apart(rows, column) or _is_off_level(body, column)


def _filled(rows: Sequence[Sequence[PdfCell]], column: int) -> list[PdfCell]:
    return [row[column] for row in rows if row[column].lines]


def _words(rows: Sequence[Sequence[PdfCell]], column: int) -> float:
    filled = _filled(rows, column)
    return sum(not is_number(cell.text) for cell in filled) / max(len(filled), _LEAST_ROWS)


def _amounts(rows: Sequence[Sequence[PdfCell]], column: int) -> float:
    filled = _filled(rows, column)
    return sum(is_number(cell.text) for cell in filled) / max(len(filled), _LEAST_ROWS)


def _is_apart(rows: Sequence[Sequence[PdfCell]], column: int) -> bool:
    gaps = list(_gaps(rows))
    own = gaps.pop(column - 1)
    size_pt = rows[0][column].size_pt
    return own > _WIDER * max(gaps) and own > _LEAST_GAP_EM * size_pt


def _gaps(rows: Sequence[Sequence[PdfCell]]) -> Iterator[float]:
    """Yield how far each column but the first stands from the one before."""
    sides = [around([c.rect for c in _filled(rows, n)] or [_NOTHING]) for n in range(len(rows[0]))]
    for one, other in pairwise(sides):
        yield other[0] - one[2]


def _is_off_level(rows: Sequence[Sequence[PdfCell]], column: int) -> bool:
    """Whether the rows of both sides stand on lines of their own."""
    both = [(row[0].rect, row[column].rect) for row in rows if row[0].lines and row[column].lines]
    if len(both) < _LEAST_ROWS:
        return False
    return median(abs(one[3] - other[3]) for one, other in both) > _OFF_LEVEL_PT


def _part(table: PdfTable, start: int, stop: int | None) -> PdfTable:
    """Return some of the columns as a table: the rows that have something there."""
    cut = [row[start:stop] for row in table.rows]
    rows = tuple(row for row in cut if any(cell.lines for cell in row))
    rect = around([cell.rect for row in rows for cell in row if cell.lines])
    pieces = tuple(p for p in table.pieces if rect[0] <= (p.rect[0] + p.rect[2]) / 2 <= rect[2])
    return replace(table, rect=rect, rows=rows, pieces=pieces)
