"""Tables without upright rules: rows whose cells stand in columns. Pure.

Financial statements are the pattern: labels to the left, columns of numbers aligned to the
right, headers of several lines above them. Pages without numbers in columns need a stronger
sign: cells that begin at the same places in row after row, or level rules of one width.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Final

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.drawn.figures import is_prose
from ingest.parsers.pdf.letters.geometry import Rect, around, grown, share_inside, vertical_overlap
from ingest.parsers.pdf.letters.words import Piece
from ingest.parsers.pdf.tables.cells import (
    PdfCell,
    PdfTable,
    is_number,
    is_year,
    rows_of,
    rows_of_cells,
)
from ingest.parsers.pdf.tables.columns import PdfRow, make_table, row_of

_ALIGNED_PT: Final = 3.0
_PROSE_LINE: Final = 20
_MAX_LABELS: Final = 3
"""Rows of one cell (labels, wrapped labels) that may stand between two rows of a table."""


def find_tables(pieces: Sequence[Piece], rules: Sequence[Rect]) -> list[PdfTable]:
    """Return the tables among the pieces of one column of a page, from the top.

    `rules` are the page's horizontal ones: a header over several columns is as wide as its rule.
    """
    rows = [row_of(row) for row in rows_of(p for p in pieces if p.angle == 0)]
    found: list[PdfTable] = []
    start = last_end = 0
    while start < len(rows):
        end = _run_end(rows, start)
        prose = _adjacent_prose(rows, start, end)
        if prose:
            rest = [p for row in rows[last_end:] for p in row.pieces if id(p) not in prose]
            return found + find_tables(rest, rules)
        if end > start and _is_table(rows[start:end]):
            first = _with_headers(rows, start, end, after=last_end)
            parts = _parts(rows[first:end])
            found += [make_table(part, rules) for part in parts]
            start = last_end = end
        else:
            start += 1
    return found


def table_of(pieces: Sequence[Piece], rules: Sequence[Rect]) -> PdfTable | None:
    """Return the pieces as one table if most of their rows have cells that align."""
    upright = [piece for piece in pieces if piece.angle == 0]
    rows: Sequence[PdfRow] = [row_of(row) for row in rows_of_cells(upright)]
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
    rows = _without_notes(rows)
    first = next(n for n, row in enumerate(rows) if len(row.cells) > 1)
    titled = 0 < first <= 4 and sum(len(row.text) for row in rows[:first]) >= 12
    table = make_table(rows[first:] if titled else rows, rules)
    if not titled:
        return table
    title = PdfCell(lines=tuple(line for row in rows[:first] for line in row.cells[0].lines))
    pieces = tuple(piece for row in rows for piece in row.pieces)
    return replace(table, title=title, pieces=pieces)


def _without_notes(rows: Sequence[PdfRow]) -> Sequence[PdfRow]:
    """Leave out what follows the last row with cells from its first line of prose on."""
    left, right = min(row.rect[0] for row in rows), max(row.rect[2] for row in rows)
    last = max(n for n, row in enumerate(rows) if len(row.cells) > 1)
    below = range(last + 1, len(rows))
    return rows[: next((n for n in below if rows[n].ends_table(left, right)), len(rows))]


def _run_end(rows: Sequence[PdfRow], start: int) -> int:
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
            if labels > _MAX_LABELS:
                break
    return end


def _adjacent_prose(rows: Sequence[PdfRow], start: int, end: int) -> set[int]:
    """Return (by identity) the lines of a paragraph left of the cells of a run of rows, if any.

    Its lines begin at one place, many in the middle of a sentence, and are not level with what is
    beside. It may begin above the run and go on below, as far as it leaves room for that.
    """
    if end == start:
        return set()
    left = min(row.rect[0] for row in rows[start:end])
    flush = [row for row in rows[start:end] if row.rect[0] < left + _ALIGNED_PT]
    short = [row.cells for row in flush if row.cells[1:] and len(row.cells[1].text) < _PROSE_LINE]
    level = [abs(label.rect[3] - cell.rect[3]) < 1 for label, cell, *_ in short]
    if 2 * sum(level) > len(level):
        return set()
    room = min((row.cells[1].rect[0] for row in flush if len(row.cells) > 1), default=left)
    while start and rows[start - 1].pieces[0].rect[2] < room:
        start -= 1
    while end < len(rows) and (
        rows[end].pieces[0].rect[2] < room or rows[end].rect[0] >= left + _ALIGNED_PT
    ):
        end += 1
    lines = [row.pieces[0] for row in rows[start:end] if row.rect[0] < left + _ALIGNED_PT]
    amid = sum(p.text[:1].islower() and len(p.text) >= _PROSE_LINE for p in lines)
    return {id(p) for p in lines} if amid >= max(4, 0.4 * len(lines)) else set()


def _parts(rows: Sequence[PdfRow]) -> list[Sequence[PdfRow]]:
    """Divide rows where headers come again after rows of amounts; text between is in no part."""
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


def _is_header(row: PdfRow, rows: Sequence[PdfRow]) -> bool:
    left, right = min(r.rect[0] for r in rows), max(r.rect[2] for r in rows)
    return (
        len(row.cells) >= 2
        and not row.amounts
        and row.rect[0] > left + 0.15 * (right - left)
        and all(is_year(cell.text) or cell.text[:1].isalpha() for cell in row.cells)
    )


def _linked(one: PdfRow, other: PdfRow) -> bool:
    """Whether some cells right of the first stand in one column."""
    pairs = list(zip(one.cells[1:], other.cells[1:], strict=False))
    if len(one.cells) == len(other.cells) > 2 and all(
        a.rect[0] < b.rect[2] and b.rect[0] < a.rect[2] for a, b in pairs
    ):
        return True
    return any(
        abs(a[0] - b[0]) < _ALIGNED_PT
        or abs(a[2] - b[2]) < _ALIGNED_PT
        or abs(a[0] + a[2] - b[0] - b[2]) < 2 * _ALIGNED_PT
        for a in (cell.rect for cell in one.cells[1:])
        for b in (cell.rect for cell in other.cells[1:])
    )


def _is_table(rows: Sequence[PdfRow]) -> bool:
    divided = [row for row in rows if len(row.cells) >= 2]
    numbers = sum(row.numbers for row in divided)
    cells = sum(len(row.cells) - 1 for row in divided)
    if numbers >= 0.4 * cells and (len(divided) >= 3 or numbers >= 4):
        return sum(row.numbers > 0 for row in divided) >= 2
    return len(divided) >= 3 and _begins_alike(divided)


def _begins_alike(rows: Sequence[PdfRow]) -> bool:
    """Whether cells right of the first begin at shared places, as in a table of words.

    Amounts with units ("6 pcs", "8.20 kr") may end at shared places instead.
    """
    cells = [cell for row in rows for cell in row.cells[1:]]
    lefts = [cell.rect[0] for cell in cells]
    rights = [cell.rect[2] for cell in cells if cell.text[:1].isdecimal()]
    alike = sum(
        sum(abs(cell.rect[0] - x) < _ALIGNED_PT for x in lefts) >= 3
        or sum(abs(cell.rect[2] - x) < _ALIGNED_PT for x in rights) >= 3
        for cell in cells
    )
    long = median(len(cell.text) for row in rows for cell in row.cells)
    return alike >= 0.75 * len(cells) and long <= 40


def _with_headers(rows: Sequence[PdfRow], start: int, end: int, *, after: int) -> int:
    """Return the first row of the headers that stand right above a run of table rows.

    Labels alone ("Assets") may stand between the headers and the first row with cells.
    """
    divided = [row for row in rows[start:end] if len(row.cells) > 1]
    left = min(row.rect[0] for row in divided)
    labelled = [row for row in divided if row.rect[0] < left + 10]
    size_pt = median(row.size_pt for row in divided)
    labels_end = median(row.cells[1].rect[0] for row in labelled) - 40
    widest = max(row.cells[0].rect[2] for row in labelled) + 4
    first, labels = start, 0
    for n in range(start - 1, max(start - 7, after) - 1, -1):
        above, below = rows[n], rows[n + 1]
        if above.rect[3] < below.rect[1] - 1.2 * below.height:
            break
        if (
            above.is_caption
            or above.size_pt > 1.2 * size_pt
            or any(len(cell.text) >= 60 for cell in above.cells)
        ):
            break
        names_begin = min(labels_end, widest) if len(above.cells) > 1 else labels_end
        over_columns = above.cells[0].rect[0] > names_begin - 2
        if over_columns or len(above.cells) > 2 or (len(above.cells) == 2 and first == n + 1):
            first = n
        else:
            labels += 1
            if labels > _MAX_LABELS or first < start:
                break
    return first


_TITLE_LINES: Final = 2
"""Lines of prose over a table that may be its title: more are a paragraph."""


def find_ruled(drawings: Drawings, pieces: Sequence[Piece], *, width_pt: float) -> list[PdfTable]:
    """Return the tables that stand between level rules of one width, without upright rules."""
    rules = sorted(
        {
            (round(x0), round(x1), round((y0 + y1) / 2, 1))
            for x0, y0, x1, y1 in drawings.horizontal
            if x1 - x0 > 0.2 * width_pt
        }
    )
    groups: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for x0, x1, y in rules:
        key = next((k for k in groups if abs(k[0] - x0) < 4 and abs(k[1] - x1) < 4), (x0, x1))
        groups[key].append(y)
    tables, left = [], list(pieces)
    for (x0, x1), ys in groups.items():
        for rect in _stretches(x0, x1, sorted(ys), left):
            inside = [p for p in left if share_inside(p.rect, grown(rect, 2)) > 0.6]
            inside = _names_above(rect, left, inside) + inside
            table = table_of(inside, drawings.horizontal) if len(inside) >= 4 else None
            if table and not has_labels_outside(table, left):
                tables.append(table)
                left = [p for p in left if p not in table.pieces]
    return tables


def _names_above(rect: Rect, pieces: Sequence[Piece], inside: Sequence[Piece]) -> list[Piece]:
    """Return the names of columns that stand right above the first of a table's rules, if any."""
    first = next(iter(rows_of_cells(piece for piece in inside if piece.angle == 0)), ())
    height = max((piece.rect[3] - piece.rect[1] for piece in first), default=0.0)
    near = (rect[0] - 2, rect[1] - 1.5 * height, rect[2] + 2, rect[1] + 2)
    names = sorted((p for p in pieces if share_inside(p.rect, near) > 0.6), key=lambda p: p.rect)
    if not names or not first:
        return []
    head, row = row_of(tuple(names)), row_of(first)
    is_head = len(head.cells) >= max(2, len(row.cells) - 1) and not head.numbers
    return names if is_head and _linked(head, row) else []


