"""Rows of cells as forms and receipts have them: tables under a header, and labels with values.

Pure. Knows lines with boxes, grouped into rows of what stands side by side; knows nothing of
pixels, pages or elements. A table begins where a row of words stands over a row with figures; what
stands under a column's name is put there by its place, so that all rows have the same cells.
Whatever else stands side by side is a label with its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import structs

from ingest.layout.layout import Line
from ingest.ocr.fields import Row, field_rows, is_label, is_labelled, joined

Cells = Sequence[Line | None]

MIN_COLUMNS: Final = 3
"""With two columns only figures in both tell a table from labels with values."""

LONGEST_NAME: Final = 40
"""In letters: what is longer is prose, and names no column."""

LETTERS_TO_FIGURE: Final = 3
"""The name of a column has so many letters for each figure at least."""

MAX_BETWEEN: Final = 1
"""So many single lines may stand between two rows of a table: an item's name over its price."""

_UNDER: Final = 0.3
"""Share of the narrower one that a cell under a name has in common with it."""

_YEAR: Final = re.compile(r"(?:1[89]|20)\d\d")


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
            blocks += [*_fields(rows[done : n - 1]), table.block()]
            n = done = table.end
    return _merged([*blocks, *_fields(rows[done:])])


def _fields(rows: Sequence[Row]) -> list[FormBlock]:
    return [FormBlock(rows=field_rows(rows), is_table=False)] if rows else []


def _merged(blocks: Sequence[FormBlock]) -> list[FormBlock]:
    """Return the blocks with those that follow each other between tables as one."""
    merged: list[FormBlock] = []
    for block in blocks:
        if merged and not merged[-1].is_table and not block.is_table:
            block = replace(block, rows=(*merged.pop().rows, *block.rows))  # noqa: PLW2901 - one
        merged.append(block)
    return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A header and the rows under it, up to row `end`. `has_stub`: a column without a name."""

    header: Row
    body: Sequence[Row]
    has_stub: bool
    end: int

    def block(self) -> FormBlock:
        rows = [self._aligned(row) for row in self.body]
        if len(rows) == 1 and not self.has_stub and _is_record(rows[0]):
            return FormBlock(rows=tuple(zip(self.header, rows[0], strict=True)), is_table=False)
        stub: Cells = (None,) if self.has_stub else ()
        return FormBlock(rows=((*stub, *self.header), *rows), is_table=True)

    def _aligned(self, row: Row) -> Cells:
        """Return the row's cells by columns; a single line, or a full row, stays as it is."""
        if len(row) in {1, len(self.header) + self.has_stub}:
            return row
        cells: list[Line | None] = [None] * (len(self.header) + self.has_stub)
        for line in row:
            n = _column(self.header, line, has_stub=self.has_stub)
            known = cells[n]
            cells[n] = line if known is None else joined([known, line])
        return cells


def _is_record(cells: Cells) -> bool:
    """Whether a lone row under a header is values without a name: a date, a time, a number."""
    first = cells[0]
    return first is not None and first.text[:1].isdigit() and all(cells)


def _table_at(rows: Sequence[Row], n: int) -> _Table | None:
    """Return the table whose header is row `n`, or that and the next; None if none begins there."""
    header = rows[n]
    if not _is_header(header):
        return None
    start = n + 1
    if start < len(rows) and _continues_header(header, rows[start]):
        header = _with_second_line(header, rows[start])
        start += 1
    body, end = _body(header, rows, start)
    if not body:
        return None
    has_stub = any(_is_stub(header, line) for row in body if len(row) > 1 for line in row)
    if len(header) + has_stub < MIN_COLUMNS and not _all_figures(body):
        return None
    return _Table(header=header, body=body, has_stub=has_stub, end=end)


