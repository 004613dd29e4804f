"""Tables without rules: rows whose cells stand in columns. Pure.

Financial statements are the pattern: labels to the left, columns of numbers aligned to the
right, headers of several lines above them. Pages without numbers in columns need a stronger
sign: cells that begin at the same places in row after row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.parsers.pdf_cells import (
    EMPTY,
    Cell,
    Table,
    cells_of,
    compact,
    is_number,
    is_year,
    rows_of,
)
from ingest.parsers.pdf_figures import CAPTION
from ingest.parsers.pdf_geometry import Rect, around
from ingest.parsers.pdf_words import Piece

_ALIGNED_PT = 3.0
_MOST_LABELS = 3
"""Rows of one cell (labels, wrapped labels) that may stand between two rows of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    cells: tuple[Cell, ...]
    rect: Rect
    pieces: tuple[Piece, ...]

    @property
    def height(self) -> float:
        return self.rect[3] - self.rect[1]

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def numbers(self) -> int:
        return sum(is_number(cell.text) for cell in self.cells[1:])

    @property
    def amounts(self) -> int:
        """How many cells hold numbers that are no years."""
        return sum(is_number(c.text) and not is_year(c.text) for c in self.cells)

    @property
    def is_caption(self) -> bool:
        return len(self.cells) == 1 and CAPTION.match(self.text) is not None

    @property
    def is_prose(self) -> bool:
        return len(self.cells) == 1 and len(self.text) > 70


def find_tables(pieces: Sequence[Piece], rules: Sequence[Rect]) -> list[Table]:
    """Return the tables among the pieces of one column of a page, from the top.

    `rules` are the page's horizontal ones: a header over several columns is as wide as its rule.
    """
    rows = [_row(row) for row in rows_of(p for p in pieces if p.angle == 0)]
    found: list[Table] = []
    start = last_end = 0
    while start < len(rows):
        end = _run_end(rows, start)
        if end > start and _is_table(rows[start:end]):
            first = _with_headers(rows, start, end, after=last_end)
            found += [make_table(part, rules) for part in _parts(rows[first:end])]
            start = last_end = end
        else:
            start += 1
    return found


def table_of(pieces: Sequence[Piece], rules: Sequence[Rect]) -> Table | None:
    """Return the pieces as one table if most of their rows have cells that align."""
    rows = [_row(row) for row in rows_of(p for p in pieces if p.angle == 0)]
    divided = [row for row in rows if len(row.cells) >= 2]
    if len(divided) < 2 or len(divided) < 0.5 * len(rows):
        return None
    numbers = sum(row.numbers for row in divided)
    long = median(len(cell.text) for row in divided for cell in row.cells)
    if long > (40 if numbers > 0.2 * len(divided) else 25):
        return None
    linked = sum(
        any(_linked(row, other) for other in divided if other is not row) for row in divided
    )
    if linked < 0.6 * len(divided):
        return None
    first = next(n for n, row in enumerate(rows) if len(row.cells) > 1)
    titled = 0 < first <= 4 and sum(len(row.text) for row in rows[:first]) >= 12
    table = make_table(rows[first:] if titled else rows, rules)
    if not titled:
        return table
    title = Cell(lines=tuple(line for row in rows[:first] for line in row.cells[0].lines))
    pieces = tuple(piece for row in rows for piece in row.pieces)
    return replace(table, title=title, pieces=pieces)


def _row(pieces: Sequence[Piece]) -> _Row:
    return _Row(
        cells=tuple(compact(cell) for cell in cells_of(pieces)),
        rect=around([piece.rect for piece in pieces]),
        pieces=tuple(pieces),
    )


def _run_end(rows: Sequence[_Row], start: int) -> int:
    """Return where the run of table rows that begins at `start` ends; `start` if none does."""
    if len(rows[start].cells) < 2:
        return start
    run, labels, end = [rows[start]], 0, start + 1
    for n in range(start + 1, len(rows)):
        row, before = rows[n], rows[n - 1]
        gap = row.rect[1] - before.rect[3]
        apart = gap > 2.6 * max(row.height, before.height)
        if apart or row.is_caption or (row.is_prose and before.is_prose):
            break
        if len(row.cells) >= 2 and any(_linked(other, row) for other in run[-4:]):
            run.append(row)
            labels, end = 0, n + 1
        else:
            labels += 1
            if labels > _MOST_LABELS:
                break
    return end


