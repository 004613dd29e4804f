"""Cells merged downwards: their label stands in each row that they cover. Knows no file format."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.parsers.base.grid import is_number

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
