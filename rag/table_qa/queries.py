"""Queries that nobody checked, over one table: shaped, run, and the cells that they read.

A query runs in a database that can do nothing else: the table is copied into memory; an authorizer
allows selecting, reading it and functions of a list; time, sizes and rows are limited.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from rag.table_qa.planner.engine import Place, shown
from rag.table_qa.query_table import Cell, QueryTable, rows_of
from rag.text import stem, words_of_cells

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


DIALECT: Final = "sqlite"
_FENCE: Final = re.compile(r"```(?:sql)?|;\s*$")


def parsed(text: str) -> exp.Query:
    """Return the one SELECT of a text. Raises QueryError."""
    try:
        plain = _FENCE.sub("", text).replace("\\'", "''").strip()
        statements = parse(plain, read=DIALECT)
    except (SqlglotError, RecursionError) as error:
        raise QueryError("the query can't be parsed") from error
    if not statements or not isinstance(statements[0], exp.Query):
        raise QueryError("this is no SELECT")
    return statements[0]


def narrowed(query: exp.Query) -> exp.Query:
    """Return a query without columns that only a condition, an order or a count names."""
    if not isinstance(query, exp.Select) or len(query.selects) == 1:
        return query
    where = query.args.get("where")
    tests = where.find_all(exp.EQ) if where is not None else ()
    fixed = {one.this.name for one in tests if isinstance(one.this, exp.Column)}
    asked = [one for one in query.selects if one.alias_or_name not in fixed]
    plain = [one for one in asked if not one.find(exp.AggFunc)]
    kept = plain if query.args.get("order") and plain else asked
    return query.copy().select(*kept, append=False) if kept else query


def groups_counted(query: exp.Query) -> exp.Query:
    """Return a query that counts groups where one counts within each ("in how many years")."""
    if not isinstance(query, exp.Select) or not query.args.get("group") or len(query.selects) > 1:
        return query
    counted = query.selects[0].unalias()
    keys = query.args["group"].expressions
    is_of_groups = query.args.get("having") or isinstance(counted.this, exp.Distinct)
    if not isinstance(counted, exp.Count) or not is_of_groups or query.args.get("order"):
        return query
    groups = query.copy().select(*(key.copy() for key in keys), append=False)
    return exp.select(exp.Count(this=exp.Star())).from_(groups.subquery("groups"))


def others_alone(query: exp.Query) -> exp.Query:
    """Return a query of the same as a row has ("the same total as Oslo") without this row."""
    kept = query.copy()
    for test in list(kept.find_all(exp.EQ)):
        named = _row_named(test)
        if named is not None:
            test.replace(exp.and_(test.copy(), exp.not_(exp.paren(named.copy()))))
    return kept


def _row_named(test: exp.EQ) -> exp.Expr | None:
    """Return the condition of the row whose cell a column is compared with; None of other tests."""
    inner = test.expression.this if isinstance(test.expression, exp.Subquery) else None
    if not isinstance(inner, exp.Select) or len(inner.selects) != 1 or inner.args.get("order"):
        return None
    compared, where = inner.selects[0], inner.args.get("where")
    is_same = isinstance(test.this, exp.Column) and compared == test.this
    if not is_same or where is None or where.find(exp.Subquery):
        return None
    tested = (test.expression for test in where.find_all(exp.EQ, exp.Like))
    has_name = any(isinstance(one, exp.Literal) and one.is_string for one in tested)
    return where.this if has_name else None


def relaxed(query: exp.Query, question: str) -> exp.Query | None:
    """Return a query without unnamed conditions of values; None where all or none are named."""
    asked = {stem(word) for word in words_of_cells(question)}
    kept = query.copy()
    named = False
    dropped: list[exp.Expr] = []
    for test in kept.find_all(exp.EQ, exp.Like):
        literal = test.expression
        if not isinstance(literal, exp.Literal) or not literal.is_string:
            continue
        is_named = bool(asked & {stem(word) for word in words_of_cells(literal.name)})
        named |= is_named
        if not is_named and isinstance(test.parent, exp.And):
            dropped.append(test)
    for unnamed in dropped:
        unnamed.replace(exp.true())
    return kept if dropped and named else None


def written(query: exp.Expr) -> str:
    return query.sql(dialect=DIALECT)


MAX_CELLS: Final = 200
_DONE: Final[dict[type[exp.Expr], str]] = {
    exp.Count: "number of",
    exp.Sum: "sum of",
    exp.Avg: "mean of",
    exp.Max: "largest",
    exp.Min: "smallest",
    exp.Add: "sum of",
    exp.Sub: "difference of",
    exp.Div: "ratio of",
}


def cells_read(query: exp.Query, table: QueryTable, database: QueryDatabase) -> tuple[Place, ...]:
    """Return the cells by row and column (from 0), at most `MAX_CELLS`, each once."""
    found: dict[Place, None] = {}
    for select in query.find_all(exp.Select):
        columns_named = (node for node in _own(select) if isinstance(node, exp.Column))
        names = {node.name for node in columns_named} & table.by_name.keys()
        columns = sorted({table.by_name[name].source for name in names})
        for row in _rows(select, database):
            found.update(dict.fromkeys((row, column) for column in columns or [0]))
    return tuple(found)[:MAX_CELLS]


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the nodes of a SELECT without those of others within it."""
    yield from select.walk(prune=lambda node: isinstance(node, exp.Select) and node is not select)


