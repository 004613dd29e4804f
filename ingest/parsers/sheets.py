"""Sheets of cells to elements: titles above a table, its header, tables divided by blank rows.

Knows rows of text; knows nothing of spreadsheets' or text files' formats. Memory is bounded: a
sheet is read row by row, and cut with a warning where it is longer or wider than anyone asks
about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.parsers.elements import heading, table_element, text_element
from ingest.parsers.grid import (
    MAX_HEADER_ROWS,
    Slot,
    count_header_rows,
    is_number,
    tidy,
)
from rag.datamodel import Element

MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 1_000
MAX_LETTERS: Final = 20_000_000
"""Limits of one document's sheets together."""

TITLE_CELLS: Final = 1
TABLE_LEVEL: Final = 2


class SheetReader:
    """Turns the sheets of one document into elements, and remembers what was cut."""

    def __init__(self) -> None:
        self._rows = 0
        self._letters = 0
        self._warnings: dict[str, None] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def elements(self, rows: Iterable[Sequence[str]]) -> list[Element]:
        """Return the tables of one sheet, with the titles above them."""
        elements: list[Element] = []
        for block in _merge_blocks(_blocks(self._bounded(rows))):
            elements += _block_elements(block)
        return elements

    def _bounded(self, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
        for row in rows:
            if self._rows >= MAX_ROWS or self._letters >= MAX_LETTERS:
                self._warnings[f"only the first {self._rows:,} rows were read"] = None
                return
            if len(row) > MAX_COLUMNS and any(row[MAX_COLUMNS:]):
                self._warnings[f"only the first {MAX_COLUMNS:,} columns were read"] = None
            kept = [text.strip() for text in row[:MAX_COLUMNS]]
            self._rows += any(kept)
            self._letters += sum(map(len, kept))
            yield kept


def _blocks(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Divide rows at blank ones."""
    block: list[list[str]] = []
    for row in rows:
        if any(row):
            block.append(row)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _merge_blocks(blocks: Iterable[list[list[str]]]) -> Iterator[list[list[str]]]:
    """Join a block to the one above unless it begins with a header or a title of its own."""
    gathered: list[list[str]] = []
    for block in blocks:
        if gathered and _starts_table(block, gathered):
            yield gathered
            gathered = []
        gathered = gathered + block
    if gathered:
        yield gathered


def _starts_table(block: Sequence[Sequence[str]], above: Sequence[Sequence[str]]) -> bool:
    """Say whether a block after a blank row is a table of its own.

    It is where it has titles or a header row; but rows of numbers, or the body below a header
    that stands alone, go on with what is above.
    """
    rest = block[len(_titles(block)) :]
    if not rest or _is_all_header(above):
        return False
    has_titles = len(rest) < len(block) and len(rest) > 1
    return has_titles or (len(rest) > 1 and not _has_numbers(rest[0]) and _has_numbers(rest[1]))


def _is_all_header(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) <= MAX_HEADER_ROWS and not any(_has_numbers(row) for row in rows)


def _has_numbers(row: Sequence[str]) -> bool:
    return any(is_number(text) for text in row[1:])


def _titles(block: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines above a table: rows of one cell, before one of several."""
    titles = []
    for row in block:
        filled = [text for text in row if text]
        if len(filled) > TITLE_CELLS:
            break
        titles += filled
    return titles


def _block_elements(block: list[list[str]]) -> list[Element]:
    """Return titles as headings and paragraphs, then the table."""
    titles = _titles(block)
    rest = block[len(titles) :]
    if not rest:  # one column: a list of values, or some lines of text
        return _single_column(block)
    elements = heading(titles[0], TABLE_LEVEL) if titles else []
    for title in titles[1:]:
        elements += text_element(title)
    return elements + table_element(table_grid(rest))


def _single_column(block: list[list[str]]) -> list[Element]:
    lines = [text for row in block for text in row if text]
    if len(lines) > 2 and len({next(n for n, t in enumerate(row) if t) for row in block}) == 1:  # noqa: PLR2004
        return table_element([[line] for line in lines])
    return [element for line in lines for element in text_element(line)]


def table_grid(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows as one table: header rows merged, empty rows and columns dropped."""
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    count = count_header_rows(padded)
    slots = [[Slot(text) for text in row] for row in padded]
    for number in range(count - 1):
        slots[number] = _spread(padded[number], padded[number + 1])
    return tidy(slots, header_rows=count)


def _spread(row: Sequence[str], below: Sequence[str]) -> list[Slot]:
    """Carry a header cell to the right over the columns that it stands above, as merged ones do."""
    slots: list[Slot] = []
    carried = ""
    for number, (text, under) in enumerate(zip(row, below, strict=True)):
        carried = text or (carried if number > 1 and under else "")
        slots.append(Slot(carried, is_spread=not text))
    return slots
