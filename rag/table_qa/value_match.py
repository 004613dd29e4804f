"""The cell of a table that a value of a query means. Knows words and cells; knows no SQL."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from rag.table_qa.query_table import QueryColumn, QueryTable
from rag.text import STOP_WORDS, stem, words_of_cells

MIN_LIKENESS: Final = 0.72
MIN_SHARED: Final = 0.6
_LIST: Final = re.compile(r"[,;/]|\band\b|&")
MAX_DIFFERENT: Final = 5_000
"""Of a column with more different values none is sought by likeness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFound:
    """A column and a text of its cells; `is_part` tells that it stands in longer ones."""

    column: QueryColumn
    text: str
    is_part: bool = False


class ValueMatch:
    """Finds values among the text columns of one table."""

    def __init__(self, table: QueryTable) -> None:
        self._texts = [column for column in table.columns if column.type == "TEXT"]
        self._kept: dict[str, dict[str, str]] = {}

    def exact(self, column: QueryColumn, value: str) -> str | None:
        """Return the cell with the same words, as it stands."""
        return self._keys(column).get(_key(value))

    def holds(self, column: QueryColumn, pattern: str) -> bool:
        """Tell whether a cell has a pattern of LIKE, by its letters between the signs."""
        parts = [part.lower() for part in pattern.split("%") if part]
        return any(all(part in cell.lower() for part in parts) for cell in self._cells(column))

    def nearest(self, column: QueryColumn, value: str) -> ValueFound | None:
        """Return what a value means: in its column, then in any other, then by likeness."""
        for one in (column, *(other for other in self._texts if other is not column)):
            exact = self.exact(one, value)
            if exact is not None:
                return ValueFound(column=one, text=exact, is_part=self._is_listed(one, exact))
            if one is column and (part := self._part(one, value)) is not None:
                return ValueFound(column=one, text=part, is_part=True)
        like = self._like(column, value)
        if like is not None:
            return ValueFound(column=column, text=like)
        others = ((one, self._part(one, value)) for one in self._texts if one is not column)
        return next(
            (ValueFound(column=one, text=part, is_part=True) for one, part in others if part), None
        )

    def _is_listed(self, column: QueryColumn, text: str) -> bool:
        """Tell whether a cell's text is also one of several things that another cell lists."""
        wanted = text.lower()
        others = (cell.lower() for cell in self._cells(column) if len(cell) > len(text))
        return any(wanted in map(str.strip, _LIST.split(cell)) for cell in others if wanted in cell)

    def _part(self, column: QueryColumn, value: str) -> str | None:
        """Return the letters of a cell among which a value stands word for word."""
        wanted = _key(value)
        if not wanted:
            return None
        for key, cell in self._keys(column).items():
            if f" {wanted} " in f" {key} ":
                return _letters(cell, value)
        return None

    def _like(self, column: QueryColumn, value: str) -> str | None:
        keys = self._keys(column)
        if len(keys) > MAX_DIFFERENT:
            return None
        wanted = _key(value)
        near = difflib.get_close_matches(wanted, keys, 1, MIN_LIKENESS)
        if near:
            return keys[near[0]]
        own = _stems(wanted)
        shared = {
            key: len(own & stems) / max(1, len(own | stems))
            for key in keys
            if (stems := _stems(key))
        }
        best = max(shared, key=lambda key: shared[key], default=None)
        return keys[best] if best is not None and shared[best] >= MIN_SHARED else None

    def _keys(self, column: QueryColumn) -> dict[str, str]:
        if column.name not in self._kept:
            self._kept[column.name] = {_key(cell): cell for cell in reversed(self._cells(column))}
        return self._kept[column.name]

    def _cells(self, column: QueryColumn) -> list[str]:
        return [cell for cell in column.cells if isinstance(cell, str)]


def _key(text: str) -> str:
    return " ".join(words_of_cells(text))


def _stems(key: str) -> frozenset[str]:
    return frozenset(stem(word) for word in key.split() if word not in STOP_WORDS)


def _letters(cell: str, value: str) -> str | None:
    """Return a value as a cell spells it where the letters are the same without case."""
    at = cell.lower().find(value.lower())
    return cell[at : at + len(value)] if at >= 0 else None
