"""The columns of a table: from rows of cells to a grid with one header row. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from ingest.parsers.pdf.drawn.figures import CAPTION, is_prose
from ingest.parsers.pdf.letters.geometry import Rect, around
from ingest.parsers.pdf.letters.words import Piece, Word
from ingest.parsers.pdf.tables.cells import (
    EMPTY,
    PdfCell,
    PdfTable,
    cells_of,
    compact,
    is_number,
    is_year,
)

_SPACE_EM: Final = 0.32
"""A gap wider than this many sizes of its words is no space between words."""

Column = tuple[float, float]  # left and right
Columns = Sequence[Column]
Header = tuple[PdfCell, Rect]  # a cell, and what it stands over
_MAX_HEADERS: Final = 6
"""Rows at the top, of words alone, that may make up the header."""


@dataclass(frozen=True, kw_only=True)
class PdfRow:
    cells: tuple[PdfCell, ...]
    rect: Rect
    pieces: tuple[Piece, ...]

    @property
    def height(self) -> float:
        return self.rect[3] - self.rect[1]

    @cached_property
    def size_pt(self) -> float:
        return max(self.pieces, key=lambda piece: len(piece.text)).size_pt

    @cached_property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @cached_property
    def numbers(self) -> int:
        return sum(is_number(cell.text) for cell in self.cells[1:])

    @cached_property
    def amounts(self) -> int:
        """How many cells hold numbers that are no years."""
        return sum(is_number(c.text) and not is_year(c.text) for c in self.cells)

    @property
    def is_caption(self) -> bool:
        return len(self.cells) == 1 and CAPTION.match(self.text) is not None

    def ends_table(self, left: float, right: float) -> bool:
        """Whether this is a caption, or a line of prose across most of `left` to `right`."""
        if len(self.cells) > 1 or len(self.pieces) > 2:
            return False
        across = self.rect[0] < left + 0.1 * (right - left)
        across = across and self.rect[2] - self.rect[0] > 0.6 * (right - left)
        return self.is_caption or (across and any(map(is_prose, self.pieces)))

    @property
    def is_prose(self) -> bool:
        return len(self.cells) == 1 and len(self.text) > 70


@lru_cache(maxsize=1024)
def row_of(pieces: tuple[Piece, ...]) -> PdfRow:
    """Return a row of pieces. What looks for tables asks for the same rows again and again."""
    return PdfRow(
        cells=tuple(compact(cell) for cell in cells_of(pieces)),
        rect=around([piece.rect for piece in pieces]),
        pieces=pieces,
    )


def make_table(rows: Sequence[PdfRow], rules: Sequence[Rect]) -> PdfTable:
    """Divide rows into columns, and merge the lines of headers, labels and wrapped cells."""
    columns = _columns(rows)
    head = _header_rows(rows, columns)
    grid = [_in_columns(row, columns) for row in rows[head:]]
    merged = _merge_wrapped(grid, rows[head:])
    if head:
        headers = [cut_at(columns, row) for row in rows[:head]]
        merged.insert(0, _header([widened(row, rules) for row in headers], columns))
    pieces = tuple(piece for row in rows for piece in row.pieces)
    return PdfTable(
        rect=around([piece.rect for piece in pieces]),
        rows=tuple(tuple(row) for row in merged),
        pieces=pieces,
    )


def _columns(rows: Sequence[PdfRow]) -> list[Column]:
    """Return left and right of each column: the stretches between gaps that all rows share."""
    data = [row for row in rows if row.numbers] or [row for row in rows if len(row.cells) > 1]
    if len(data) < 2:
        data = [row for row in rows if len(row.cells) > 1]
    allowed = len(data) // 12  # rows that may reach over a gap between columns
    steps = sorted(
        step
        for row in data
        for cell in row.cells
        for step in ((cell.rect[0] + 0.5, 1), (max(cell.rect[2] - 0.5, cell.rect[0] + 0.6), -1))
    )
    columns: list[Column] = []
    covered = 0
    for x, step in steps:
        covered += step
        if step > 0 and covered == allowed + 1:
            columns.append((x, x))
        elif step < 0 and covered == allowed and columns:
            columns[-1] = (columns[-1][0], x)
    return _joined(columns, data) or [(data[0].rect[0], data[0].rect[2])]


def _joined(columns: Columns, rows: Sequence[PdfRow]) -> list[Column]:
    """Join columns of amounts close to each other that no row fills both: one holds dashes."""
    filled = [{_column_of(cell.rect, columns) for cell in row.cells} for row in rows]
    joined = list(columns[:1])
    last = {n for n, row in enumerate(filled) if 0 in row}
    for k, (left, right) in enumerate(columns[1:], 1):
        here = {n for n, row in enumerate(filled) if k in row}
        close = left - joined[-1][1] < rows[0].height
        if len(joined) > 1 and close and not here & last:
            joined[-1] = (joined[-1][0], right)
            last |= here
        else:
            joined.append((left, right))
            last = here
    return joined


def _column_of(rect: Rect, columns: Columns) -> int:
    return max(
        range(len(columns)),
        key=lambda n: (min(rect[2], columns[n][1]) - max(rect[0], columns[n][0]), -n),
    )


def _in_columns(row: PdfRow, columns: Columns) -> list[PdfCell]:
    cells = [EMPTY] * len(columns)
    for cell in row.cells:
        n = _column_of(cell.rect, columns)
        if len(row.cells) == 1 and cell.rect[0] < columns[0][1]:
            n = 0
        old = cells[n]
        cells[n] = PdfCell(lines=(old.lines[0] + cell.lines[0],)) if old.lines else cell
    return cells


def _header_rows(rows: Sequence[PdfRow], columns: Columns) -> int:
    """Return how many rows at the top are headers: no label with amounts, no label alone."""
    if not any(row.numbers for row in rows):
        return int(len(rows[0].cells) > 1)
    labelled = False
    for n, row in enumerate(rows):
        cells = _in_columns(row, columns)
        amounts = [c for c in cells[1:] if is_number(c.text) and not is_year(c.text)]
        label_alone = bool(cells[0].lines) and not any(cell.lines for cell in cells[1:])
        if amounts or (label_alone and row.cells[0].rect[0] < columns[0][1]):
            return n if n <= _MAX_HEADERS else 0
        below = _in_columns(rows[n + 1], columns)[0] if n + 1 < len(rows) else EMPTY
        begins = cells[0].lines or (len(row.cells) == 1 and below.lines)
        if labelled and begins and not _wraps(rows[n - 1], row):
            return n if n <= _MAX_HEADERS else 0
        labelled = labelled or bool(cells[0].lines)
    return 0


def _wraps(above: PdfRow, row: PdfRow) -> bool:
    """Whether a row goes on with the header above it: with its words, or below its groups."""
    if row.rect[1] - above.rect[3] > 0.6 * row.height:
        return False
    if len(row.cells) > len(above.cells):
        return len({is_year(cell.text) for cell in row.cells[1:]}) == 1
    begins = [cell.text[:1] for cell in row.cells]
    amid = all(begin.islower() or begin in {"(", "%", "&", "/"} for begin in begins)
    return amid or all(piece.bold for piece in (*row.pieces, *above.pieces))


def cut_at(columns: Columns, row: PdfRow) -> PdfRow:
    """Divide cells of a header whose words stand over several columns, close to each other.

    They are cut between two columns' middles where the gap is wider than a space.
    """
    middles = [(left + right) / 2 for left, right in columns]
    parts = [part for cell in row.cells for part in _cut_cell(cell, middles)]
    return replace(row, cells=tuple(parts))


def _cut_cell(cell: PdfCell, middles: Sequence[float]) -> Iterator[PdfCell]:
    over = [x for x in middles if cell.rect[0] <= x <= cell.rect[2]]
    if len(over) < 2 or len(cell.lines) > 1:
        yield cell
        return
    words, start = cell.lines[0], 0
    for end in sorted({cut for pair in pairwise(over) if (cut := _gap_between(words, *pair))}):
        yield PdfCell(lines=(words[start:end],))
        start = end
    yield PdfCell(lines=(words[start:],))


def _gap_between(words: Sequence[Word], left: float, right: float) -> int:
    """Return the word that the widest gap between two places ends at; 0 if none is wide."""
    gaps = [
        (after.rect[0] - before.rect[2], n)
        for n, (before, after) in enumerate(pairwise(words), 1)
        if left <= (before.rect[2] + after.rect[0]) / 2 <= right
    ]
    width, n = max(gaps, default=(0.0, 0))
    return n if width > _SPACE_EM * words[0].size_pt else 0


def widened(row: PdfRow, rules: Sequence[Rect]) -> list[Header]:
    """Return the cells and what they stand over: as far as a rule under them reaches."""
    widened = []
    for cell in row.cells:
        x0, y0, x1, y1 = cell.rect
        under = [
            rule
            for rule in rules
            if rule[0] <= x0 + 2
            and rule[2] >= x1 - 2
            and -2 < rule[1] - y1 < 0.8 * (y1 - y0)
            and not any(
                min(rule[2], c.rect[2]) - max(rule[0], c.rect[0]) > 2
                for c in row.cells
                if c is not cell
            )
        ]
        rule = min(under, key=lambda r: r[2] - r[0], default=None)
        widened.append((cell, (rule[0], y0, rule[2], y1) if rule else cell.rect))
    return widened


def _header(rows: Sequence[Sequence[Header]], columns: Columns) -> list[PdfCell]:
    """Merge header rows into one; a header over several columns is repeated in each."""
    header = [EMPTY] * len(columns)
    for depth, row in enumerate(rows):
        last = depth == len(rows) - 1
        for cell, reach in row if last else _spread(row, columns):
            for n in stands_over(reach, columns):
                header[n] = header[n].plus(cell)
    return header


def stands_over(reach: Rect, columns: Columns) -> list[int]:
    """Return the columns whose middles a header stands over; else that which shares most."""
    over = [
        n for n, (left, right) in enumerate(columns) if reach[0] <= (left + right) / 2 <= reach[2]
    ]
    return over or [_column_of(reach, columns)]


def _spread(row: Sequence[Header], columns: Columns) -> Iterator[Header]:
    """Widen the cells of an upper header row, if fewer, to half the way to their neighbours."""
    labels = columns[0][1]
    over = [(cell, reach) for cell, reach in row if reach[0] > labels - 2]
    yield from ((cell, reach) for cell, reach in row if reach[0] <= labels - 2)
    middles = [(left + right) / 2 for left, right in columns[1:]]
    is_wide = 0 < len(over) < len(middles)
    if is_wide:  # and in the middle of the columns
        centre = (over[0][1][0] + over[0][1][2] + over[-1][1][0] + over[-1][1][2]) / 4
        apart = abs(centre - (middles[0] + middles[-1]) / 2)
        is_wide = apart < 0.12 * (middles[-1] - middles[0] + 1)
    for n, (cell, reach) in enumerate(over):
        x0, y0, x1, y1 = reach
        if is_wide:
            x0 = min(x0, (over[n - 1][1][2] + x0) / 2 if n else labels)
            x1 = max(x1, (x1 + over[n + 1][1][0]) / 2 if n + 1 < len(over) else columns[-1][1])
        yield cell, (x0, y0, x1, y1)


def _merge_wrapped(grid: list[list[PdfCell]], rows: Sequence[PdfRow]) -> list[list[PdfCell]]:
    """Merge rows that only go on with a label or with the words of cells of the row before."""
    merged: list[list[PdfCell]] = []
    last_rect: Rect | None = None
    for cells, row in zip(grid, rows, strict=True):
        tight = last_rect is not None and row.rect[1] - last_rect[3] < 0.6 * row.height
        if merged and tight and _goes_on(merged[-1], cells):
            merged[-1] = [a.plus(b) for a, b in zip(merged[-1], cells, strict=True)]
        else:
            merged.append(cells)
        last_rect = row.rect
    return merged


def _goes_on(above: Sequence[PdfCell], cells: Sequence[PdfCell]) -> bool:
    label = cells[0].text
    others = [cell for cell in cells[1:] if cell.lines]
    label_above_alone = bool(above[0].lines) and not any(cell.lines for cell in above[1:])
    if not label:
        words = all(not is_number(cell.text) for cell in others)
        return words and all(
            a.lines and not is_number(a.text)
            for a, b in zip(above[1:], cells[1:], strict=True)
            if b.lines
        )
    if label_above_alone:
        return label[0].islower() and not above[0].text.endswith(":")
    return not others and label[0].islower()
