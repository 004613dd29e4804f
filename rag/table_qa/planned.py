"""What a table of the hits answers by a sure plan: worked out over its rows, told with its cells.

Look-ups of a named row are left to the reader. Knows the hits' tables and the planner; knows no
store.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.citations import citation_of, without_marks
from rag.answer.base.context import Fetch
from rag.answer.base.quantities import shown
from rag.answer.computed.table_rows import (
    LEAST_ROWS,
    FoundRow,
    JoinedTable,
    is_whole,
    quoted_row,
    tables_of,
    with_whole_tables,
)
from rag.answer.passages.passages import Passages
from rag.answer.passages.units import Unit
from rag.answer.question.question import Question
from rag.datamodel import Citation, Context, Hit
from rag.parts.table_queries import TableQuery
from rag.tables.engine import HEADING
from rag.tables.plan import AMOUNTS, PERCENT, TablePlan
from rag.tables.planner import Planned, plans
from rag.tables.table import Table
from rag.tables.told import in_words

LEAST_CHANCE: Final = 0.2
"""A table is asked if its rows together are so likely to tell what is asked."""

MAX_CELLS: Final = 12
"""Of what more cells give the first are cited."""

MAX_ROWS: Final = 3
"""Of more rows the first are quoted."""

_COUNTED: Final = frozenset({"count", "distinct", "items", "count difference"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult:
    """What a table gives: a text with marks of `context`, the plan in words, the cells it read."""

    text: str
    result: str
    plan: str
    cells: tuple[Citation, ...]
    context: Context

    @property
    def rows(self) -> tuple[Hit, ...]:
        """The hits that hold the cells."""
        held = {cell.chunk.id for cell in self.cells}
        return tuple(hit for hit in self.context.hits if hit.chunk.id in held)

    def query(self) -> TableQuery:
        """Return how the table was asked, pointing to all of `cells`."""
        return TableQuery(plan=self.plan, result=self.result, cells=tuple(range(len(self.cells))))


class HitTables:
    """Asks the tables of hits, each whole; nothing while the embedder of `passages` loads.

    `fetch` returns chunks by their ids.
    """

    def __init__(self, fetch: Fetch, passages: Passages) -> None:
        self._fetch = fetch
        self._passages = passages

    def __call__(self, asked: Question, context: Context) -> TableResult | None:
        """Return what the likeliest table gives; None where no plan over one is sure."""
        if asked.is_foreign or not self._passages.scorer.embeds:
            return None
        chances = _chances(self._passages.units(asked, context.hits))
        hits = with_whole_tables(
            context.hits, self._fetch, wants=lambda table: _chance(table, chances) >= LEAST_CHANCE
        )
        whole = Context(hits=tuple(hits), dropped=context.dropped)
        for table in sorted(tables_of(hits), key=lambda table: -_chance(table, chances)):
            if _chance(table, chances) < LEAST_CHANCE:
                break
            if len(table.rows) >= LEAST_ROWS and is_whole(table, whole):
                found = self._planned(asked, table)
                if found is not None:
                    return _result(asked, table, found, whole)
        return None

    def _planned(self, asked: Question, table: JoinedTable) -> Planned | None:
        found = plans(asked.core, table.typed(), self._passages.scorer.vectors)
        best = found[0] if found else None
        return best if best and best.is_sure and _is_asked(best.plan, asked) else None


def _chances(units: Sequence[Unit]) -> Mapping[str, float]:
    """Return how likely each chunk is to tell what is asked for, by its id."""
    chances: defaultdict[str, float] = defaultdict(float)
    for unit in units:
        chances[unit.evidence.hit.chunk.id] += unit.chance
    return chances


def _chance(table: JoinedTable, chances: Mapping[str, float]) -> float:
    return math.fsum(chances.get(key, 0.0) for key in {row.hit.chunk.id for row in table.rows})


def _is_asked(plan: TablePlan, asked: Question) -> bool:
    """Tell whether a plan does more than look up named rows; it counts only where that is asked."""
    if plan.operation in _COUNTED:
        return asked.counts
    if plan.operation != "select":
        return plan.operation != "whether"
    return plan.rows.order is not None or bool(plan.rows.near)


def _result(asked: Question, table: JoinedTable, one: Planned, context: Context) -> TableResult:
    typed = table.typed()
    plan, result = in_words(one.plan, typed), _written(typed, one)
    cells = [place for place in one.outcome.cells if place[0] != HEADING][:MAX_CELLS]
    rows = list(dict.fromkeys(row for row, _ in cells))[:MAX_ROWS]
    quoted = [f"- {quoted_row(table.rows[row], table.names, asked)}" for row in rows]
    head = f"**{without_marks(result)}** — {without_marks(plan)}."
    return TableResult(
        text="\n\n".join(filter(None, (head, "\n".join(quoted)))),
        result=result,
        plan=plan,
        cells=tuple(_cited(table.rows[row], column) for row, column in cells),
        context=context,
    )


def _cited(row: FoundRow, column: int) -> Citation:
    start, end = row.cell_span(column)
    return citation_of(row.hit.chunk, start, end, number=row.hit.rank)


def _written(table: Table, one: Planned) -> str:
    """Return an outcome with its unit, or what was picked with what it was picked by."""
    plan, outcome = one.plan, one.outcome
    if outcome.numbers and plan.operation in PERCENT:
        return shown(outcome.numbers[0], 1, "%")
    if outcome.numbers and plan.operation in AMOUNTS:
        column = table.columns[plan.columns[0]]
        decimals = max(column.values[row].decimals for row, _ in outcome.cells if row != HEADING)
        return shown(outcome.numbers[0], decimals, column.unit)
    text, order = "; ".join(outcome.texts), plan.rows.order
    if order is None or order.reading == "place" or order.column in plan.columns or plan.rows.near:
        return text
    return f"{text} ({table.text(outcome.cells[0][0], order.column)})"
