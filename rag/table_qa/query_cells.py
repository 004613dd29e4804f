"""Which cells of a table the result of a query was read off, and how these say it.

Each SELECT over the table is asked anew for the `id` of its rows. Knows SQL's syntax tree and a
database of one table; knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlglot import exp

from rag.table_qa.execution import TABLE, QueryDatabase, QueryError, QueryResult
from rag.table_qa.planner.engine import Place, shown
from rag.table_qa.query_shape import written
from rag.table_qa.query_table import Cell, QueryTable

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
        columns = sorted({table.by_name[name].source for name in _names(select, table)})
        for row in _rows(select, database):
            found.update(dict.fromkeys((row, column) for column in columns or [0]))
    return tuple(found)[:MAX_CELLS]


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


def _names(select: exp.Select, table: QueryTable) -> Iterator[str]:
    for node in _own(select):
        if isinstance(node, exp.Column) and node.name in table.by_name:
            yield node.name


def _own(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the nodes of a SELECT without those of others within it."""
    yield from select.walk(prune=lambda node: isinstance(node, exp.Select) and node is not select)


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
    """Return the largest or smallest that a SELECT asks for alone."""
    inner = select.selects[0].unalias() if len(select.selects) == 1 else None
    return inner if isinstance(inner, exp.Max | exp.Min) else None
