"""Forms and receipts: tables under a header, and labels with values.

Pure. Knows lines with boxes, grouped into rows of what stands side by side; knows nothing of
pixels, pages or elements. A table begins where a row of words stands over a row with figures; what
stands under a column's name is put there by its place, so that all rows have the same cells.
Whatever else stands side by side, or one under the other, is a label with its value. Single letters
that OCR takes for others are put right where the sheet itself tells: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from ingest.layout.layout import Line

Row = Sequence[Line]
Cells = Sequence[Line | None]

_FIELD_START: Final = 0.02
"""How far apart, in widths of the page, the lines of one column of a form begin at most."""

_LABEL: Final = re.compile(r"[^\W\d].*[:：]")
_LABELLED: Final = re.compile(r"[^\W\d](?:[^:：.]|\.(?!\w)){0,40}[:：](?!//)\s*\S")
_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")
_DOLLARS: Final = re.compile(r"\$\s?\d")
_AS_LETTER: Final = re.compile(r"(?<!\w)S(?=\d{1,3}(?:,\d{3})*\.\d\d(?!\w|\.\d))")
"""A dollar sign read as a letter: "S8.20"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBlock:
    """Rows that belong together. The first row of a table is its header; None is an empty cell."""

    rows: tuple[Cells, ...]
    is_table: bool


def form_blocks(rows: Sequence[Row]) -> list[FormBlock]:
    """Divide rows into tables and what stands between them, in order; every line is in one block.

    Between tables each row is a line of its own, or a label with its values.
    """
    blocks: list[FormBlock] = []
    n = done = 0
    while n < len(rows):
        table = _table_at(rows, n)
        n += 1
        if table is not None:
            blocks += [*_fields(rows[done : n - 1]), table[0]]
            n = done = table[1]
    merged: list[FormBlock] = []
    for block in [*blocks, *_fields(rows[done:])]:
        if merged and not merged[-1].is_table and not block.is_table:
            merged[-1] = replace(block, rows=(*merged[-1].rows, *block.rows))
        else:
            merged.append(block)
    return merged


def _table_at(rows: Sequence[Row], n: int) -> tuple[FormBlock, int] | None:
    """Return the table whose header is row `n`, or that and the next, and where it ends."""
    header = rows[n]
    if not _is_header(header):
        return None
    start = n + 1
    if start < len(rows) and (longer := _with_second_line(header, rows[start])):
        header, start = longer, start + 1
    body, end = _body(header, rows, start)
    has_stub = any(_is_stub(header, line) for row in body if len(row) > 1 for line in row)
    columns = len(header) + has_stub
    if not body or (columns < 3 and not _all_figures(body)):
        return None  # with two columns only figures in both tell a table from labels with values
    cells = [_aligned(header, row, has_stub=has_stub) for row in body]
    first = cells[0][0]
    if len(cells) == 1 and not has_stub and first and first.text[:1].isdigit() and all(cells[0]):
        # a lone row of values without a name, a date, a time, a number: labels with values
        return FormBlock(rows=tuple(zip(header, cells[0], strict=True)), is_table=False), end
    stub: Cells = (None,) if has_stub else ()
    return FormBlock(rows=((*stub, *header), *cells), is_table=True), end


def _aligned(header: Row, row: Row, *, has_stub: bool) -> Cells:
    """Return the row's cells by columns; a single line, or a full row, stays as it is."""
    columns = len(header) + has_stub
    if len(row) in {1, columns}:
        return row
    cells: list[Line | None] = [None] * columns
    for line in row:
        n = _column(header, line, has_stub=has_stub)
        known = cells[n]
        cells[n] = line if known is None else joined([known, line])
    return cells


def _body(header: Row, rows: Sequence[Row], start: int) -> tuple[list[Row], int]:
    """Return the rows under a header, and where they end.

    One single line may stand between two rows: an item's name over its price.
    """
    body: list[Row] = []
    waiting: list[Row] = []
    end = start
    for n, whole in enumerate(rows[start:], start):
        row = (_divided(header, whole[0]) or whole) if len(whole) == 1 else whole
        if len(row) == 1:
            waiting.append(row)
            if len(waiting) > 1 or is_label(row[0].text):
                break
        elif _is_body(header, row) and not (body and _ends_table(header, body[0], row)):
            body += [*waiting, row]
            waiting = []
            end = n + 1
        else:
            break
    return body, end


