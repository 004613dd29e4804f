"""Plans over a table that are, by the words of the question, what is asked, and that are not.

Knows plans, names of columns and words; knows not how a plan is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from rag.answer.question.asked import MONTHS, stems_of
from rag.answer.question.changes import change_among
from rag.answer.question.qualities import told_column
from rag.answer.question.question import Question
from rag.tables import table as typed
from rag.tables.plan import AMOUNTS, PERCENT, Condition, Rows, TablePlan
from rag.tables.planner import Planned

LEAST_OF_KIND: Final = 3
LEAST_KIND_SHARE: Final = 0.25
"""A word that so many rows, and this share of all, hold in a column says of what kind they are."""

_AGE: Final = "age"
"""Of what adjectives measure, what dates tell of."""

_RANKS: Final = re.compile(r"\b(?:rank\w*|place|pos\w*|no|nr|number)\b|#", re.IGNORECASE)


def is_mistaken(rows: Rows, asked: Question, table: typed.Table) -> bool:
    """Tell whether a plan over such rows is, by the words of the question, not what is asked."""
    return (
        _mistakes_heading(rows, asked, table)
        or _turns_round(rows, asked, table)
        or _orders_by_date(rows, asked, table)
        or _orders_by_other(rows, asked, table)
    )


def as_asked(asked: Question, table: typed.Table) -> Callable[[TablePlan], bool]:
    """Return what tells whether a plan does what the words ask for, with a column that they name.

    A largest or smallest is picked by what the question measures, the latest by a day; things are
    counted in a table of them, and amounts summed in a column of them; not over all rows where
    months are named.
    """
    if asked.extreme in {"earliest", "latest"}:
        return lambda plan: _picks_day(plan, asked, table)
    if asked.extreme:
        return lambda plan: plan.operation == asked.extreme
    told = [told_column(column.name) for column in table.columns]
    names = [stems_of(name) for name in told]
    measure = stems_of(asked.measured(told))
    measured = {n for n, name in enumerate(names) if name & measure}
    if asked.picks:
        return lambda plan: _picks_amount(plan, measured, table)
    things = names[0] | stems_of(table.title)
    return lambda plan: _counts_or_sums(plan, asked, measured, things)


def _picks_amount(plan: TablePlan, measured: Collection[int], table: typed.Table) -> bool:
    """Tell whether rows are ordered by a number that is measured: by none in the name of a part."""
    order = plan.rows.order
    if order is None or order.reading == "place" or table.columns[order.column].kind == "text":
        return False
    return order.column in measured


def _counts_or_sums(
    plan: TablePlan, asked: Question, measured: Collection[int], things: frozenset[str]
) -> bool:
    """Tell whether a plan counts the things that are asked for, or works with their amounts."""
    if (asked.years or asked.stems & MONTHS) and not plan.rows.conditions:
        return False
    if plan.operation == "count":
        return asked.counts and bool(plan.rows.conditions) and bool(asked.noun & things)
    works = plan.operation in AMOUNTS | PERCENT and (asked.counts or asked.operation is not None)
    return works and plan.columns[0] in measured


def _picks_day(plan: TablePlan, asked: Question, table: typed.Table) -> bool:
    """Tell whether a plan picks the first or last day, whichever is asked for."""
    order = plan.rows.order
    if order is None or order.reading == "place" or table.columns[order.column].kind != "date":
        return False
    return order.largest is (asked.extreme == "latest")


def says_something(one: Planned) -> bool:
    """Tell whether what a plan gives is more than a mark: "**" says nothing."""
    told = "".join(one.outcome.texts)
    return not told or any(letter.isalnum() for letter in told)


def _mistakes_heading(rows: Rows, asked: Question, table: typed.Table) -> bool:
    """Tell whether rows are picked by a word that only says what all of them are.

    "How many huts" is not asked of the Lake hut, nor "which hut" where no column is called so; but
    "which zone" is where rows are "Zone North", "Zone South", "Nurseries", "Total".
    """
    headings = stems_of(" ".join(column.name for column in table.columns))
    for condition in rows.conditions:
        value = stems_of(condition.value)
        common = value & asked.stems
        if common and common < value and common <= headings | asked.noun:
            return True
        if _is_kind(condition, asked):
            return not _tells_kind(condition, table)
    return False


def of_kind(plans: Sequence[Planned], asked: Question) -> list[Planned]:
    """Return the plans; what is asked of rows of a kind is not asked of all rows.

    Where "which zone" may be asked of the zones, it is not asked of the nurseries between them.
    """
    chances = {one.plan: one.chance for one in plans}
    wider = {plan: wide for plan in chances if (wide := _of_all(plan, asked)) != plan}
    added = {plan: chances.get(wide, 0.0) for plan, wide in wider.items()}
    found = [
        replace(one, chance=one.chance + added.get(one.plan, 0.0))
        for one in plans
        if one.plan not in wider.values()
    ]
    return sorted(found, key=lambda one: -one.chance)


def _of_all(plan: TablePlan, asked: Question) -> TablePlan:
    """Return a plan without the condition that rows are called what is asked for."""
    kept = tuple(one for one in plan.rows.conditions if not _is_kind(one, asked))
    return replace(plan, rows=replace(plan.rows, conditions=kept))


def _is_kind(condition: Condition, asked: Question) -> bool:
    return condition.test == "has" and stems_of(condition.value) == asked.head


def _tells_kind(condition: Condition, table: typed.Table) -> bool:
    """Tell whether so many rows hold a word that it is what they are called by."""
    held = [
        f" {condition.value} " in f" {value.key} "
        for value in table.columns[condition.column].values
    ]
    return sum(held) >= max(LEAST_OF_KIND, LEAST_KIND_SHARE * len(held))


def _turns_round(rows: Rows, asked: Question, table: typed.Table) -> bool:
    """Tell whether a plan picks the most where words ask for the least of an amount, or the other.

    The highest rank may be the first.
    """
    order = rows.order
    if (
        order is None
        or order.reading != "number"
        or _RANKS.search(table.columns[order.column].name)
    ):
        return False
    wants_most = asked.asks_most([column.name for column in table.columns])
    return wants_most is not None and order.largest is not wants_most


def _orders_by_date(rows: Rows, asked: Question, table: typed.Table) -> bool:
    """Tell whether a plan picks the last or first day by an adjective that no date measures.

    "The coldest day" is not the latest one; the youngest may be.
    """
    order = rows.order
    if order is None or asked.measure in {"", _AGE}:
        return False
    return table.columns[order.column].kind == "date"


def _orders_by_other(rows: Rows, asked: Question, table: typed.Table) -> bool:
    """Tell whether a plan picks otherwise than by the column that is called what is measured.

    The oldest person is the one of the highest age, where ages are told: not the one who was buried
    last, nor the youngest. What grew most has the highest change, where changes are told.
    """
    order = rows.order
    names = [column.name for column in table.columns]
    measure = stems_of(change_among(names) if asked.asks_change else asked.measure)
    wants_most = asked.asks_most(names) if asked.asks_change else asked.measures_most
    called = {
        n
        for n, column in enumerate(table.columns)
        if measure & stems_of(told_column(column.name)) and column.kind == "number"
    }
    if order is None or order.reading != "number" or not (called or asked.asks_change):
        return False
    return order.column not in called or order.largest is not wants_most
