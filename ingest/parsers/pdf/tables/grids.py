"""Tables drawn as grids of crossing rules. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.layout.layout import grouped
from ingest.layout.paragraphs import starts_list_item
from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Rect, area, around, share_inside
from ingest.parsers.pdf.letters.words import Piece, Word
from ingest.parsers.pdf.tables.cells import (
    EMPTY,
    PdfCell,
    PdfTable,
    cells_in_line,
    is_number,
    is_year,
    rows_of,
)
from ingest.parsers.pdf.tables.tables import has_labels_outside

_TOUCH_PT: Final = 3.0
_MAX_PAIRS: Final = 400_000
"""Pairs of crossing rules looked at: a plot's grid has more, a table's never."""

_MAX_CELL_CHARS: Final = 1500
"""Cells with more text are frames of a page's layout, not of a table."""

_EVEN: Final = 1.6
"""Gaps of a justified line differ by less than this factor."""

_LABEL_CHARS: Final = 60
"""A cell over several rows is repeated in each if it is no longer than this."""

Slot = tuple[int, int]
_Rule = tuple[float, float, float]  # its place, and from where to where it goes


def find_grids(drawings: Drawings, pieces: Sequence[Piece], *, closed: bool) -> list[PdfTable]:
    """Return the tables drawn with crossing rules: those with rules at both sides, or without."""
    level = _merged([((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in drawings.horizontal])
    upright = _merged([((x0 + x1) / 2, y0, y1) for x0, y0, x1, y1 in drawings.vertical])
    if not level or not upright or len(level) * len(upright) > _MAX_PAIRS:
        return []
    tables = []
    for rows, columns in _crossing(level, upright):
        grid = _Grid.of(rows, columns)
        if grid is None or grid.closed != closed:
            continue
        shapes = [area(shape) for shape in drawings.shapes if share_inside(shape, grid.rect) > 0.5]
        is_plot = max(shapes, default=0.0) > 0.1 * area(grid.rect)  # filled by a curve
        table = None if is_plot else grid.table(pieces)
        if table and (closed or not has_labels_outside(table, pieces)):
            tables.append(table)
    return tables


def _merged(rules: Sequence[_Rule]) -> list[_Rule]:
    merged: list[_Rule] = []
    for line in grouped(sorted(rules), lambda line, rule: rule[0] - line[0][0] < 1.5):
        first = len(merged)
        for place, start, end in sorted(line, key=lambda rule: rule[1:]):
            if len(merged) > first and start <= merged[-1][2] + _TOUCH_PT:
                merged[-1] = (merged[-1][0], merged[-1][1], max(merged[-1][2], end))
            else:
                merged.append((place, start, end))
    return merged


def _crossing(level: list[_Rule], upright: list[_Rule]) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Group rules that touch one another, directly or through others."""
    parent = list(range(len(level) + len(upright)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, (y, x0, x1) in enumerate(level):
        for j, (x, y0, y1) in enumerate(upright):
            across = x0 - _TOUCH_PT <= x <= x1 + _TOUCH_PT
            if across and y0 - _TOUCH_PT <= y <= y1 + _TOUCH_PT:
                parent[root(i)] = root(len(level) + j)
    groups: defaultdict[int, tuple[list[_Rule], list[_Rule]]] = defaultdict(lambda: ([], []))
    for n, rule in enumerate(level + upright):
        groups[root(n)][n >= len(level)].append(rule)
    return [group for group in groups.values() if all(group)]


def _places(values: Sequence[float]) -> list[float]:
    groups = grouped(sorted(values), lambda group, value: value - group[0] <= _TOUCH_PT)
    return [group[0] for group in groups]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    xs: list[float]
    ys: list[float]
    closed: bool
    roots: dict[Slot, Slot]
    """Each slot (row, column) to the first slot of its cell: rules may be missing in between."""

    @classmethod
    def of(cls, level: Sequence[_Rule], upright: Sequence[_Rule]) -> _Grid | None:
        """Return the grid that the rules make; None if it has not two columns and two rows."""
        left, right = min(r[1] for r in level), max(r[2] for r in level)
        top, bottom = min(r[1] for r in upright), max(r[2] for r in upright)
        xs = _places([left, right, *(r[0] for r in upright)])
        ys = _places([top, bottom, *(r[0] for r in level)])
        if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > 6000:
            return None
        roots: dict[Slot, Slot] = {}
        for row, (y0, y1) in enumerate(pairwise(ys)):
            for column, (x0, x1) in enumerate(pairwise(xs)):
                roots[row, column] = (row, column)
                if column and not _covered(upright, x0, (y0 + y1) / 2):
                    roots[row, column] = roots[row, column - 1]
                elif row and not _covered(level, y0, (x0 + x1) / 2):
                    roots[row, column] = roots[row - 1, column]
        sides = {min(r[0] for r in upright) - left, right - max(r[0] for r in upright)}
        return cls(xs=xs, ys=ys, closed=max(sides) < 2 * _TOUCH_PT, roots=roots)

    @property
    def rect(self) -> Rect:
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def table(self, pieces: Sequence[Piece]) -> PdfTable | None:
        """Fill the grid with words; None if it looks like a frame, a form's ornament or a plot."""
        taken = tuple(p for p in pieces if share_inside(p.rect, self.rect) > 0.6)
        words: dict[Slot, list[Word]] = defaultdict(list)
        for piece in taken:
            for word in piece.words:
                words[self._slot(word)].append(word)
        cells = {slot: PdfCell(lines=_lines(found)) for slot, found in words.items()}
        holding = [cell for slot, cell in cells.items() if self._holds_columns(slot, cell)]
        if len(holding) >= 2 or any(len(cell.lines) >= 3 for cell in holding):
            return None
        rows = self._rows(cells)
        title, rows = _title(rows)
        if not _is_table(rows):
            return None
        rect, heads = self.rect, self._heads_above(pieces)
        if heads and len(heads) == len(rows[0]) and not title.lines:
            rows.insert(0, [PdfCell(lines=(head.words,)) for head in heads])
            taken += heads
            rect = around([rect, *(head.rect for head in heads)])
        return PdfTable(rect=rect, rows=tuple(map(tuple, rows)), pieces=taken, title=title)

    def _heads_above(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """Return words that stand right above the grid, one in the middle of each column.

        Headers on a coloured ground often have no rule over them.
        """
        rect = self.rect
        near = [p for p in pieces if p.angle == 0 and rect[1] - 2.2 * p.size_pt < p.rect[1]]
        above = [p for p in near if p.rect[3] < rect[1] + 2 and rect[0] < p.rect[2] < rect[2]]
        row = rows_of(above)[-1] if above else ()
        if len(row) != len(self.xs) - 1 or any(is_number(p.text) for p in row):
            return ()
        middles = [(p.rect[0] + p.rect[2]) / 2 for p in row]
        columns = [(left + right) / 2 for left, right in pairwise(self.xs)]
        apart = [abs(a - b) for a, b in zip(middles, columns, strict=True)]
        return row if max(apart) < 6.0 else ()

    def _holds_columns(self, slot: Slot, cell: PdfCell) -> bool:
        """Whether columns stand in one cell: then the rules frame parts of a page, or of a table.

        Lines that are set out to both sides of the cell have wide gaps too.
        """
        reach = [
            column for column in range(len(self.xs) - 1) if self.roots[slot[0], column] == slot
        ]
        sides = (self.xs[reach[0]], self.xs[reach[-1] + 1]) if reach else (0.0, 0.0)
        parts = [cells_in_line(line) for line in cell.lines if not _is_justified(line, sides)]
        if sum(len(line) >= 2 for line in parts) >= 3:
            return True
        return any(sum(is_number(part.text) for part in line) >= 2 for line in parts)

    def _slot(self, word: Word) -> Slot:
        """Return the cell that holds a word, the nearest for one that sticks out of the grid."""
        x, y = (word.rect[0] + word.rect[2]) / 2, (word.rect[1] + word.rect[3]) / 2
        column = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        return self.roots[row, column]

    def _rows(self, cells: dict[Slot, PdfCell]) -> list[list[PdfCell]]:
        rows: list[list[PdfCell]] = []
        for row in range(len(self.ys) - 1):
            band = [self._cell(cells, row, column) for column in range(len(self.xs) - 1)]
            amounts = [cell for cell in band if _is_numbers(cell) and not is_year(cell.text)]
            is_header = not rows and not amounts
            rows += [self._spread(band, row)] if is_header else _divided(band, self.xs[1:])
        keep = [n for n in range(len(self.xs) - 1) if any(row[n].lines for row in rows)]
        return [[row[n] for n in keep] for row in rows if any(cell.lines for cell in row)]

    def _cell(self, cells: dict[Slot, PdfCell], row: int, column: int) -> PdfCell:
        """Return the cell that begins here; one over several rows is repeated in each."""
        root = self.roots[row, column]
        cell = cells.get(root, EMPTY)
        is_repeated = root[0] < row and root[1] == column and len(cell.text) <= _LABEL_CHARS
        return cell if is_repeated or root == (row, column) else EMPTY

    def _spread(self, band: list[PdfCell], row: int) -> list[PdfCell]:
        """Give each column of a header its part of the cells that reach over several columns."""
        spread = [EMPTY] * len(band)
        for column, cell in enumerate(band):
            root = self.roots[row, column]
            reach = [n for n in range(len(band)) if self.roots[row, n] == root]
            for line in cell.lines:
                parts = cells_in_line(line)
                for part in parts:
                    x = (part.rect[0] + part.rect[2]) / 2
                    own = min(max(bisect_right(self.xs, x) - 1, reach[0]), reach[-1])
                    for n in [own] if len(parts) > 1 else reach:
                        spread[n] = spread[n].plus(part)
        return spread


def _covered(rules: Sequence[_Rule], place: float, along: float) -> bool:
    return any(abs(p - place) <= _TOUCH_PT and s - 1 <= along <= e + 1 for p, s, e in rules)


def _lines(words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    """Return a cell's words line by line; turned ones, which come in their order, as one line."""
    if all(word.angle % 180 for word in words):
        return (tuple(words),)
    return tuple(rows_of(words))


def _divided(band: Sequence[PdfCell], rights: Sequence[float]) -> list[list[PdfCell]]:
    """Divide a band that has no rules between its rows, where its cells show that it has rows.

    They do where each line of a cell ends although the next word had room, or is a number.
    `rights` are the right sides of the columns.
    """
    most = max((len(cell.lines) for cell in band), default=0)
    guides = [
        cell
        for cell, right in zip(band, rights, strict=True)
        if len(cell.lines) == most and _are_rows(cell, right)
    ]
    if most < 2 or not guides:
        return [list(band)]
    middles = [_middle(line) for line in guides[0].lines]
    rows = [[EMPTY] * len(band) for _ in middles]
    for column, cell in enumerate(band):
        if len(cell.lines) == 1 and len(cell.text) <= _LABEL_CHARS:
            for row in rows:
                row[column] = cell
            continue
        for line in cell.lines:
            n = min(range(most), key=lambda k: abs(middles[k] - _middle(line)))
            rows[n][column] = rows[n][column].plus(PdfCell(lines=(line,)))
    return rows


def _are_rows(cell: PdfCell, right: float) -> bool:
    marks = [starts_list_item(_text(line)) for line in cell.lines]
    if any(marks) and not all(marks):  # a list in a cell, below what introduces it
        return False
    return _is_numbers(cell) or all(
        line[-1].rect[2] + 0.3 * line[-1].size_pt + below[0].rect[2] - below[0].rect[0] < right - 6
        for line, below in pairwise(cell.lines)
    )


def _is_justified(line: Sequence[Word], sides: tuple[float, float]) -> bool:
    """Whether words reach from the left to the right side of their cell, evenly apart."""
    margins = (line[0].rect[0] - sides[0], sides[1] - line[-1].rect[2])
    gaps = [right.rect[0] - left.rect[2] for left, right in pairwise(line)]
    even = max(gaps, default=0.0) < _EVEN * max(min(gaps, default=0.0), 0.1)
    amounts = any(is_number(word.text) for word in line[1:])
    return even and not amounts and max(margins) < line[0].size_pt


def _is_numbers(cell: PdfCell) -> bool:
    return bool(cell.lines) and all(is_number(_text(line)) for line in cell.lines)


def _middle(line: Sequence[Word]) -> float:
    return sum(word.rect[1] + word.rect[3] for word in line) / 2 / len(line)


def _text(line: Sequence[Word]) -> str:
    return " ".join(word.text for word in line)


def _title(rows: list[list[PdfCell]]) -> tuple[PdfCell, list[list[PdfCell]]]:
    """Take off a first row that is one cell across the whole table."""
    filled = [cell for cell in rows[0] if cell.lines] if len(rows) > 2 else []
    alone = len({cell.text for cell in filled}) == 1 and len(filled) in {1, len(rows[0])}
    if alone and rows[0][0].lines:
        return rows[0][0], rows[1:]
    return EMPTY, rows


def _is_table(rows: Sequence[Sequence[PdfCell]]) -> bool:
    filled = [cell for row in rows for cell in row if cell.lines]
    if len(rows) < 2 or len(rows[0]) < 2 or not filled:
        return False
    divided = sum(sum(bool(cell.lines) for cell in row) >= 2 for row in rows)
    few = len(filled) < 0.25 * len(rows) * len(rows[0])
    return divided >= 2 and not few and max(len(cell.text) for cell in filled) < _MAX_CELL_CHARS
