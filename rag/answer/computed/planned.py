"""What a plan over a table of the hits gives, or over two that are joined, and whether it is sure.

Plain look-ups but of one cell are left to the reader. Knows the hits' tables and the planner; knows
no store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from rag.answer.computed.joined_plans import joined_plans
from rag.answer.computed.long_tables import known_answer
from rag.answer.computed.looked_up import (
    LEAST_CELL_TABLES,
    is_likely_cell,
    may_be_said,
    said_cell,
    tell_same,
)
from rag.answer.computed.plan_told import PlannedAnswer
from rag.answer.computed.table_rows import LEAST_ROWS, JoinedTable, is_whole, tables_of
from rag.answer.evidence.other_plans import as_asked, is_mistaken, of_kind, says_something
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.asked import stems_of
from rag.answer.question.qualities import told_column
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Context
from rag.months import days_in
from rag.tables import planner
from rag.tables import table as typed
from rag.tables.plan import TablePlan
from rag.tables.planner import Planned
from rag.text import MONTH, YEAR

LEAST_TABLE_CHANCE: Final = 0.2
"""A table is asked if its rows together are so likely to hold the answer."""

LEAST_TOLD_TOO: Final = 0.02
"""Of a less likely table it is not looked up whether it tells the same cell."""

LEAST_MEASURED: Final = 0.6
"""A plan is sure from this on where words say what is measured, "the sunniest", "the most rain", or
counted: "how many huts are in Uri" of a table of huts."""

LEAST_AMONG_ASKED: Final = 0.5
"""Of a long table, and of two that are joined: the likeliest of the plans that do what is asked has
this share of their chances."""

LEAST_LEAD: Final = 1.5

MOST_PLANS: Final = 4
"""Of the plans over a table so many are kept."""

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

_COUNTED: Final = frozenset({"count", "distinct", "items", "count difference"})
"""Nothing is counted for a few key words: how many rows hold "hours" is not the opening hours."""

_FREQUENT: Final = frozenset({"most common", "least common"})

_FORMS: Final = stems_of(
    "chart diagram drawing figure graph icon image page photo picture plot slide table"
)
"""What a document is made of: the rows of none of its tables are these."""

_OPERATION_WORDS: Final = (
    (frozenset({"sum"}), re.compile(r"\b(?:total|sum|altogether)\b", re.IGNORECASE)),
    (frozenset({"mean"}), re.compile(r"\b(?:average|mean)\b", re.IGNORECASE)),
    (_COUNTED, re.compile(r"\b(?:how many|number of)\b", re.IGNORECASE)),
)
"""What the words of a question call an operation."""


def wants_whole(asked: Question, table: JoinedTable) -> bool:
    """Tell whether all rows of a table are needed: it has a column for what is picked or summed."""
    if asked.extreme:
        return True
    if not (asked.picks or asked.counts or asked.operation):
        return False
    measure = stems_of(asked.measured([told_column(name) for name in table.names]))
    return any(stems_of(told_column(name)) & measure for name in table.names[1:])


def may_be_planned(asked: Question, ranker: AnswerRanker) -> bool:
    """Tell whether plans are made at all: not of the sides of a comparison, nor without vectors."""
    return asked.rules.on("plans") and ranker.embeds and not asked.sides


def planned(asked: Question, context: Context, ranker: AnswerRanker) -> PlannedAnswer | None:
    """Return the answer of the first table that a sure plan works out; None where none does."""
    sure = (one for one in weighed(asked, context, ranker) if one.is_sure)
    told = (one for one in sure if _is_of_day(one, asked) and _is_spoken_of(one, asked))
    return next(told, None)


def _is_spoken_of(found: PlannedAnswer, asked: Question) -> bool:
    """Tell whether a table says a word of the question, or one of like meaning.

    A last or a most frequent row any table has, whatever is asked.
    """
    names = [told_column(name) for name in found.rows.names]
    if asked.extreme or asked.measured(names) != asked.core:
        return True
    said = asked.stems_in(f"{' '.join(names)} {_said(found.rows)}")
    return any(asked.standing(stem, said) for stem in asked.stems)


def _is_of_day(found: PlannedAnswer, asked: Question) -> bool:
    """Tell whether what a plan gives is of the day that is asked about, where one is."""
    cells = found.plans[0].outcome.cells
    rows = {CELL_SEPARATOR.join(found.source(cell).row.cells) for cell in cells}
    return asked.day is None or any(asked.day in days_in(row) for row in rows)


def weighed(asked: Question, context: Context, ranker: AnswerRanker) -> tuple[PlannedAnswer, ...]:
    """Return the plans over each whole table that may be asked, up to the first that is sure.

    () where the question is none of plans. The same sources are weighed once a question.
    """
    if not may_be_planned(asked, ranker) or len(asked.asked_apart) > 1:
        return ()
    key = (ranker, "plans", sources_of(context))
    return asked.once(key, lambda: tuple(_weighed(asked, context, ranker)))


def queried(asked: Question, context: Context, ranker: AnswerRanker) -> PlannedAnswer | None:
    """Return the likeliest plans over one of the whole tables, however unsure; None without one.

    For who asks the tables and nothing else: what the sources say besides is not weighed. A table
    that shares no word with the question is not asked.
    """
    if not ranker.embeds:
        return None
    tables = [
        rows
        for rows in tables_of(context.hits)
        if is_whole(rows, context) and asked.stems & asked.stems_in(_said(rows))
    ]
    found = [one for rows in tables if (one := plans_over(asked, rows, ranker)) is not None]
    return max(found, key=lambda one: (one.is_sure, one.plans[0].chance), default=None)


def _said(rows: JoinedTable) -> str:
    cells = (cell for row in rows.rows for cell in row.cells)
    return " ".join((rows.title, *rows.names, *cells))


def too_long(asked: Question, context: Context, ranker: AnswerRanker) -> JoinedTable | None:
    """Return the table that all rows are asked of and that was not read whole; else None."""
    chances = _chances(asked, context, ranker)
    for table in tables_of(context.hits):
        is_asked_of = _chance(table, chances) >= LEAST_TABLE_CHANCE and wants_whole(asked, table)
        if is_asked_of and not (table.is_long or is_whole(table, context)):
            return table
    return None


def sources_of(context: Context) -> Hashable:
    """Return what tells one context of a question from another."""
    ids = tuple((hit.chunk.id, hit.rank) for hit in (*context.hits, *context.dropped))
    return ids, len(context.dropped)


def _weighed(asked: Question, context: Context, ranker: AnswerRanker) -> Iterator[PlannedAnswer]:
    chances = _chances(asked, context, ranker)
    for found in _joined(asked, context, ranker, chances):
        yield found
        if found.is_sure:
            return
    for rows in tables_of(context.hits):
        if len(rows.rows) >= LEAST_ROWS and _chance(rows, chances) >= LEAST_TABLE_CHANCE:
            own = _planned_long(asked, rows, ranker) or plans_over(asked, rows, ranker)
            if own is not None and (own.table.whole_height or is_whole(rows, context)):
                own = _with_cell(own, asked, context, ranker)
                yield own
                if own.is_sure:
                    return
    said = _called_as_asked(asked, context, ranker)
    if said is not None:
        yield replace(said, is_sure=True)


def _called_as_asked(
    asked: Question, context: Context, ranker: AnswerRanker
) -> PlannedAnswer | None:
    """Return the look-up of a cell that is called as asked, in whatever whole table it stands."""
    importance = ranker.importance(asked)
    tables = [
        rows
        for rows in tables_of(context.hits)
        if len(rows.rows) >= LEAST_ROWS
        and may_be_said(rows, asked, importance)
        and is_whole(rows, context)
    ]
    found = [one for rows in tables if (one := plans_over(asked, rows, ranker)) is not None]
    return said_cell(found, asked, importance)


def _with_cell(
    found: PlannedAnswer, asked: Question, context: Context, ranker: AnswerRanker
) -> PlannedAnswer:
    """Tell that a plan is sure which looks up one cell, by all tables that tell the same."""
    if found.is_sure or not is_likely_cell(found):
        return found
    chances = _chances(asked, context, ranker)
    held = 0.0
    for rows in tables_of(context.hits):
        chance = _chance(rows, chances)
        if chance >= LEAST_TOLD_TOO:
            own = found if rows == found.rows else plans_over(asked, rows, ranker)
            held += chance if own is not None and tell_same(found, own) else 0.0
    return replace(found, is_sure=held >= LEAST_CELL_TABLES)


def _joined(
    asked: Question, context: Context, ranker: AnswerRanker, chances: Mapping[str, float]
) -> Iterator[PlannedAnswer]:
    """Yield the plans that need two tables; one of them at least may hold the answer."""
    whole = [rows for rows in tables_of(context.hits) if is_whole(rows, context)]
    if sum(_chance(rows, chances) for rows in whole) < LEAST_TABLE_CHANCE:
        return
    for found in joined_plans(asked, whole, ranker):
        names = [told_column(column.name) for column in found.table.columns]
        is_measured = asked.measured(names) != asked.core
        if _stands(found.plans[0], asked, is_measured=is_measured):
            yield replace(found, is_sure=True)
        else:
            yield _with_asked_first(asked, found)


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


def plans_over(asked: Question, table: JoinedTable, ranker: AnswerRanker) -> PlannedAnswer | None:
    """Return the plans over a table, the likeliest first; they are made once a question."""
    key = (ranker, "plans over", tuple((row.key, row.hit.rank) for row in table.rows))
    return asked.once(key, lambda: _made_plans(asked, table, ranker))


def _made_plans(asked: Question, folded: JoinedTable, ranker: AnswerRanker) -> PlannedAnswer | None:
    rows = unfolded(folded)
    names = [told_column(name) for name in rows.names]
    cells = [row.cells for row in rows.rows]
    table = typed.table_of(names, cells, language=rows.language)
    question = asked.measured(names)
    found = of_kind(
        [
            one
            for one in planner.plans(
                question, table, ranker.vectors, unless=lambda rows: is_mistaken(rows, asked, table)
            )
            if says_something(one)
        ],
        asked,
    )
    if not found:
        return None
    made = PlannedAnswer(
        rows=rows, table=rows.typed(), plans=tuple(found[:MOST_PLANS]), is_sure=False
    )
    plan = found[0].plan
    is_measured = question != asked.core or (
        (asked.picks or asked.extreme or asked.counts) and as_asked(asked, made.table)(plan)
    )
    is_sure = _stands(found[0], asked, is_measured=is_measured)
    return replace(made, is_sure=is_sure and _counts_things(plan, asked, made.table))


def _planned_long(asked: Question, rows: JoinedTable, ranker: AnswerRanker) -> PlannedAnswer | None:
    """Return the plans over a table that is longer than what is read, run over all its rows."""
    found = known_answer(asked, rows, ranker) if rows.is_long else None
    if found is None:
        return None
    brought = tuple(row for row in rows.rows if row.hit.chunk.id == found.chunk.id)
    if len(brought) != found.table.height or not found.plans:
        return None
    made = PlannedAnswer(
        rows=replace(rows, rows=brought), table=found.table, plans=found.plans, is_sure=False
    )
    return _with_asked_first(asked, made)


def _with_asked_first(asked: Question, found: PlannedAnswer) -> PlannedAnswer:
    """Put the plans first that do what the words ask for; the first is sure among these.

    No passage of a long table, or of two that are joined, answers beside them.
    """
    fitting = [one for one in found.plans if is_asked(asked, found, one) and works_out(one.plan)]
    for operations, called in _OPERATION_WORDS:
        if called.search(asked.core):
            fitting = [one for one in fitting if one.plan.operation in operations]
    if not fitting:
        return found
    return replace(
        found,
        plans=(*fitting, *(one for one in found.plans if one not in fitting)),
        is_sure=_leads(asked, [one.chance for one in fitting]),
    )


def _leads(asked: Question, chances: Sequence[float]) -> bool:
    """Tell whether the first of some plans is sure among them.

    Of what is most common in each column the first need only be far likelier than the next.
    """
    is_ahead = bool(asked.extreme) and chances[0] >= LEAST_LEAD * max(chances[1:], default=0.0)
    return is_ahead or chances[0] >= LEAST_AMONG_ASKED * math.fsum(chances)


def _names_time(asked: Question, one: Planned) -> bool:
    """Tell whether what is picked is of the unit of time that is asked for, if one is."""
    patterns = [pattern for unit, pattern in _UNITS.items() if unit in asked.noun]
    return all(pattern.search(text) for pattern in patterns for text in one.outcome.texts)


def _stands(one: Planned, asked: Question, *, is_measured: bool) -> bool:
    """Tell whether what a plan gives is told: it is sure, and of the kind that is asked for."""
    is_sure = one.is_sure or (is_measured and one.chance >= LEAST_MEASURED)
    is_asked = one.plan.operation not in _COUNTED or asked.counts
    is_asked &= one.plan.operation not in _FREQUENT or asked.extreme == one.plan.operation
    return is_sure and is_asked and works_out(one.plan) and _names_time(asked, one)


def _counts_things(plan: TablePlan, asked: Question, table: typed.Table) -> bool:
    """Tell whether a plan that counts all rows counts what is asked for, as the table calls it."""
    if plan.operation != "count" or plan.rows.conditions:
        return True
    named = stems_of(" ".join((table.title, *(column.name for column in table.columns))))
    return asked.noun <= named and not asked.noun & _FORMS


def works_out(plan: TablePlan) -> bool:
    """Tell whether a plan does more than look up the cells of named rows, or say yes or no."""
    if plan.operation != "select":
        return plan.operation != "whether"
    return plan.rows.order is not None or bool(plan.rows.near)


def is_asked(asked: Question, found: PlannedAnswer, one: Planned) -> bool:
    """Tell whether a plan that is not sure does what the words ask for, with a column they name."""
    return _names_time(asked, one) and as_asked(asked, found.table)(one.plan)
