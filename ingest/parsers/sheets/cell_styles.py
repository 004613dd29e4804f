"""How far the cells of a sheet go, and which number format each one has. Knows no file format."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS

from rag.errors import LimitError, SourceError

MAX_CELLS: Final = 10_000_000
"""Of the rectangles around the cells of a workbook's sheets, together: a reader that holds whole
sheets takes 64 bytes for each (calamine, measured)."""

_MAX_STYLES: Final = 65_535
GENERAL: Final = "General"


class CellBudget:
    """How many cells the sheets of one workbook may yet have."""

    def __init__(self, cells: int = MAX_CELLS) -> None:
        self._left = cells

    def take(self, cells: int) -> None:
        """Raises LimitError where there are too many."""
        self._left -= cells
        if self._left < 0:
            raise LimitError(
                f"The sheets reach over more than {MAX_CELLS:,} cells, also empty ones.",
                hint="Save it as .xlsx, or delete the cells far off.",
            )


class CellStyles:
    """The cells of one sheet: rows and columns from 0."""

    def __init__(self, budget: CellBudget) -> None:
        self._budget = budget
        self._rows = self._columns = 0
        self._styles: dict[int, array[int]] = {}

    def add(self, row: int, column: int, style: int) -> None:
        """Take in a cell that has a value. Raises LimitError where it stands too far off."""
        rows, columns = max(self._rows, row + 1), max(self._columns, column + 1)
        if (rows, columns) != (self._rows, self._columns):
            self._budget.take(rows * columns - self._rows * self._columns)
            self._rows, self._columns = rows, columns
        line = self._styles.setdefault(row, array("H"))
        line.extend([0] * (column + 1 - len(line)))
        line[column] = min(style, _MAX_STYLES)

    def code(self, row: int, column: int, codes: Sequence[str]) -> str:
        """Return the format code of a cell, of the codes of all styles."""
        line = self._styles.get(row, ())
        style = line[column] if column < len(line) else 0
        return codes[style] if style < len(codes) else GENERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The sheets of a workbook, in order, and the format code of each style."""

    codes: list[str]
    sheets: list[CellStyles]


@contextmanager
def whole_records() -> Iterator[None]:
    """Raise SourceError where a record is shorter than what it should hold."""
    try:
        yield
    except (struct.error, IndexError) as error:
        raise SourceError(
            "The file is damaged: one of its records is too short.",
            hint="Open and save it with the program that made it.",
        ) from error


def codes_of(formats: Sequence[int], own: dict[int, str]) -> list[str]:
    """Return the format code of each style, from its number and the codes of the workbook's own."""
    return [own.get(number) or BUILTIN_FORMATS.get(number, GENERAL) for number in formats]