def headings(result: QueryResult, query: exp.Query, table: QueryTable) -> tuple[str, ...]:
    """Return what the columns of a result are called: by the table's, and what is done with it."""
    nodes = query.selects
    if len(nodes) != len(result.columns) or any(node.is_star for node in nodes):
        names = {column.name: column.heading for column in table.columns}
        return tuple(names.get(name, name) for name in result.columns)
    return tuple(_heading(node.unalias(), table) for node in nodes)


def _heading(node: exp.Expr, table: QueryTable) -> str:
    column = node if isinstance(node, exp.Column) else node.find(exp.Column)
    own = table.by_name.get(column.name) if column is not None else None
    name = own.heading if own is not None else "rows"
    done = next((words for kind, words in _DONE.items() if isinstance(node.unnest(), kind)), "")
    return f"{done} {name}" if done else name


def row_texts(
    result: QueryResult, query: exp.Query, table: QueryTable
) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a result as the table's own cells say them; numbers plainly."""
    texts = [_texts_of(one, table) for one in query.selects]
    return tuple(
        tuple(
            _cell_text(cell, texts[n] if len(texts) == len(row) else {})
            for n, cell in enumerate(row)
        )
        for row in result.rows
    )


def _cell_text(cell: Cell, texts: dict[Cell, str]) -> str:
    if cell in texts:
        return texts[cell]
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else shown(float(cell))


def _texts_of(node: exp.Expr, table: QueryTable) -> dict[Cell, str]:
    """Return how a result's column says its values: as cells do, or yes and no."""
    if isinstance(node.unalias(), exp.Predicate):
        return {0: "no", 1: "yes"}
    column = table.by_name.get(_projected(node, table) or "")
    if column is None:
        return {}
    pairs = ((cell, table.text(row, column)) for row, cell in enumerate(column.cells))
    return {
        cell: " ".join(text.split()) for cell, text in reversed(list(pairs)) if cell is not None
    }


def _projected(node: exp.Expr, table: QueryTable) -> str | None:
    """Return the name of the column that a result's column is read off as it is."""
    inner = node.unalias()
    while isinstance(inner, exp.Paren | exp.Subquery):
        inner = inner.this
    if isinstance(inner, exp.Query) and len(inner.selects) == 1:
        return _projected(inner.selects[0], table)
    if isinstance(inner, exp.Max | exp.Min):
        inner = inner.this
    if isinstance(inner, exp.Column) and not inner.name.endswith("_number"):
        return inner.name
    return None


def _rows(select: exp.Select, database: QueryDatabase) -> list[int]:
    """Return the rows (from 0) that a SELECT takes; none where it stands not over the table."""
    source = select.args.get("from_") or select.args.get("from")
    if source is None or source.this.name != TABLE or select.args.get("joins"):
        return []
    try:
        result = database.run(written(_probe(select)))
    except QueryError:  # it reads a column of the SELECT around it
        return []
    return [row[0] - 1 for row in result.rows if isinstance(row[0], int)]


def _probe(select: exp.Select) -> exp.Select:
    probe = select.copy()
    probe.set("distinct", None)
    group = probe.args.get("group")
    best = _best(probe)
    if group is not None:
        keys = group.expressions
        inner = probe.select(*(key.copy() for key in keys), append=False)
        outer = exp.select("id").from_(TABLE)
        if probe.args.get("where"):
            outer.set("where", probe.args["where"].copy())
        wanted = keys[0] if len(keys) == 1 else exp.Tuple(expressions=[k.copy() for k in keys])
        return outer.where(exp.In(this=wanted.copy(), query=inner.subquery()))
    if best is not None:
        column = best.this.copy()
        ordered = exp.Ordered(this=column, desc=isinstance(best, exp.Max), nulls_first=False)
        return probe.select("id", append=False).order_by(ordered, append=False).limit(1)
    if any(node.find(exp.AggFunc) for node in probe.selects):
        probe.set("order", None)
        probe.set("limit", None)
    return probe.select("id", append=False)


def _best(select: exp.Select) -> exp.Expr | None:
    inner = select.selects[0].unalias() if len(select.selects) == 1 else None
    return inner if isinstance(inner, exp.Max | exp.Min) else None