def _stretches(
    x0: float, x1: float, ys: Sequence[float], pieces: Sequence[Piece]
) -> Iterator[Rect]:
    """Yield what lies between the first and the last rule, then between each and the next.

    Prose or a caption between two rules ends a stretch: what stands there is yielded never.
    """
    runs: list[list[float]] = [[]]
    for n, y in enumerate(ys):
        if n and _ends_tables((x0, ys[n - 1], x1, y), pieces):
            runs.append([])
        runs[-1].append(y)
    for run in runs:
        if len(run) >= 2:
            yield (x0, run[0], x1, run[-1])
        if len(run) > 2:
            for top, bottom in pairwise(run):
                yield (x0, top, x1, bottom)


def _ends_tables(rect: Rect, pieces: Sequence[Piece]) -> bool:
    """Whether lines between two rules are the page's text: more than a table's title.

    A title is a few lines above the first row of cells, or one line between rows, and a caption
    only where it stands first. Notes below the last row are for the table to leave out.
    """
    inside = [p for p in pieces if p.angle == 0 and share_inside(p.rect, grown(rect, 2)) > 0.6]
    rows = [row_of(row) for row in rows_of(inside)]
    divided = [n for n, row in enumerate(rows) if len(row.cells) > 1]
    first, last = (divided[0], divided[-1]) if divided else (len(rows), len(rows))
    ends = [n for n, row in enumerate(rows[: last + 1]) if row.ends_table(rect[0], rect[2])]
    if any(n and rows[n].is_caption for n in ends):
        return True
    if any(n > first and n + 1 in ends for n in ends):
        return True
    plain = [n for n in range(first) if not all(piece.bold for piece in rows[n].pieces)]
    over = sum(n in plain for n in ends)
    return over > _TITLE_LINES or (over > 0 and len(plain) > 4)


def has_labels_outside(table: PdfTable, pieces: Sequence[Piece]) -> bool:
    """Whether labels stand left of rows of numbers: then the rules divide only a part of it."""
    if 2 * sum(is_number(row[0].text) for row in table.rows) < len(table.rows):
        return False
    labels = [
        piece.rect for piece in pieces if piece.rect[2] <= table.rect[0] + 2 and not is_prose(piece)
    ]
    rows = [around([cell.rect for cell in row if cell.lines]) for row in table.rows]
    return 2 * sum(any(vertical_overlap(x, row) > 0.5 for x in labels) for row in rows) > len(rows)