def _is_header(row: Row) -> bool:
    return len(row) > 1 and all(_is_name(line.text) for line in row)


def _is_name(text: str) -> bool:
    """Whether a cell may name a column: words almost without figures ("Temp 7h"), or a year."""
    bare = _YEAR.sub("", text)
    letters = sum(c.isalpha() for c in text)
    is_words = 3 * sum(c.isdigit() for c in bare) <= letters and (letters > 0 or bare != text)
    return is_words and is_short(text)


def is_short(text: str) -> bool:
    """Whether a line may be a name: no prose, no label."""
    return len(text) <= 40 and not has_label(text)


def _is_body(header: Row, row: Row) -> bool:
    """Whether a row has figures, no labels, and most of its cells under the header's names."""
    under = sum(any(_overlap(name, line) > 0 for name in header) for line in row)
    has_figures = any(c.isdigit() for line in row for c in line.text)
    return has_figures and 2 * under >= len(row) and not any(has_label(x.text) for x in row)


def _ends_table(header: Row, first: Row, row: Row) -> bool:
    """Whether a row is another header, or a sum: words where the first row has a number."""
    is_first = row[0].bbox.x0 < header[0].bbox.x1
    is_sum = first[0].text[:1].isdigit() and not any(c.isdigit() for c in row[0].text)
    return _is_header(row) or (is_first and is_sum)


def _all_figures(body: Sequence[Row]) -> bool:
    return all(any(c.isdigit() for c in line.text) for row in body for line in row)


def _with_second_line(header: Row, row: Row) -> Row | None:
    """Return a header whose names go on in a row, "Amount" over "(RM)"; None where they do not."""
    names = list(header)
    for line in row:
        n = max(range(len(header)), key=lambda n: _overlap(header[n], line))
        is_under = _overlap(header[n], line) > 0
        if not is_under or line.bbox.y0 - header[n].bbox.y1 >= line.height / 2:
            return None
        names[n] = joined([names[n], line])
    return names if _is_header(row) else None


def _divided(header: Row, line: Line) -> Row | None:
    """Divide a line that OCR read as one into words, each under the name that it stands under.

    The place of a word is told by its share of the letters. None unless the line reaches under
    all names and each gets a word with a figure.
    """
    box = line.bbox
    if box.x0 > header[0].bbox.x1 or box.x1 < header[-1].bbox.x0:
        return None
    letter = (box.x1 - box.x0) / len(line.text)
    under: list[list[Line]] = [[] for _ in header]
    for match in re.finditer(r"\S+", line.text):
        x0, x1 = (box.x0 + letter * at for at in match.span())
        word = replace(line, text=match[0], bbox=structs.replace(box, x0=x0, x1=min(box.x1, x1)))
        under[_column(header, word, has_stub=False)].append(word)
    cells = [joined(words) for words in under if words]
    return cells if len(cells) == len(header) > 1 and _all_figures([cells]) else None


def _column(header: Row, line: Line, *, has_stub: bool) -> int:
    """Return the column of a cell: of the first name that it stands under, else of the nearest."""
    if has_stub and _is_stub(header, line):
        return 0
    shared = [_overlap(name, line) for name in header]
    for n, name in enumerate(header):
        if shared[n] > 0.3 * min(name.bbox.x1 - name.bbox.x0, line.bbox.x1 - line.bbox.x0):
            return n + has_stub
    return shared.index(max(shared)) + has_stub


def _is_stub(header: Row, line: Line) -> bool:
    """Whether a cell stands left of all names, by its middle."""
    return line.bbox.x0 + line.bbox.x1 < 2 * header[0].bbox.x0


def _overlap(name: Line, line: Line) -> float:
    """Return the common width, or, below 0, how far apart they are."""
    return min(name.bbox.x1, line.bbox.x1) - max(name.bbox.x0, line.bbox.x0)


