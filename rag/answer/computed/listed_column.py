"""All things of a kind, where a table has a column of them: "list all the instruments".

Knows tables and words; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.computed.table_rows import (
    LEAST_ROWS,
    FoundRow,
    JoinedTable,
    is_of_amounts,
    is_whole,
    tables_of,
)
from rag.answer.question.asked import stems_of
from rag.answer.question.question import Question
from rag.datamodel import Context

_COUNT: Final = re.compile(r"\bhow many\b", re.IGNORECASE)
_LIST: Final = re.compile(
    r"^\s*(?:please\s+)?(?:list|name|give|show)\b|\b(?:which|what)\s+(?:are\s+)?(?:the\s+)?"
    r"(?:[\w-]+\s+){0,2}?(?!\w*(?:ss|us|is)\b)\w+s\b",
    re.IGNORECASE,
)


_HOLDS: Final = stems_of("contain cover deal discuss have hold include list mention offer treat")
"""What a document or table does with the things in it, whatever they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedColumn:
    """The column of what is asked for, and the rows that hold one each, in the table's order."""

    names: tuple[str, ...]
    column: int
    rows: tuple[FoundRow, ...]


def asks_for_several(asked: Question) -> bool:
    """Tell whether things are asked for, not their number: "which huts", "list the huts"."""
    if not asked.rules.on("columns") or asked.picks or _COUNT.search(asked.core):
        return False
    return bool(_LIST.search(asked.core))


def lists_column(asked: Question, table: JoinedTable) -> bool:
    """Tell whether all of a column of the table are asked for."""
    return asks_for_several(asked) and _column(asked, table) is not None


def listed_column(asked: Question, context: Context) -> ListedColumn | None:
    """Return the column that is asked for, of the first table that has it and is there whole."""
    if not asks_for_several(asked):
        return None
    for table in tables_of(context.hits):
        column = _column(asked, table)
        if column is not None and is_whole(table, context):
            return ListedColumn(names=table.names, column=column, rows=_filled(table, column))
    return None


def _column(asked: Question, table: JoinedTable) -> int | None:
    """Return the column that is called what is asked for, of things that differ; else None.

    The topics are in the only column that is called so: "Proposed topic".
    Every other word of the question must be one of the table's surroundings: "instruments of the
    station", but no "instruments that failed".
    """
    if not asked.noun or len(table.rows) < LEAST_ROWS:
        return None
    around = stems_of(f"{table.rows[0].hit.chunk.context} {' '.join(table.names)}")
    if not asked.stems - asked.noun - _HOLDS <= around:
        return None
    names = [stems_of(name) for name in table.names]
    named = [n for n, name in enumerate(names) if name == asked.noun]
    wider = [n for n, name in enumerate(names) if name > asked.noun]
    found = named or (wider if len(wider) == 1 else [])
    return next((n for n in found if _holds_things(table, n)), None)


def _holds_things(table: JoinedTable, column: int) -> bool:
    cells = [cell for cell in table.column(column) if cell]
    return len(set(cells)) > len(table.rows) / 2 and not is_of_amounts(table, column)


def _filled(table: JoinedTable, column: int) -> tuple[FoundRow, ...]:
    rows: Sequence[FoundRow] = [row for row in table.rows if row.cells[column]]
    return tuple(sorted(rows, key=lambda row: (row.hit.chunk.ordinal, row.start)))