def _parts(rows: Sequence[_Row]) -> list[Sequence[_Row]]:
    """Divide rows where headers come again after rows of amounts: there a new table begins.

    Lines of text between two tables are left out of both.
    """
    starts = [0]
    for n in range(1, len(rows)):
        if not _is_header(rows[n], rows) or not any(r.amounts for r in rows[starts[-1] : n]):
            continue
        first = n
        while first - 1 > starts[-1] and not rows[first - 1].amounts:
            first -= 1
        while len(rows[first].cells) == 1 and rows[first].rect[0] < rows[n].rect[0] - 10:
            first += 1
        starts.append(first)
    parts = []
    for start, stop in pairwise([*starts, len(rows)]):
        end = stop
        while stop < len(rows) and end > start + 1 and len(rows[end - 1].cells) == 1:
            end -= 1
        parts.append(rows[start:end])
    return [part for part in parts if sum(row.amounts for row in part)] or [rows]


def _is_header(row: _Row, rows: Sequence[_Row]) -> bool:
    """Whether a row holds only years and words, and none where the labels of the others stand."""
    left, right = min(r.rect[0] for r in rows), max(r.rect[2] for r in rows)
    return (
        len(row.cells) >= 2
        and not row.amounts
        and row.rect[0] > left + 0.15 * (right - left)
        and all(is_year(cell.text) or cell.text[:1].isalpha() for cell in row.cells)
    )


def _linked(one: _Row, other: _Row) -> bool:
    """Whether some cells right of the first stand in one column."""
    return any(
        abs(a[0] - b[0]) < _ALIGNED_PT
        or abs(a[2] - b[2]) < _ALIGNED_PT
        or abs(a[0] + a[2] - b[0] - b[2]) < 2 * _ALIGNED_PT
        for a in (cell.rect for cell in one.cells[1:])
        for b in (cell.rect for cell in other.cells[1:])
    )


def _is_table(rows: Sequence[_Row]) -> bool:
    divided = [row for row in rows if len(row.cells) >= 2]
    numbers = sum(row.numbers for row in divided)
    cells = sum(len(row.cells) - 1 for row in divided)
    if numbers >= 0.4 * cells and (len(divided) >= 3 or numbers >= 4):
        return sum(row.numbers > 0 for row in divided) >= 2
    return len(divided) >= 3 and _begins_alike(divided)


def _begins_alike(rows: Sequence[_Row]) -> bool:
    """Whether cells right of the first begin at shared places, as in a table of words."""
    lefts = [cell.rect[0] for row in rows for cell in row.cells[1:]]
    alike = sum(sum(abs(left - x) < _ALIGNED_PT for x in lefts) >= 3 for left in lefts)
    long = median(len(cell.text) for row in rows for cell in row.cells)
    return alike >= 0.75 * len(lefts) and long <= 40


def _with_headers(rows: Sequence[_Row], start: int, end: int, *, after: int) -> int:
    """Return the first row of the headers that stand right above a run of table rows.

    Labels alone ("Assets") may stand between the headers and the first row with cells.
    """
    divided = [row for row in rows[start:end] if len(row.cells) > 1]
    left = min(row.rect[0] for row in divided)
    labelled = [row for row in divided if row.rect[0] < left + 10]
    labels_end = min(median(row.cells[n].rect[2 - 2 * n] for row in labelled) for n in (0, 1))
    first, labels = start, 0
    for n in range(start - 1, max(start - 7, after) - 1, -1):
        above, below = rows[n], rows[n + 1]
        if above.rect[3] < below.rect[1] - 1.2 * below.height:
            break
        if above.is_caption or any(len(cell.text) >= 60 for cell in above.cells):
            break
        over_columns = above.cells[0].rect[0] > labels_end - 2
        if over_columns or len(above.cells) > 2 or (len(above.cells) == 2 and first == n + 1):
            first = n
        else:
            labels += 1
            if labels > _MOST_LABELS or first < start:
                break
    return first


def make_table(rows: Sequence[_Row], rules: Sequence[Rect]) -> Table:
    """Divide rows into columns, and merge the lines of headers, labels and wrapped cells."""
    columns = _columns(rows)
    head = _header_rows(rows, columns)
    grid = [_in_columns(row, columns) for row in rows[head:]]
    merged = _merge_wrapped(grid, rows[head:])
    if head:
        merged.insert(0, _header([_widened(row, rules) for row in rows[:head]], columns))
    pieces = tuple(piece for row in rows for piece in row.pieces)
    return Table(
        rect=around([piece.rect for piece in pieces]),
        rows=tuple(tuple(row) for row in merged),
        pieces=pieces,
    )


def _columns(rows: Sequence[_Row]) -> list[tuple[float, float]]:
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
    columns: list[tuple[float, float]] = []
    covered = 0
    for x, step in steps:
        covered += step
        if step > 0 and covered == allowed + 1:
            columns.append((x, x))
        elif step < 0 and covered == allowed and columns:
            columns[-1] = (columns[-1][0], x)
    return columns or [(data[0].rect[0], data[0].rect[2])]


