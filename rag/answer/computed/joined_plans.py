"""Plans over two tables of the hits that share a key: filtered in the one, measured in the other.

Knows tables of the hits and the planner; knows not when a plan is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

from rag.answer.computed.plan_told import PartnerRows, PlannedAnswer
from rag.answer.computed.table_rows import LEAST_ROWS, JoinedTable
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.qualities import told_column
from rag.answer.question.question import Question
from rag.tables import planner
from rag.tables.engine import Place
from rag.tables.joins import TableJoin, joined, key_of
from rag.tables.mentions import Asked, headings, values_named
from rag.tables.plan import TablePlan
from rag.tables.planner import Planned
from rag.tables.table import Table, TypedColumn

MOST_TABLES: Final = 4
"""So many of the tables are held against each other."""

MOST_PLANS: Final = 4


def joined_plans(
    asked: Question, tables: Sequence[JoinedTable], ranker: AnswerRanker
) -> Iterator[PlannedAnswer]:
    """Yield, for each two tables that share a key, plans of which the first needs both."""
    for one, other in permutations(tables[:MOST_TABLES], 2):
        if one.names != other.names and min(len(one.rows), len(other.rows)) >= LEAST_ROWS:
            found = _planned(asked, one, other, ranker)
            if found is not None:
                yield found


def _planned(
    asked: Question, one: JoinedTable, other: JoinedTable, ranker: AnswerRanker
) -> PlannedAnswer | None:
    tables = one.typed(), other.typed()
    key = key_of(*tables)
    if key is None:
        return None
    join = joined(*tables, key)
    names = [told_column(column.name) for column in join.table.columns]
    question, table = asked.measured(names), _named(join.table, names)
    told = _columns_named(Asked(question), table, join)
    plans = planner.plans(question, table, ranker.vectors, only=lambda plan: told <= _tested(plan))
    if not plans or not _needs_both(plans[0].plan, join):
        return None
    kept = [_with_cells(plan) for plan in plans if _needs_both(plan.plan, join)]
    return PlannedAnswer(
        rows=one,
        table=join.table,
        plans=tuple(kept[:MOST_PLANS]),
        is_sure=False,
        partner=PartnerRows(join, other),
    )


def _columns_named(asked: Asked, table: Table, join: TableJoin) -> frozenset[int]:
    """Return the columns of the other table of which the question names a cell, and no name else.

    What it names there must be looked for: a plan that leaves it out answers something else.
    """
    cells = [one for one in values_named(asked, table) if one.kind == "is"]
    own = [one.mask for one in cells if not join.is_of_other(one.condition.column)]
    elsewhere = own + [heading.mask for heading in headings(asked, table)]
    return frozenset(
        one.condition.column
        for one in cells
        if join.is_of_other(one.condition.column)
        and one.mask & asked.content
        and not any(one.mask & mask for mask in elsewhere)
    )


def _tested(plan: TablePlan) -> frozenset[int]:
    rows = filter(None, (plan.rows, plan.other_rows))
    return frozenset(condition.column for one in rows for condition in one.conditions)


def _named(table: Table, names: Sequence[str]) -> Table:
    columns: list[TypedColumn] = [
        replace(column, name=name) for column, name in zip(table.columns, names, strict=True)
    ]
    return replace(table, columns=tuple(columns))


def _needs_both(plan: TablePlan, join: TableJoin) -> bool:
    """Tell whether a plan reads columns of both, and counts no row of the other twice."""
    is_counted_twice = plan.operation == "count" and len(set(join.partners)) < len(join.partners)
    return join.uses_both(plan.read) and not is_counted_twice


def _with_cells(one: Planned) -> Planned:
    """Add to the cells of an outcome those of the same rows that the plan read in either table."""
    cells: list[Place] = []
    for row, column in one.outcome.cells:
        cells += [(row, column), *((row, n) for n in sorted(one.plan.read) if row >= 0)]
    outcome = replace(one.outcome, cells=tuple(dict.fromkeys(cells)))
    return replace(one, outcome=outcome)
