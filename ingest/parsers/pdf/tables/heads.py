"""Names of columns that stand stacked above a table which begins with amounts. Pure.

Data sheets set each name in two or three short lines over its column, at heights of their own,
and a line of units below. What finds tables by their rules leaves them out, for no rule stands
over them; a table whose first row is words has its header and is none of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
from statistics import median
from typing import Final

from ingest.parsers.pdf.letters.geometry import Rect, around
from ingest.parsers.pdf.letters.runs import Piece
from ingest.parsers.pdf.tables.cells import (
    EMPTY,
    PdfCell,
    PdfTable,
    is_number,
    is_year,
    rows_of_cells,
)
from ingest.parsers.pdf.tables.columns import PdfRow, cut_at, row_of, stands_over, widened

_MOST_LINES: Final = 6
_NAME_CHARS: Final = 40
_LARGER: Final = 1.2
"""Names are not set in letters so many times as large as the table's: that is a heading."""

_NEAR: Final = 4.5
"""Names end at most so many heights of their line above the first row, or the next line."""

_APART: Final = 1.2
"""Names stand so many times as far apart as the words within any."""


def with_names_above(table: PdfTable, pieces: Sequence[Piece], rules: Sequence[Rect]) -> PdfTable:
    """Return the table; one without a header with the names of its columns above its rows.

    `pieces` are those that belong to no table or figure, `rules` the page's horizontal ones.
    """
    columns = _columns(table)
    if not columns or table.title.lines or not _begins_with_amounts(table):
        return table
    rows = _lines_of_names(table, pieces, columns)
    names = _stacked(rows, columns, rules)
    divided = any(len(row.cells) > 1 for row in rows)
    if not divided or not all(name.lines for name in names[1:]):
        return table
    heads = [piece for row in rows for piece in row.pieces]
    return replace(
        table,
        rect=around([table.rect, *(piece.rect for piece in heads)]),
        rows=(tuple(names), *table.rows),
        pieces=(*heads, *table.pieces),
    )


def _columns(table: PdfTable) -> list[tuple[float, float]]:
    """Return left and right of what stands in each column, labels alone in their row left out.

    None if a column is empty.
    """
    rows = [row for row in table.rows if sum(bool(cell.lines) for cell in row) > 1]
    filled = [[cell.rect for cell in column if cell.lines] for column in zip(*rows, strict=True)]
    if not all(filled):
        return []
    return [(rect[0], rect[2]) for rect in map(around, filled)]


def _begins_with_amounts(table: PdfTable) -> bool:
    return any(is_number(cell.text) and not is_year(cell.text) for cell in table.rows[0][1:])


def _lines_of_names(
    table: PdfTable, pieces: Sequence[Piece], columns: Sequence[tuple[float, float]]
) -> Sequence[PdfRow]:
    """Return the lines above a table that hold names alone, from the top, without its title."""
    top = min(cell.rect[1] for cell in table.rows[0] if cell.lines)
    size_pt = _LARGER * median(piece.size_pt for piece in table.pieces)
    rows: list[PdfRow] = []
    for line in reversed(rows_of_cells(_above(top, pieces, columns))[-_MOST_LINES:]):
        row = cut_at(columns, row_of(line))
        near = top - row.rect[3] < _NEAR * row.height
        if not (near and row.size_pt < size_pt and _are_names(row, columns)):
            break
        rows.insert(0, row)
        top = row.rect[1]
    return _without_title(rows, columns)


def _above(
    top: float, pieces: Sequence[Piece], columns: Sequence[tuple[float, float]]
) -> list[Piece]:
    """Return what stands above a height, all of it or a part over the columns."""
    left, right = columns[0][0], columns[-1][1]
    upright = [piece for piece in pieces if piece.angle == 0 and piece.rect[3] < top + 1]
    return [piece for piece in upright if piece.rect[0] < right and piece.rect[2] > left]


def _are_names(row: PdfRow, columns: Sequence[tuple[float, float]]) -> bool:
    cells = row.cells
    return not row.is_caption and _is_apart(cells) and all(_is_name(c, columns) for c in cells)


def _is_apart(cells: Sequence[PdfCell]) -> bool:
    """Whether cells of a line stand further from each other than their words: no prose does."""
    between = [right.rect[0] - left.rect[2] for left, right in pairwise(cells)]
    within = [
        right.rect[0] - left.rect[2]
        for cell in cells
        for line in cell.lines
        for left, right in pairwise(line)
    ]
    return min(between, default=inf) > _APART * max(within, default=0.0)


def _is_name(cell: PdfCell, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether words are short, no amount, and stand over the labels or over other columns."""
    over = stands_over(cell.rect, columns)
    left, right = columns[over[0]][0], columns[over[-1]][1]
    beside = cell.rect[0] > right or cell.rect[2] < left
    amount = is_number(cell.text) and not is_year(cell.text)
    both = over[0] == 0 and len(over) > 1
    return not (beside or amount or both or len(cell.text) > _NAME_CHARS)


def _without_title(
    rows: Sequence[PdfRow], columns: Sequence[tuple[float, float]]
) -> Sequence[PdfRow]:
    """Leave out the first lines that are a title: over the labels alone, or amid the table."""
    title = 0
    while title < len(rows) and _is_title(rows[title], columns):
        title += 1
    return rows[title:]


def _is_title(row: PdfRow, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a line is one cell over the labels, or nearer the table's middle than a group's."""
    if len(row.cells) > 1:
        return False
    over = stands_over(row.rect, columns)
    middle = (row.rect[0] + row.rect[2]) / 2
    of_group = (columns[over[0]][0] + columns[over[-1]][1]) / 2
    of_table = (columns[0][0] + columns[-1][1]) / 2
    return over == [0] or (len(over) > 1 and abs(middle - of_table) < abs(middle - of_group))


def _stacked(
    rows: Sequence[PdfRow], columns: Sequence[tuple[float, float]], rules: Sequence[Rect]
) -> list[PdfCell]:
    """Return the name of each column, line below line; a group's is in each of its columns."""
    names = [EMPTY] * len(columns)
    for cell, reach in _reaching(rows, rules):
        for n in stands_over(reach, columns):
            names[n] = names[n].plus(cell)
    return names


def _reaching(rows: Sequence[PdfRow], rules: Sequence[Rect]) -> Iterator[tuple[PdfCell, Rect]]:
    for row in rows:
        yield from widened(row, rules)
