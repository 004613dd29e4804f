"""A plain look-up of one cell: in the row that the question names, under a column that it asks for.

Knows plans and the hits' tables; knows not how a plan is found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from rag.answer.base.citations import without_marks
from rag.answer.base.quantities import measure
from rag.answer.base.scale import with_scale
from rag.answer.computed.plan_told import PlannedAnswer
from rag.answer.computed.table_rows import JoinedTable, quoted_row
from rag.answer.question.asked import alias
from rag.answer.question.question import Question
from rag.tables.planner import Planned

LEAST_CELL: Final = 0.9
LEAST_CELL_TABLES: Final = 0.5
"""A cell is told from this chance of its plan on, in tables that are so likely together to hold the
answer: 18 of 19 were right (see benchmarks/LOG.md)."""

LEAST_SAID: Final = 0.8
"""A cell of a number is told, however likely its table is, where the row's label and the column's
name say so much of the question, by the importance of its words: 15 of 15 were right (see
benchmarks/LOG.md)."""


def looks_up_cell(one: Planned) -> bool:
    """Tell whether a plan gives one cell of the row that has the label that it names."""
    rows = one.plan.rows
    if one.plan.operation != "select" or rows.order is not None or rows.near:
        return False
    named = {condition.column for condition in rows.conditions}
    are_whole = all(condition.test == "is" for condition in rows.conditions)
    is_one = len(one.outcome.cells) == 1
    return is_one and are_whole and bool(named) and not named & {*one.plan.columns}


def is_likely_cell(found: PlannedAnswer) -> bool:
    """Tell whether the likeliest plan gives one cell, and is told where its table is likely."""
    best = found.plans[0]
    return best.chance >= LEAST_CELL and looks_up_cell(best)


def said_cell(
    found: Sequence[PlannedAnswer], asked: Question, importance: Mapping[str, float]
) -> PlannedAnswer | None:
    """Return the first that gives a number which is called as asked; None where such differ.

    `importance` is that of each stem of the question; they sum to 1.
    """
    said = [
        one
        for one in found
        if is_likely_cell(one) and _said(_called(one), asked, importance) >= LEAST_SAID
    ]
    values = {_value(one) for one in said}
    return said[0] if len(values) == 1 and isinstance(next(iter(values)), float) else None


def may_be_said(table: JoinedTable, asked: Question, importance: Mapping[str, float]) -> bool:
    """Tell whether some row and column of a table can be called as asked."""
    labels = (row.cells[0] for row in table.rows if row.cells)
    return _said(" ".join((*table.names, *labels)), asked, importance) >= LEAST_SAID


def _called(found: PlannedAnswer) -> str:
    """Return the label and the column's name of the cell that the likeliest plan gives."""
    best = found.plans[0]
    source = found.source(best.outcome.cells[0])
    return " ".join((*_labels(best), source.names[source.column]))


def _said(text: str, asked: Question, importance: Mapping[str, float]) -> float:
    """Return how much of the question, by the importance of its stems, stands in a text."""
    known = asked.stems_in(text)
    return math.fsum(
        share * asked.standing(alias(stem), known) for stem, share in importance.items()
    )


def tell_same(found: PlannedAnswer, other: PlannedAnswer) -> bool:
    """Tell whether the likeliest plans over two tables give the same cell of rows called alike."""
    best, second = found.plans[0], other.plans[0]
    if not looks_up_cell(second) or _labels(best) != _labels(second):
        return False
    return _value(found) == _value(other)


def told_cell(found: PlannedAnswer, asked: Question) -> str:
    """Return the cell in bold with its unit or scale, and its row."""
    source = found.source(found.plans[0].outcome.cells[0])
    cell = source.row.cells[source.column]
    quote = quoted_row(source.row, source.names, asked, answer=cell)
    return f"**{without_marks(_with_unit(found, asked))}** — {quote}"


def _with_unit(found: PlannedAnswer, asked: Question) -> str:
    source = found.source(found.plans[0].outcome.cells[0])
    cell, name = source.row.cells[source.column], source.names[source.column]
    if cell.lstrip("+-−").replace(",", "").replace(".", "", 1).isdecimal() and measure(name):
        return f"{cell} {measure(name)}"
    return with_scale(cell, source.row.hit.chunk, source.row.start, is_named=asked.leaves_scale)


def _labels(one: Planned) -> set[str]:
    return {condition.value for condition in one.plan.rows.conditions}


def _value(found: PlannedAnswer) -> float | str:
    row, column = found.plans[0].outcome.cells[0]
    number = found.table.columns[column].numbers[row]
    return found.table.text(row, column).casefold() if number is None else number
