"""A sheet that is longer than its text: rows one by one, and which of their cells a table has.

Knows rows of text; knows no format and no store.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.parsers.base.grid import cell_text
from rag.datamodel import CELL_SEPARATOR

MAX_S: Final = 75.0
"""Of the 120 that a file may take; a sheet of 1,000,000 rows and five columns takes less."""


class RowSource:
    """Rows that are taken one by one, so that what is left of them can be taken elsewhere."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    @property
    def is_over(self) -> bool:
        return self._next is None

    def take(self) -> list[str]:
        """Return the next row. Raises StopIteration where there is none."""
        row = self._next
        if row is None:
            raise StopIteration
        self._next = next(self._rows, None)
        return row

    def block(self) -> Iterator[list[str]]:
        """Yield rows up to a blank one; blank ones at the end are no more rows.

        After `MAX_S` seconds of work the rest is left: a file may take only so long.
        """
        begun_s = time.process_time()
        while self._next is not None and any(self._next):
            if time.process_time() - begun_s > MAX_S:
                return
            yield self.take()
        while self._next is not None and not any(self._next):
            self.take()


def cells_of(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(CELL_SEPARATOR.strip())]


def columns_of(text: str, block: Sequence[Sequence[str]]) -> list[int] | None:
    """Return the places in a row of the cells of a table with this text, read from a block.

    None where columns were joined, so that no place alone has the cell.
    """
    told = [cells_of(line) for line in text.split("\n")[1:]]
    raw = [[cell_text(cell) for cell in row] for row in block[len(block) - len(told) :]]
    found: list[int] = []
    for column in range(len(told[0]) if told else 0):
        cells = [row[column] for row in told]
        start = found[-1] + 1 if found else 0
        place = next((n for n in range(start, _width(raw)) if _lane(raw, n) == cells), None)
        if place is None:
            return None
        found.append(place)
    return found or None


def _width(rows: Sequence[Sequence[str]]) -> int:
    return max(map(len, rows), default=0)


def _lane(rows: Sequence[Sequence[str]], column: int) -> list[str]:
    return [row[column] if column < len(row) else "" for row in rows]
