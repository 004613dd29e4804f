"""A table as a query sees it: typed columns with an `id`, and what its cells say as they stand.

Knows tables as values and kept ones; knows no database of its own and no question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rag.table_qa.query_columns import Cell, QueryColumn, query_columns
from rag.tables.long.long_rows import LongRows
from rag.tables.long.long_table import LongTable
from rag.tables.table import Table
from rag.tables.values import Value, read

MAX_CELLS: Final = 40_000
"""A longer table is not asked: each cell is read anew for a question, in some 70 µs."""

PAGE: Final = 5_000
"""Rows of a kept table that are read at a time."""

MAX_COLUMNS: Final = 40
"""Columns beyond are not seen: each costs words of the model."""


@dataclass(frozen=True, kw_only=True)
class QueryTable:
    """Columns of equally many cells; `id` n is row n - 1 of the table that it was made of.

    `apart` are the rows (from 0) that are no data: totals, means and notes. `texts` are the cells
    as they stand, column by column.
    """

    title: str
    columns: tuple[QueryColumn, ...]
    texts: tuple[tuple[str, ...], ...]
    apart: frozenset[int] = frozenset()

    @property
    def height(self) -> int:
        return len(self.texts[0])

    @cached_property
    def by_name(self) -> dict[str, QueryColumn]:
        return {column.name: column for column in self.columns}

    def text(self, row: int, column: QueryColumn) -> str:
        return self.texts[column.source][row]


def query_table(table: Table) -> QueryTable:
    """Return a small table for queries."""
    columns = table.columns[:MAX_COLUMNS]
    return _made(
        table.title,
        [column.levels[-1] for column in columns],
        [column.texts for column in columns],
        [column.values for column in columns],
        table.left_out,
    )


def kept_query_table(table: LongTable) -> QueryTable | None:
    """Return a kept table for queries; None where it is too long."""
    rows, width = table.rows, min(table.rows.width, MAX_COLUMNS)
    if rows.height * width > MAX_CELLS:
        return None
    starts = range(0, rows.height, PAGE)
    cells = [row for start in starts for row in rows.page(start, PAGE).values()]
    texts = list(zip(*cells, strict=True))[:width]
    values = [[read(text, rows.mark) for text in column] for column in texts]
    return _made(table.title, rows.names, texts, values, frozenset(_apart(rows)))


def _apart(rows: LongRows) -> Iterator[int]:
    for start in range(0, rows.height, PAGE):
        page = range(start, min(rows.height, start + PAGE))
        yield from (start + place for place in rows.apart_among(page))


def _made(
    title: str,
    headings: Sequence[str],
    texts: Sequence[tuple[str, ...]],
    values: Sequence[Sequence[Value]],
    apart: frozenset[int],
) -> QueryTable:
    columns = query_columns(headings[: len(texts)], texts, values)
    return QueryTable(title=title, columns=tuple(columns), texts=tuple(texts), apart=apart)


def rows_of(table: QueryTable, *, apart: bool) -> list[tuple[Cell, ...]]:
    """Return the rows of a query's table, each with its `id`; those apart where they are wanted."""
    cells = zip(*(column.cells for column in table.columns), strict=True)
    numbered = ((number + 1, *row) for number, row in enumerate(cells))
    return [row for row in numbered if apart or row[0] - 1 not in table.apart]
