"""The rows of a table that a question counts or lists: those with a value that it names.

"How many of the microcontrollers have 128 bytes of EEPROM?" are the rows whose EEPROM is 128.
Knows tables and words; knows no model. English rules.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from rag.answer.asked import Asked, stems_of
from rag.answer.table_rows import LEAST_ROWS, Row, Table, is_whole, tables_of
from rag.datamodel import Context

_COUNT: Final = re.compile(r"\bhow many\b", re.IGNORECASE)
_LIST: Final = re.compile(
    r"^\s*(?:please\s+)?(?:list|name|give|show)\b|\b(?:which|what)\s+(?:are\s+)?(?:the\s+)?"
    r"(?:\w+\s+){0,2}?(?!\w*(?:ss|us|is)\b)\w+s\b",
    re.IGNORECASE,
)
LEAST_MATCHES: Final = 2
"""A value that one row has is looked up, not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The rows with the named values, of how many; `columns` are those of the values.

    `lists` tells that their labels are asked for rather than their number.
    """

    rows: tuple[Row, ...]
    names: tuple[str, ...]
    columns: tuple[int, ...]
    of: int
    lists: bool
    chunks: frozenset[str]


def counts(asked: Asked) -> bool:
    """Tell whether the question may count or list rows of a table."""
    return bool(_COUNT.search(asked.core) or _LIST.search(asked.core))


def asks_for_several(asked: Asked) -> bool:
    """Tell whether things are asked for, not their number: "which huts", "list the huts"."""
    return bool(_LIST.search(asked.core)) and not _COUNT.search(asked.core)


def names_rows(asked: Asked, table: Table) -> bool:
    """Tell whether the question names a value that rows of the table share."""
    return counts(asked) and _counted(asked, table) is not None


def counted(asked: Asked, context: Context) -> Counted | None:
    """Return the rows that are asked for, of the first table that fits and is there whole."""
    if not counts(asked):
        return None
    whole = (table for table in tables_of(context.hits) if is_whole(table, context))
    return next((one for table in whole if (one := _counted(asked, table))), None)


def _counted(asked: Asked, table: Table) -> Counted | None:
    if len(table.rows) < LEAST_ROWS or not _is_about(asked, table):
        return None
    named = {n: v for n in range(1, len(table.names)) if (v := _value(asked, table, n))}
    rows = [row for row in table.rows if all(_same(row.cells[n], v) for n, v in named.items())]
    if not named or not LEAST_MATCHES <= len(rows) < len(table.rows):
        return None
    return Counted(
        rows=tuple(rows),
        names=table.names,
        columns=tuple(named),
        of=len(table.rows),
        lists=not _COUNT.search(asked.core),
        chunks=frozenset(row.hit.chunk.id for row in table.rows),
    )


def _is_about(asked: Asked, table: Table) -> bool:
    """Tell whether the thing counted is what the rows are, and no amount in a column of them."""
    if not asked.noun:
        return False
    if any(asked.noun & stems_of(name) for name in table.names[1:]):
        return False
    chunk = table.rows[0].hit.chunk
    before = chunk.text[: table.rows[0].start]
    return bool(asked.noun & stems_of(f"{chunk.context} {before} {table.names[0]}"))


def _value(asked: Asked, table: Table, column: int) -> str:
    """Return the value of the column that the question names; "" if it names none.

    A number counts only where the question names its column too.
    """
    name = stems_of(table.names[column])
    found = Counter(_plain(cell) for cell in table.column(column) if cell)
    fitting = [
        value
        for value in found
        if (stems := stems_of(value))
        and stems <= asked.stems
        and not stems <= name
        and (name & asked.stems or not value[:1].isdigit())
    ]
    return max(fitting, key=lambda value: (len(stems_of(value)), found[value]), default="")


def _plain(cell: str) -> str:
    return " ".join(cell.casefold().split())


def _same(cell: str, value: str) -> bool:
    return _plain(cell) == value


def labels(found: Counted) -> list[str]:
    """Return what the rows are called: their first cells."""
    return [row.cells[0] for row in found.rows]
