"""Plans over a kept table, however long: sought over the rows that are meant, run over all.

Knows kept tables and the planner; knows no hit and no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.tables import planner
from rag.tables.long.long_engine import LongEngine
from rag.tables.long.long_table import MAX_ROWS, LongTable, sketch
from rag.tables.planner import Embed, Planned
from rag.tables.table import Table, TypedColumn
from rag.tables.totals import RowsApart

MAX_RUN: Final = 12
"""Of the plans over a sketch so many are run over all rows: some give the same, some nothing."""

MAX_TOLD: Final = 12
"""A plan that gives more over all rows says nothing."""


def kept_plans(
    question: str, names: Sequence[str], table: LongTable, embed: Embed
) -> list[Planned]:
    """Return plans, the likeliest first; their cells count the rows of the whole table."""
    rows = table.rows
    if rows.height <= MAX_ROWS:
        return planner.plans(question, _small(names, table, range(rows.height)), embed)
    small = _small(names, table, sketch(question, table))
    likely = planner.plans(question, small, embed, merge=list)[:MAX_RUN]
    engine = LongEngine(rows)
    run = (replace(one, outcome=engine.run(one.plan)) for one in likely)
    return planner.merged(one for one in run if 0 < len(one.outcome.texts) <= MAX_TOLD)


def _small(names: Sequence[str], table: LongTable, numbers: Sequence[int]) -> Table:
    rows = table.rows
    found = rows.texts(numbers)
    texts = [found[number] for number in numbers]
    columns = tuple(
        TypedColumn(name=name, texts=tuple(row[n] for row in texts), mark=rows.mark)
        for n, name in enumerate(names)
    )
    return Table(columns=columns, title=table.title, apart=RowsApart(rows.apart_among(numbers)))