def _fields(rows: Sequence[Row]) -> list[FormBlock]:
    """Return a row for each label with its values, and for each other line.

    Where labels stand in two columns the left column comes first, then the right one.
    """
    begins = [line.bbox.x0 for row in rows for line in row[1:] if has_label(line.text)]
    starts = sorted(x for x in begins if sum(abs(x - one) < _FIELD_START for one in begins) > 1)
    found: list[Row] = []
    n = 0
    while n < len(rows):
        start, end = _side_by_side(rows, n, starts)
        fields = [field for row in rows[n:end] for field in _fields_of(row, starts)]
        is_right = [field[0].bbox.x0 > start - _FIELD_START for field in fields]
        for side in (False, True):
            found += [f for f, right in zip(fields, is_right, strict=True) if right == side]
        n = end
    return [FormBlock(rows=tuple(_with_values_under(found)), is_table=False)] if rows else []


def _side_by_side(rows: Sequence[Row], n: int, starts: Sequence[float]) -> tuple[float, int]:
    """Return where the right one of two columns begins, else the page's edge, and both end."""
    start = next((x for x in starts if _begins_at(rows[n][1:], x)), 1.0 + _FIELD_START)
    end = n + 1
    for m in range(n + 1, len(rows)):
        if _begins_at(rows[m], start):
            end = m + 1
        elif any(line.bbox.x1 > start for line in rows[m]):
            break
    return start, end


def _begins_at(row: Row, start: float) -> bool:
    """Whether a column of the row begins there, with nothing reaching into it from the left."""
    boxes = [line.bbox for line in row]
    begins = any(abs(box.x0 - start) < _FIELD_START for box in boxes)
    return begins and not any(
        box.x0 < start - _FIELD_START and box.x1 > start + _FIELD_START for box in boxes
    )


def _fields_of(row: Row, starts: Sequence[float]) -> list[Row]:
    """Return each label of a row with the values that follow it; a number alone has none."""
    fields: list[list[Line]] = []
    for line in row:
        is_start = any(abs(line.bbox.x0 - x) < _FIELD_START for x in starts)
        if is_start or has_label(line.text) or not fields:
            fields.append([])
        fields[-1].append(line)
    return [field if any(map(str.isalpha, field[0].text)) else [joined(field)] for field in fields]


def _with_values_under(fields: Sequence[Row]) -> list[Row]:
    """Return the fields, a line that stands under a lone label as its value."""
    found: list[Row] = []
    for field in fields:
        above = found[-1] if found else ()
        if len(above) == len(field) == 1 and is_label(above[0].text):
            label, line = above[0], field[0]
            is_flush = abs(line.bbox.x0 - label.bbox.x0) < _FIELD_START
            is_near = -line.height / 2 < line.bbox.y0 - label.bbox.y1 < line.height
            if is_flush and is_near and not has_label(line.text):
                found[-1] = [label, line]
                continue
        found.append(field)
    return found


def is_label(text: str) -> bool:
    """Whether a cell is a label alone: "Date :"."""
    return _LABEL.fullmatch(text.strip()) is not None


def has_label(text: str) -> bool:
    """Whether a cell is a label, or a label and its value: "Date: 1 May"."""
    return is_label(text) or _LABELLED.match(text) is not None


def joined(row: Row) -> Line:
    """Return the pieces of a row as one line."""
    if len(row) == 1:
        return row[0]
    box = row[0].bbox
    for line in row[1:]:
        box = box.union(line.bbox)
    return Line(text=" ".join(line.text for line in row), bbox=box, confidence=confidence_of(row))


def confidence_of(lines: Sequence[Line]) -> float | None:
    """Return the mean score by letters; None without letters."""
    chars = sum(len(line.text) for line in lines)
    if not chars:
        return None
    return sum((line.confidence or 0.0) * len(line.text) for line in lines) / chars


def repaired(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, "S8.20" as "$8.20" where other sums of the sheet are in dollars."""
    if not any(_DOLLARS.search(line.text) for line in lines):
        return list(lines)
    return [replace(line, text=_AS_LETTER.sub("$", line.text)) for line in lines]
