"""Sheets of cells to elements: titles above a table, its header, tables divided by blank rows.

Knows rows of text; knows nothing of spreadsheets' or text files' formats. Memory is bounded: a
sheet is read row by row; of a long one the first rows are a document's text, to be searched, and
all of them are kept as a table.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby, takewhile
from typing import Final

from ingest.parsers.base.elements import (
    heading,
    joined_captions,
    table_element,
    text_elements,
)
from ingest.parsers.base.grid import (
    MAX_HEADER_ROWS,
    Slot,
    cell_text,
    count_header_rows,
    is_number,
    tidy,
)
from ingest.parsers.base.how_far import rows_looked_through
from rag.datamodel import CELL_SEPARATOR, Element

MAX_S: Final = 75.0
"""Of the 120 that a file may take; a sheet of 1,000,000 rows and five columns takes less."""


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(CELL_SEPARATOR.strip())]


def columns_of(text: str, block: Sequence[Sequence[str]]) -> list[int] | None:
    """Return the places in a row of the cells of a table with this text, read from a block.

    None where columns were joined, so that no place alone has the cell.
    """
    lines = [cells_of(line) for line in text.split("\n")[1:]]
    raw = [[cell_text(cell) for cell in row] for row in block[len(block) - len(lines) :]]
    lanes = list(zip(*_padded(raw), strict=True))
    found: list[int] = []
    for lane in zip(*lines, strict=True):
        start = found[-1] + 1 if found else 0
        if lane not in lanes[start:]:
            return None
        found.append(lanes.index(lane, start))
    return found or None


MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 1_000
WIDEST: Final = 16_384
"""Columns of the widest sheet that Excel has: more, also empty ones, are worth a warning."""

MAX_LETTERS: Final = 20_000_000
"""Limits of one document's sheets together."""

FIRST_ROWS: Final = 200
"""Of each sheet so many rows are searched, however long the sheets before it are."""

CAPTION_LETTERS: Final = 400
"""A line right above or below a table is its caption, or a part of it, if it is no longer."""

NOTE_LETTERS: Final = 60
VALUE_LETTERS: Final = 40
"""A single column of cells no longer than this is a list of values, else it is text."""

_NOTE_MARK: Final = re.compile(
    r"(\(\w{1,2}\)|\*|†|\d\)|notes?\b|sources?\b|quellen?\b|anmerkung)", re.IGNORECASE
)
MIN_SAYING: Final = 3
"""Of so many words the margins of a printed page say what the sheet is."""

MARGIN_LEVEL: Final = 2
TABLE_LEVEL: Final = 3


KeepRows = Callable[[str, Sequence[str], Iterable[Sequence[str]]], int]
"""Keeps all rows of a table by its text and names, as they come; returns how many there are."""


