"""What a plan over tables of the hits gave, told: the outcome, the plan in words, its rows.

Knows plans and the hits' tables; knows not how a plan is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rag.answer.base.citations import without_marks
from rag.answer.base.quantities import shown
from rag.answer.base.scale import with_scale
from rag.answer.base.tables import Key
from rag.answer.computed.table_rows import FoundRow, JoinedTable, quoted_row
from rag.answer.evidence.quoting import FIRST_QUOTE_WORDS
from rag.answer.question.question import Question
from rag.tables import told
from rag.tables.engine import Place
from rag.tables.joins import TableJoin
from rag.tables.plan import AMOUNTS, PERCENT
from rag.tables.planner import Planned
from rag.tables.table import Table

MOST_QUOTED: Final = 6
"""Of more rows the first are quoted."""


@dataclass(frozen=True, slots=True)
class CellSource:
    """The row that a cell was read from, its column there, and the names of all columns there."""

    row: FoundRow
    column: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerRows:
    """The rows of the table that another was joined with."""

    join: TableJoin
    rows: JoinedTable


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAnswer:
    """The rows of a table, the same as typed columns, and plans over it, the likeliest first.

    `is_sure` tells that the first is told as the answer. `partner` is there of two tables that were
    joined; `rows` are those of the longer then.
    """

    rows: JoinedTable
    table: Table
    plans: tuple[Planned, ...]
    is_sure: bool
    partner: PartnerRows | None = None

    def is_of_other(self, column: int) -> bool:
        return self.partner is not None and self.partner.join.is_of_other(column)

    def source(self, place: Place) -> CellSource:
        """Return where a cell of the table was read; one that no partner has, in its own row."""
        row, column = place
        if self.partner is not None and self.is_of_other(column):
            join, other = self.partner.join, self.partner.join.partners[row]
            if other is not None:
                number = join.others[column - join.width]
                return CellSource(self.partner.rows.rows[other], number, self.partner.rows.names)
            column = 0
        return CellSource(self.rows.rows[row], column, self.rows.names)


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
    if outcome.numbers and plan.operation in AMOUNTS | PERCENT:
        return _amount(found, one, asked)
    text = "; ".join(outcome.texts)
    order = plan.rows.order
    if order is None or order.reading == "place" or order.column in plan.columns or plan.rows.near:
        return text
    picked_by = found.table.text(outcome.cells[0][0], order.column)
    return f"{text}, {picked_by}" if picked_by.startswith("(") else f"{text} ({picked_by})"


def _amount(found: PlannedAnswer, one: Planned, asked: Question) -> str:
    column = found.table.columns[one.plan.columns[0]]
    decimals = max(column.values[row].decimals for row, _ in one.outcome.cells if row >= 0)
    number = one.outcome.numbers[0]
    if one.plan.operation in PERCENT:
        return shown(number, 1, "%")
    if one.plan.operation == "mean":
        decimals += round(number, decimals) != number
    told_number = shown(number, decimals, column.unit)
    row = found.source(one.outcome.cells[0]).row
    return with_scale(told_number, row.hit.chunk, row.start, is_named=asked.leaves_scale)


def _quotes(found: PlannedAnswer, one: Planned, asked: Question) -> list[str]:
    """Return the rows that went in with their marks, the columns that tell first."""
    order = one.plan.rows.order
    column = one.outcome.cells[0][1] if order is None else order.column
    return [
        quoted_row(
            source.row,
            source.names,
            asked,
            answer=source.row.cells[source.column],
            most_words=FIRST_QUOTE_WORDS,
        )
        for source in _sources(found, one, column)
    ]


def rows_of(found: PlannedAnswer, one: Planned) -> list[FoundRow]:
    """Return the rows that went into an outcome; of many the first."""
    return [source.row for source in _sources(found, one, 0)]


def _sources(found: PlannedAnswer, one: Planned, column: int) -> list[CellSource]:
    """Return a cell of each row that went in: of the rows themselves the one in a column."""
    kept: dict[Key, CellSource] = {}
    for row, number in one.outcome.cells:
        if row >= 0:
            source = found.source((row, number if found.is_of_other(number) else column))
            kept.setdefault(source.row.key, source)
    return list(kept.values())[:MOST_QUOTED]