def _body(header: Row, rows: Sequence[Row], start: int) -> tuple[list[Row], int]:
    """Return the rows under a header, and where they end."""
    body: list[Row] = []
    waiting: list[Row] = []
    end = start
    for n in range(start, len(rows)):
        row = rows[n]
        if len(row) == 1:
            row = divided(header, row[0]) or row
        if len(row) == 1:
            waiting.append(row)
            if len(waiting) > MAX_BETWEEN or is_label(row[0].text):
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
    if len(text) > LONGEST_NAME or is_label(text) or is_labelled(text):
        return False
    bare = _YEAR.sub("", text)
    letters = sum(c.isalpha() for c in text)
    figures = sum(c.isdigit() for c in bare)
    return LETTERS_TO_FIGURE * figures <= letters and (letters > 0 or bare != text)


def _is_body(header: Row, row: Row) -> bool:
    """Whether a row has figures, no labels, and most of its cells under the header's names."""
    if any(is_label(line.text) or is_labelled(line.text) for line in row):
        return False
    under = sum(any(_overlap(name, line) > 0 for name in header) for line in row)
    figures = sum(any(c.isdigit() for c in line.text) for line in row)
    return figures > 0 and 2 * under >= len(row)


def _ends_table(header: Row, first: Row, row: Row) -> bool:
    """Whether a row is another header, or a sum: words where the first row has a number."""
    is_first = row[0].bbox.x0 < header[0].bbox.x1
    is_sum = first[0].text[:1].isdigit() and not any(c.isdigit() for c in row[0].text)
    return _is_header(row) or (is_first and is_sum)


def _all_figures(body: Sequence[Row]) -> bool:
    return all(any(c.isdigit() for c in line.text) for row in body for line in row)


def _continues_header(header: Row, row: Row) -> bool:
    """Whether a row is the second line of some of the names: "Amount" over "(RM)"."""
    return _is_header(row) and all(
        any(_is_right_under(name, line) for name in header) for line in row
    )


def _is_right_under(upper: Line, lower: Line) -> bool:
    return _overlap(upper, lower) > 0 and lower.bbox.y0 - upper.bbox.y1 < lower.height / 2


def _with_second_line(header: Row, row: Row) -> Row:
    names = list(header)
    for line in row:
        n = max(range(len(names)), key=lambda n: _overlap(names[n], line))
        names[n] = joined([names[n], line])
    return names


def divided(header: Row, line: Line) -> Row | None:
    """Divide a line that OCR read as one into words, each under the name that it stands under.

    The place of a word is told by its share of the letters. None unless the line reaches under
    all names and each gets a word with a figure.
    """
    if line.bbox.x0 > header[0].bbox.x1 or line.bbox.x1 < header[-1].bbox.x0:
        return None
    under: list[list[Line]] = [[] for _ in header]
    for word in _words(line):
        under[_column(header, word, has_stub=False)].append(word)
    cells = [joined(words) for words in under if words]
    whole = len(cells) == len(header) > 1
    return cells if whole and _all_figures([cells]) else None


def _words(line: Line) -> Iterator[Line]:
    width = (line.bbox.x1 - line.bbox.x0) / len(line.text)
    for match in re.finditer(r"\S+", line.text):
        box = structs.replace(
            line.bbox,
            x0=line.bbox.x0 + width * match.start(),
            x1=min(line.bbox.x1, line.bbox.x0 + width * match.end()),
        )
        yield replace(line, text=match.group(), bbox=box)


def _column(header: Row, line: Line, *, has_stub: bool) -> int:
    """Return the column of a cell: of the first name that it stands under, else of the nearest."""
    if has_stub and _is_stub(header, line):
        return 0
    under = [n for n, name in enumerate(header) if _stands_under(name, line)]
    nearest = max(range(len(header)), key=lambda n: (_overlap(header[n], line), -n))
    return (under[0] if under else nearest) + has_stub


def _stands_under(name: Line, line: Line) -> bool:
    narrower = min(name.bbox.x1 - name.bbox.x0, line.bbox.x1 - line.bbox.x0)
    return _overlap(name, line) > _UNDER * narrower


def _is_stub(header: Row, line: Line) -> bool:
    """Whether a cell stands left of all names, by its middle."""
    return line.bbox.x0 + line.bbox.x1 < 2 * header[0].bbox.x0


def _overlap(name: Line, line: Line) -> float:
    """Return the common width, or, below 0, how far apart they are."""
    return min(name.bbox.x1, line.bbox.x1) - max(name.bbox.x0, line.bbox.x0)