class SheetReader:
    """Turns the sheets of one document into elements, and remembers what was cut.

    A table that is longer than what is searched is kept whole by `keep`; without it, it is cut.
    All of its `sheets` count as equally long where it is told how far it is.
    """

    def __init__(self, keep: KeepRows | None = None, *, sheets: int = 1) -> None:
        self._keep = keep
        self._sheets = sheets
        self._read = 0
        self._rows = 0
        self._letters = 0
        self._warnings: dict[str, None] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def sheet(
        self,
        name: str,
        rows: Iterable[Sequence[str]],
        *,
        height: int,
        is_hidden: bool,
        margins: Iterable[Element] = (),
        extra: Iterable[Element] = (),
    ) -> list[Element]:
        """Return the next sheet under its name, the `extra` elements last; or nothing.

        `height` is how many rows it says that it has, `margins` what is printed on each page.
        """
        number, self._read = self._read, self._read + 1
        told = rows_looked_through(
            rows, lambda row: (number + min(1.0, row / (height or row or 1))) / self._sheets
        )
        made = [*_saying(margins), *_with_captions(self.elements(told)), *extra]
        title = f"{name} (hidden sheet)" if is_hidden else name
        return [*heading(title, 1), *made] if made else []

    def elements(self, rows: Iterable[Sequence[str]]) -> list[Element]:
        """Return the tables of one sheet, with the titles above them."""
        elements: list[Element] = []
        block: list[list[str]] = []
        left = self._stripped(rows)
        for block in _merged(self._searched(left)):
            elements += _block_elements(block)
        if (row := next(left, None)) is not None:
            self._keep_whole(block, elements, chain([row], left))
        return elements

    def _stripped(self, rows: Iterable[Sequence[str]]) -> Iterator[list[str]]:
        for row in rows:
            if len(row) > WIDEST or any(row[MAX_COLUMNS:]):
                self._warnings[f"only the first {MAX_COLUMNS:,} columns were read"] = None
            yield [text.strip() for text in row[:MAX_COLUMNS]]

    def _searched(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """Yield the rows up to the limits of the document; of each sheet the first."""
        begun = self._rows

        def is_full() -> bool:
            is_over = self._rows >= MAX_ROWS or self._letters >= MAX_LETTERS
            is_begun = self._rows - begun >= FIRST_ROWS or self._rows >= 2 * MAX_ROWS
            return is_over and is_begun

        while not is_full() and (row := next(rows, None)) is not None:
            self._rows += any(row)
            self._letters += sum(map(len, row))
            yield row

    def _keep_whole(
        self, block: Sequence[Sequence[str]], elements: Sequence[Element], rows: Iterator[list[str]]
    ) -> None:
        """Keep all rows of the table that the searched rows end with, up to a blank one."""
        table = elements[-1] if elements and elements[-1].role == "table" else None
        columns = columns_of(table.text, block) if table is not None else None
        if table is None or columns is None or self._keep is None:
            self._warnings[f"only the first {self._rows:,} rows were read"] = None
            return
        names, *shown = map(cells_of, table.text.split("\n"))
        end_s = time.process_time() + MAX_S
        own = takewhile(lambda row: any(row) and time.process_time() < end_s, rows)
        more = ([row[n] if n < len(row) else "" for n in columns] for row in own)
        count = self._keep(table.text, names, chain(shown, more))
        kept = f"all {count:,} rows of a table are kept, the first {len(shown):,} searched by words"
        self._warnings[kept] = None
        if any(map(any, rows)):
            self._warnings[f"only the first {count:,} rows of a sheet were read"] = None


Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell, each its row and column from 0."""


class MergedCells:
    """Fills rows, which are given in order, with the labels of the rows above them.

    An amount is not said again, or sums would count it twice; what stands first in a row is a
    label also where it is a number.
    """

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._merged: dict[int, list[tuple[int, int]]] = {}
        self._running: dict[int, tuple[str, int]] = {}
        for (first, column), (last, _) in ranges:
            self.add(first, column, last)

    def add(self, first: int, column: int, last: int) -> None:
        """Take in a cell that goes from one row to another; the first may be the next to fill."""
        if last > first:
            self._merged.setdefault(first, []).append((column, last))

    def fill(self, row: int, texts: list[str]) -> list[str]:
        """Return a row with its labels; a blank one stays blank."""
        if not self._running and row not in self._merged:
            return texts
        if self._running:
            self._running = {c: (t, last) for c, (t, last) in self._running.items() if last >= row}
            if any(texts):
                for column, (text, _) in self._running.items():
                    texts += [""] * (column + 1 - len(texts))
                    texts[column] = texts[column] or text
        for column, last in self._merged.get(row, ()):
            text = texts[column] if column < len(texts) else ""
            if text and (not is_number(text) or not any(texts[:column])):
                self._running[column] = (text, last)
        return texts


def _merged(rows: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    """Divide rows at blank ones, where a header or a title of its own begins below."""
    gathered: list[list[str]] = []
    for is_filled, same in groupby(rows, key=any):
        block = list(same) if is_filled else []
        if block and gathered and _starts_table(block, gathered):
            yield gathered
            gathered = []
        gathered = gathered + block
    if gathered:
        yield gathered


def _starts_table(block: Sequence[Sequence[str]], above: Sequence[Sequence[str]]) -> bool:
    """Say whether a block after a blank row stands for itself.

    It does where it has titles, a header row, or is a note; but rows of numbers, a label of a
    section, or the body below a header that stands alone, go on with what is above.
    """
    rest = block[len(_titles(block)) :]
    if not rest:
        return any(_is_note(row) for row in block)
    names = above[len(_titles(above)) :]  # maybe all header of the rows below
    if _is_all_header(above) and count_header_rows(_padded([*names, *rest])) >= len(names):
        return False
    has_titles = len(rest) < len(block) and len(rest) > 1
    return has_titles or not _has_numbers(rest[0])


def _is_all_header(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) <= MAX_HEADER_ROWS and not any(_has_numbers(row) for row in rows)


def _has_numbers(row: Sequence[str]) -> bool:
    return any(is_number(text) for text in row[1:])


def _is_note(row: Sequence[str]) -> bool:
    filled = [text for text in row if text]
    return len(filled) == 1 and (len(filled[0]) > NOTE_LETTERS or bool(_NOTE_MARK.match(filled[0])))


def _titles(block: Sequence[Sequence[str]]) -> list[str]:
    rows = takewhile(lambda row: sum(map(bool, row)) == 1, block)
    return ["".join(row) for row in rows]


def _block_elements(block: list[list[str]]) -> list[Element]:
    titles = _titles(block)
    rest = block[len(titles) :]
    if not rest:  # one column: a list of values, or some lines of text
        is_list = len(titles) > 1 and max(map(len, titles)) <= VALUE_LETTERS
        return table_element([[line] for line in titles]) if is_list else text_elements(titles)
    notes = ["".join(row) for row in takewhile(_is_note, rest[:0:-1])]
    table = table_element(table_grid(rest[: len(rest) - len(notes)]))
    top = heading(titles[0], TABLE_LEVEL) if titles else []
    return [*top, *text_elements(titles[1:]), *table, *text_elements(notes[::-1])]


def _saying(margins: Iterable[Element]) -> Iterator[Element]:
    """Yield margins as headings of what is printed between them, where they say something."""
    for one in margins:
        says = len(one.text.split()) >= MIN_SAYING
        yield from heading(one.text, MARGIN_LEVEL) if says else [one]


def _with_captions(elements: Iterable[Element]) -> list[Element]:
    """Return elements; short lines right above or below a table are its caption, behind it."""
    placed: list[Element] = []
    above: list[Element] = []
    for is_short, run in groupby(elements, key=_is_short):
        lines = list(run)
        if is_short and placed and placed[-1].role in {"table", "caption"}:
            placed += map(_as_caption, lines)
        elif is_short:
            above = lines
        elif lines[0].role == "table":
            placed += [lines[0], *map(_as_caption, above), *lines[1:]]
            above = []
        else:
            placed += [*above, *lines]
            above = []
    return joined_captions([*placed, *above])


def _as_caption(line: Element) -> Element:
    return replace(line, role="caption")


def _is_short(element: Element) -> bool:
    return element.role == "paragraph" and len(element.text) <= CAPTION_LETTERS


def table_grid(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows as one table: header rows merged, empty rows and columns dropped."""
    padded = _padded(rows)
    count = count_header_rows(padded)
    lanes = enumerate(zip(*padded[count:], strict=True))
    filled = enumerate(n for n, lane in lanes if n and any(lane))  # the first column: labels
    groups = [  # runs of columns between empty ones
        [n for _, n in run] for _, run in groupby(filled, key=lambda pair: pair[1] - pair[0])
    ]
    slots = [[Slot(text) for text in row] for row in padded]
    for number in range(count - 1):
        slots[number] = _spread(padded[number], groups)
    return tidy(slots, header_rows=count)


def _padded(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _spread(row: Sequence[str], groups: Sequence[Sequence[int]]) -> list[Slot]:
    """Let an upper header cell stand above all the columns that it heads.

    A cell that is alone in a group of columns heads the group; one that is alone in its row and
    names a time heads them all; any other heads the columns up to the next cell.
    """
    texts = list(row)
    alone = [text for text in row[1:] if text]
    if len(alone) == 1 and any(letter.isdigit() for letter in alone[0]):
        for number in (n for group in groups for n in group):
            texts[number] = alone[0]
    for group in groups:
        named = [texts[n] for n in group if texts[n]]
        carried = named[0] if len(named) == 1 and len(groups) > 1 else ""
        for number in group:
            carried = texts[number] or carried
            texts[number] = carried
    return [Slot(new, is_spread=not old) for new, old in zip(texts, row, strict=True)]