def _column_of(rect: Rect, columns: Sequence[tuple[float, float]]) -> int:
    """Return the column that shares most with the box, or else is nearest."""
    return max(
        range(len(columns)),
        key=lambda n: (min(rect[2], columns[n][1]) - max(rect[0], columns[n][0]), -n),
    )


def _in_columns(row: _Row, columns: Sequence[tuple[float, float]]) -> list[Cell]:
    cells = [EMPTY] * len(columns)
    for cell in row.cells:
        n = _column_of(cell.rect, columns)
        if len(row.cells) == 1 and cell.rect[0] < columns[0][1]:
            n = 0
        old = cells[n]
        cells[n] = Cell(lines=(old.lines[0] + cell.lines[0],)) if old.lines else cell
    return cells


def _header_rows(rows: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> int:
    """Return how many rows at the top are headers: no label with amounts, no label alone."""
    has_numbers = any(row.numbers for row in rows)
    if not has_numbers:
        return 1 if len(rows[0].cells) > 1 else 0
    for n, row in enumerate(rows):
        cells = _in_columns(row, columns)
        amounts = [c for c in cells[1:] if is_number(c.text) and not is_year(c.text)]
        label_alone = bool(cells[0].lines) and not any(cell.lines for cell in cells[1:])
        if amounts or (label_alone and row.cells[0].rect[0] < columns[0][1]):
            return n if n <= 6 else 0
    return 0


def _widened(row: _Row, rules: Sequence[Rect]) -> list[tuple[Cell, Rect]]:
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
            and not any(c is not cell and _shared(rule, c.rect) > 2 for c in row.cells)
        ]
        rule = min(under, key=lambda r: r[2] - r[0], default=None)
        widened.append((cell, (rule[0], y0, rule[2], y1) if rule else cell.rect))
    return widened


def _shared(one: Rect, other: Rect) -> float:
    """Return how wide a stretch both stand over."""
    return min(one[2], other[2]) - max(one[0], other[0])


def _header(
    rows: Sequence[Sequence[tuple[Cell, Rect]]], columns: Sequence[tuple[float, float]]
) -> list[Cell]:
    """Merge header rows into one; a header over several columns is repeated in each."""
    header = [EMPTY] * len(columns)
    for depth, row in enumerate(rows):
        last = depth == len(rows) - 1
        for cell, reach in row if last else _spread(row, columns):
            over = [
                n
                for n, (left, right) in enumerate(columns)
                if reach[0] <= (left + right) / 2 <= reach[2]
            ]
            for n in over or [_column_of(reach, columns)]:
                header[n] = header[n].plus(cell)
    return header


def _spread(
    row: Sequence[tuple[Cell, Rect]], columns: Sequence[tuple[float, float]]
) -> Iterator[tuple[Cell, Rect]]:
    """Widen the cells of an upper header row to half the way to their neighbours.

    Only where they are fewer than the columns, and stand over the columns' middle.
    """
    labels = columns[0][1]
    over = [(cell, reach) for cell, reach in row if reach[0] > labels - 2]
    yield from ((cell, reach) for cell, reach in row if reach[0] <= labels - 2)
    middles = [(left + right) / 2 for left, right in columns[1:]]
    centred = bool(over) and bool(middles) and _is_centred(over, middles)
    for n, (cell, reach) in enumerate(over):
        x0, y0, x1, y1 = reach
        if centred and len(over) < len(middles):
            x0 = min(x0, (over[n - 1][1][2] + x0) / 2 if n else labels)
            x1 = max(x1, (x1 + over[n + 1][1][0]) / 2 if n + 1 < len(over) else columns[-1][1])
        yield cell, (x0, y0, x1, y1)


def _is_centred(over: Sequence[tuple[Cell, Rect]], middles: Sequence[float]) -> bool:
    """Whether headers stand, taken together, over the middle of the columns."""
    centre = (over[0][1][0] + over[0][1][2] + over[-1][1][0] + over[-1][1][2]) / 4
    return abs(centre - (middles[0] + middles[-1]) / 2) < 0.12 * (middles[-1] - middles[0] + 1)


def _merge_wrapped(grid: list[list[Cell]], rows: Sequence[_Row]) -> list[list[Cell]]:
    """Merge rows that only go on with a label or with the words of cells of the row before."""
    merged: list[list[Cell]] = []
    last_rect: Rect | None = None
    for cells, row in zip(grid, rows, strict=True):
        tight = last_rect is not None and row.rect[1] - last_rect[3] < 0.6 * row.height
        if merged and tight and _goes_on(merged[-1], cells):
            merged[-1] = [a.plus(b) for a, b in zip(merged[-1], cells, strict=True)]
        else:
            merged.append(cells)
        last_rect = row.rect
    return merged


def _goes_on(above: Sequence[Cell], cells: Sequence[Cell]) -> bool:
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
