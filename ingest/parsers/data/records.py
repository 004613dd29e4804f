"""Nested data as elements: records are tables, the rest is headings and lines of `key: value`.

Knows pairs, lists and texts; knows nothing of JSON, YAML or XML, nor of how deep a file may nest:
what goes on too long or too deep is cut, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ingest.parsers.base.elements import DEEPEST_LEVEL, heading, table_element, text_element
from ingest.parsers.text.plain import PARAGRAPH_LETTERS, divide_text
from rag.datamodel import Element

MAX_VALUES: Final = 100_000
"""More than anyone asks about; also what aliases of aliases come to."""

DEEPEST: Final = 40
LINE_LETTERS: Final = 300
"""Longer texts are paragraphs of their own."""

CELL_LETTERS: Final = 500
MAX_COLUMNS: Final = 200
MIN_RECORDS: Final = 2
MAX_RECORDS: Final = 50_000


class Pairs(list[tuple[str, "Value"]]):
    """Keys and their values in order; a key may come twice."""


Value = str | Pairs | list["Value"]


class RecordReader:
    """Turns the values of one document into elements; `warnings` tell what was cut."""

    def __init__(self) -> None:
        self.warnings: tuple[str, ...] = ()
        self._left = MAX_VALUES

    def elements(self, value: Value, level: int = 1) -> list[Element]:
        """Return the elements of a value; keys on this level are headings of it."""
        if isinstance(value, str):
            parts = divide_text(value, PARAGRAPH_LETTERS) if self._spend() else ()
            return [element for part in parts for element in text_element(part)]
        if level > DEEPEST:
            self._cut("what is nested deepest was left out")
            return []
        if isinstance(value, Pairs):
            return self._entries(value, level)
        return self._table(value) or self._entries((("", item) for item in value), level)

    def _entries(self, entries: Iterable[tuple[str, Value]], level: int) -> list[Element]:
        """Return runs of short values as lines, and each larger value below its key."""
        elements: list[Element] = []
        lines: list[str] = []
        for key, value in entries:
            if not self._spend():
                break
            line = _line(key, value)
            if line is not None:
                lines += [line] if line else []
                continue
            elements += text_element("\n".join(lines))
            lines = []
            made = self.elements(value, level + 1)
            head = heading(key[:LINE_LETTERS], min(level, DEEPEST_LEVEL)) if made else []
            elements += head + made
        return elements + text_element("\n".join(lines))

    def _table(self, items: list[Value]) -> list[Element]:
        records = [item for item in items if isinstance(item, Pairs)]
        if len(records) < MIN_RECORDS or len(records) < len(items):
            return []
        keys = list(dict.fromkeys(key for record in records for key, _ in record))
        filled = sum(len(record) for record in records)
        is_even = filled >= len(keys) * len(records) / 2
        if (
            len(keys) > MAX_COLUMNS
            or not is_even
            or any(len(_cell(value)) >= CELL_LETTERS for record in records for _, value in record)
        ):
            return []
        rows = []
        for record in records[:MAX_RECORDS]:
            if not self._spend(len(keys)):
                break
            cells = {key: _cell(value) for key, value in record}
            rows.append([cells.get(key, "") for key in keys])
        if len(records) > MAX_RECORDS:
            self._cut(f"only the first {MAX_RECORDS:,} records were read")
        return table_element([keys, *rows])

    def _spend(self, count: int = 1) -> bool:
        self._left -= count
        if self._left < 0:
            self._cut(f"only the first {MAX_VALUES:,} values were read")
        return self._left >= 0

    def _cut(self, what: str) -> None:
        self.warnings = tuple(dict.fromkeys((*self.warnings, what)))


def _line(key: str, value: Value) -> str | None:
    """Return a short value as a line ("": nothing to say); None where it needs more room."""
    if not value:
        return ""
    texts = [value] if isinstance(value, str) else [] if isinstance(value, Pairs) else value
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    joined = ", ".join(map(str, texts)).strip()
    if len(joined) > LINE_LETTERS or (isinstance(value, str) and "\n" in joined):
        return None
    return f"{key}: {joined}" if key and joined else joined


def _cell(value: Value) -> str:
    return " ".join(_flat(value, 0))[:CELL_LETTERS]


def _flat(value: Value, depth: int) -> Iterator[str]:
    """Yield the words of a value inside a cell, as many as can be shown."""
    if isinstance(value, str):
        yield value[:CELL_LETTERS]
    elif depth < DEEPEST and isinstance(value, Pairs):
        for key, inner in value[:CELL_LETTERS]:
            yield f"{key}: " + " ".join(_flat(inner, depth + 1))[:CELL_LETTERS]
    elif depth < DEEPEST and not isinstance(value, Pairs):
        yield ", ".join(" ".join(_flat(v, depth + 1)) for v in value[:CELL_LETTERS])[:CELL_LETTERS]
