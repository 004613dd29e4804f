"""What a plan over a table of the hits gives, where the plan is sure: told with its rows.

Plain look-ups are left to the reader. Knows the hits' tables and the planner; knows no store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.citations import without_marks
from rag.answer.base.quantities import shown
from rag.answer.base.scale import with_scale
from rag.answer.base.tables import row_quotation
from rag.answer.computed.table_rows import LEAST_ROWS, FoundRow, JoinedTable, is_whole, tables_of
from rag.answer.evidence.quoting import FIRST_QUOTE_WORDS
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.asked import MONTHS, stems_of
from rag.answer.question.qualities import told_column
from rag.answer.question.question import Question
from rag.datamodel import Context
from rag.tables import planner, told
from rag.tables import table as typed
from rag.tables.plan import TablePlan
from rag.tables.planner import Planned
from rag.text import MONTH, YEAR

LEAST_TABLE_CHANCE: Final = 0.2
"""A table is asked if its rows together are so likely to hold the answer."""

LEAST_MEASURED: Final = 0.6
"""A plan is sure from this on where an adjective says what it measures: "the sunniest"."""

MOST_PLANS: Final = 4
"""Of the plans over a table so many are kept."""

MOST_QUOTED: Final = 6
"""Of more rows the first are quoted."""

_UNITS: Final = {
    "year": re.compile(rf"(?<!\d){YEAR}(?!\d)|\d\d/\d\d|\bFY\d\d"),
    "month": re.compile(rf"\b{MONTH}\b|\b\d{{4}}-\d\d\b", re.IGNORECASE),
    "day": re.compile(
        rf"\d\s*{MONTH}\b|\b{MONTH}\.?\s*\d{{1,2}}\b|\d[-/.]\d"
        r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|^\d+$",
        re.IGNORECASE,
    ),
}
"""How what answers "which year", "which month", "which day" is written."""

_PERCENT: Final = frozenset({"share", "growth"})
_COUNTED: Final = frozenset({"count", "distinct", "items", "count difference"})
"""Nothing is counted for a few key words: how many rows hold "hours" is not the opening hours."""

_AMOUNTS: Final = frozenset({"sum", "mean", "min", "max", "range", "difference", "apart"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAnswer:
    """The rows of a table, the same as typed columns, and plans over it, the likeliest first.

    `is_sure` tells that the first is told as the answer.
    """

    rows: JoinedTable
    table: typed.Table
    plans: tuple[Planned, ...]
    is_sure: bool


def wants_whole(asked: Question, table: JoinedTable) -> bool:
    """Tell whether all rows of a table are needed: it has a column for what is picked or summed."""
    if not (asked.picks or asked.counts or asked.operation):
        return False
    measure = stems_of(asked.measured([told_column(name) for name in table.names]))
    return any(stems_of(told_column(name)) & measure for name in table.names[1:])


def planned(asked: Question, context: Context, ranker: AnswerRanker) -> PlannedAnswer | None:
    """Return the answer of the first table that a sure plan works out; None where none does."""
    return next((one for one in weighed(asked, context, ranker) if one.is_sure), None)


def weighed(asked: Question, context: Context, ranker: AnswerRanker) -> tuple[PlannedAnswer, ...]:
    """Return the plans over each whole table that may be asked, up to the first that is sure.

    () where the question is none of plans. The same sources are weighed once a question.
    """
    if not asked.rules.on("plans") or not ranker.embeds:
        return ()
    if asked.sides or len(asked.asked_apart) > 1:
        return ()
    key = (ranker, "plans", sources_of(context))
    return asked.once(key, lambda: tuple(_weighed(asked, context, ranker)))


def too_long(asked: Question, context: Context, ranker: AnswerRanker) -> JoinedTable | None:
    """Return the table that all rows are asked of and that was not read whole; else None."""
    chances = _chances(asked, context, ranker)
    for table in tables_of(context.hits):
        is_asked_of = _chance(table, chances) >= LEAST_TABLE_CHANCE and wants_whole(asked, table)
        if is_asked_of and not is_whole(table, context):
            return table
    return None


def sources_of(context: Context) -> Hashable:
    """Return what tells one context of a question from another."""
    ids = tuple((hit.chunk.id, hit.rank) for hit in (*context.hits, *context.dropped))
    return ids, len(context.dropped)


def _weighed(asked: Question, context: Context, ranker: AnswerRanker) -> Iterator[PlannedAnswer]:
    chances = _chances(asked, context, ranker)
    for rows in tables_of(context.hits):
        if len(rows.rows) >= LEAST_ROWS and _chance(rows, chances) >= LEAST_TABLE_CHANCE:
            found = _planned(asked, rows, ranker)
            if found is not None and is_whole(rows, context):
                yield found
                if found.is_sure:
                    return


def _chances(asked: Question, context: Context, ranker: AnswerRanker) -> Mapping[str, float]:
    """Return how likely each chunk is to hold the answer, by its id."""
    chances: dict[str, float] = {}
    for one in ranker.find(asked, context.hits):
        chunk = one.evidence.hit.chunk.id
        chances[chunk] = chances.get(chunk, 0.0) + one.chance
    return chances


def _chance(table: JoinedTable, chances: Mapping[str, float]) -> float:
    chunks = {row.hit.chunk.id for row in table.rows}
    return math.fsum(chances.get(chunk, 0.0) for chunk in chunks)


def unfolded(table: JoinedTable) -> JoinedTable:
    """Return a table whose columns stand twice beside each other with its rows below each other."""
    half, odd = divmod(len(table.names), 2)
    if odd or not half or table.names[:half] != table.names[half:]:
        return table
    parts = [(row, cells) for row in table.rows for cells in (row.cells[:half], row.cells[half:])]
    rows = tuple(replace(row, cells=cells) for row, cells in parts if any(cells))
    return replace(table, names=table.names[:half], rows=rows)


def _planned(asked: Question, folded: JoinedTable, ranker: AnswerRanker) -> PlannedAnswer | None:
    rows = unfolded(folded)
    names = [told_column(name) for name in rows.names]
    table = typed.table_of(names, [row.cells for row in rows.rows])
    question = asked.measured(names)
    found = planner.plans(question, table, ranker.vectors)
    if not found:
        return None
    shown_table = typed.table_of(rows.names, [row.cells for row in rows.rows], title=rows.title)
    return PlannedAnswer(
        rows=rows,
        table=shown_table,
        plans=tuple(found[:MOST_PLANS]),
        is_sure=_stands(found[0], asked, is_measured=question != asked.core),
    )


def _names_time(asked: Question, one: Planned) -> bool:
    """Tell whether what is picked is of the unit of time that is asked for, if one is."""
    patterns = [pattern for unit, pattern in _UNITS.items() if unit in asked.noun]
    return all(pattern.search(text) for pattern in patterns for text in one.outcome.texts)


def _stands(one: Planned, asked: Question, *, is_measured: bool) -> bool:
    """Tell whether what a plan gives is told: it is sure, and of the kind that is asked for."""
    is_sure = one.is_sure or (is_measured and one.chance >= LEAST_MEASURED)
    is_asked = one.plan.operation not in _COUNTED or asked.counts
    return is_sure and is_asked and works_out(one.plan) and _names_time(asked, one)


def works_out(plan: TablePlan) -> bool:
    """Tell whether a plan does more than look up the cells of named rows, or say yes or no."""
    if plan.operation != "select":
        return plan.operation != "whether"
    return plan.rows.order is not None or bool(plan.rows.near)


def is_asked(asked: Question, found: PlannedAnswer, one: Planned) -> bool:
    """Tell whether a plan that is not sure does what the words ask for, with a column they name.

    A largest or smallest is picked by what the question measures; things are counted in a table
    of them, and amounts summed in a column of them; not over all rows where months are named.
    """
    return _names_time(asked, one) and _does(asked, found, one.plan)


def _does(asked: Question, found: PlannedAnswer, plan: TablePlan) -> bool:
    names = [stems_of(told_column(name)) for name in found.rows.names]
    measure = stems_of(asked.measured([told_column(name) for name in found.rows.names]))
    order = plan.rows.order
    if asked.picks:
        is_by_number = order is not None and order.reading != "place"
        return is_by_number and order is not None and bool(names[order.column] & measure)
    if (asked.years or asked.stems & MONTHS) and not plan.rows.conditions:
        return False
    if plan.operation == "count":
        things = names[0] | stems_of(found.table.title)
        return asked.counts and bool(plan.rows.conditions) and bool(asked.noun & things)
    works = plan.operation in _AMOUNTS | _PERCENT and (asked.counts or asked.operation is not None)
    return works and bool(names[plan.columns[0]] & measure)


def told_plan(found: PlannedAnswer, asked: Question) -> str:
    """Return the outcome in bold, the plan in words, and the rows that went in."""
    best = found.plans[0]
    head = f"**{written(found, best, asked)}** — {in_words(found, best)}."
    rows = "\n".join(f"- {quote}" for quote in _quotes(found, best, asked))
    return "\n\n".join(filter(None, (head, rows)))


def in_words(found: PlannedAnswer, one: Planned) -> str:
    return without_marks(told.in_words(one.plan, found.table))


def written(found: PlannedAnswer, one: Planned, asked: Question) -> str:
    """Return an outcome with its unit and scale, or what was picked with what it was picked by."""
    return without_marks(_written(found, one, asked))


def _written(found: PlannedAnswer, one: Planned, asked: Question) -> str:
    plan, outcome = one.plan, one.outcome
    if outcome.numbers and plan.operation in _AMOUNTS | _PERCENT:
        return _amount(found, one, asked)
    text = "; ".join(outcome.texts)
    order = plan.rows.order
    if order is None or order.reading == "place" or order.column in plan.columns or plan.rows.near:
        return text
    return f"{text} ({found.table.text(outcome.cells[0][0], order.column)})"


def _amount(found: PlannedAnswer, one: Planned, asked: Question) -> str:
    column = found.table.columns[one.plan.columns[0]]
    decimals = max(column.values[row].decimals for row, _ in one.outcome.cells if row >= 0)
    number = one.outcome.numbers[0]
    if one.plan.operation in _PERCENT:
        return shown(number, 1, "%")
    if one.plan.operation == "mean":
        decimals += round(number, decimals) != number
    told_number = shown(number, decimals, column.unit)
    row = found.rows.rows[one.outcome.cells[0][0]]
    return with_scale(told_number, row.hit.chunk, row.start, is_named=asked.leaves_scale)


def _quotes(found: PlannedAnswer, one: Planned, asked: Question) -> list[str]:
    """Return the rows that went in with their marks, the columns that tell first."""
    numbers = [n for n in dict.fromkeys(row for row, _ in one.outcome.cells) if n >= 0]
    order = one.plan.rows.order
    column = one.outcome.cells[0][1] if order is None else order.column
    return [_quoted(found.rows.rows[n], found, column, asked) for n in numbers[:MOST_QUOTED]]


def _quoted(row: FoundRow, found: PlannedAnswer, column: int, asked: Question) -> str:
    line = row_quotation(
        found.rows.names,
        " | ".join(row.cells),
        asked.content,
        answer=row.cells[column],
        most_words=FIRST_QUOTE_WORDS,
    )
    return f"{without_marks(line)} [{row.hit.rank}]"
