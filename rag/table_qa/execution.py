"""Runs a query that nobody checked over one table, in a database that can do nothing else.

The table is copied into memory; an authorizer allows selecting, reading it and functions of a list;
time, sizes and rows are limited.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from rag.table_qa.query_table import Cell, QueryTable, rows_of

TABLE: Final = "t"
LONGEST_S: Final = 1.0
"""A query that takes longer is stopped."""

STEPS: Final = 1_000
"""After so many steps of SQLite's machine the clock is looked at."""

MAX_ROWS: Final = 200
"""Of a longer result the first rows are given."""

LONGEST_QUERY: Final = 4_000
_LIMITS: Final = (
    (sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 60),
    (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 20),
    (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
)
FUNCTIONS: Final = frozenset(
    "abs avg ceil coalesce count cume_dist date dense_rank first_value floor glob ifnull iif instr"
    " julianday lag last_value lead length like lower ltrim max min nth_value ntile nullif"
    " percent_rank rank replace round row_number rtrim sign strftime substr substring sum time"
    " total trim upper group_concat datetime cast sqrt pow power".split()
)
"""What a query may call: nothing that reads a file; long texts are cut by size."""


class QueryError(Exception):
    """A query can't be run; the message is SQLite's, for the model that wrote it."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Names of the columns and the rows of a result, in its order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: no row, or rows of nothing."""
        return all(cell is None for row in self.rows for cell in row)


class QueryDatabase:
    """One table in memory, as `t`, open to queries alone. Not for several threads at a time."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def run(self, query: str) -> QueryResult:
        """Return what one SELECT gives, at most `MAX_ROWS` rows of it. Raises QueryError."""
        if len(query) > LONGEST_QUERY:
            raise QueryError("the query is too long")
        end = time.monotonic() + LONGEST_S
        self._db.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            found = self._db.execute(query)
            rows = tuple(found.fetchmany(MAX_ROWS))
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:  # ValueError: a null byte
            raise QueryError(str(error)) from error
        return QueryResult(tuple(name for name, *_ in found.description or ()), rows)


@contextmanager
def opened(table: QueryTable, *, apart: bool = False) -> Iterator[QueryDatabase]:
    """Lend a database of a table; its rows that are no data are left out unless they are wanted."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        _fill(db, table, apart=apart)
        for category, limit in _LIMITS:
            db.setlimit(category, limit)
        db.execute("PRAGMA temp_store = MEMORY")
        db.set_authorizer(_allowed)
        yield QueryDatabase(db)


def _fill(db: sqlite3.Connection, table: QueryTable, *, apart: bool) -> None:
    affinities = {"DATE": "TEXT"}
    columns = ", ".join(
        f'"{column.name}" {affinities.get(column.type, column.type)} COLLATE NOCASE'
        for column in table.columns
    )
    db.execute(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, {columns})")
    holders = ", ".join("?" * (1 + len(table.columns)))
    db.executemany(f"INSERT INTO {TABLE} VALUES ({holders})", rows_of(table, apart=apart))  # noqa: S608 - our own words


def _allowed(
    action: int, first: str | None, second: str | None, _database: str | None, _within: str | None
) -> int:
    if action == sqlite3.SQLITE_SELECT:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first in {TABLE, ""}:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
