"""What stands beside an answer: a table read another way, and a drawing of it, cell by cell.

Knows plans and the hits' tables; knows no page and no picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.citations import citation_of
from rag.answer.computed.drawn import DrawnTable, drawn
from rag.answer.computed.plan_told import PlannedAnswer, in_words, written
from rag.answer.computed.planned import is_asked, too_long, weighed
from rag.answer.computed.table_rows import FoundRow
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import Question
from rag.datamodel import Citation, Context
from rag.parts.charts import Alternative, AnswerChart, ChartPoint, ChartSeries
from rag.tables.engine import HEADING, Place
from rag.tables.planner import Planned
from rag.tables.series import TableSeries, labels_of, series_of

MOST_ALTERNATIVES: Final = 2
MOST_CELLS: Final = 12
"""Of what more cells give the first are cited."""

LEAST_OTHER: Final = 0.12
"""Beside a sure plan another outcome of such a chance is offered."""

LEAST_LIKELY: Final = 0.4
"""Where no plan is sure, one of such a chance is offered; see benchmarks/LOG.md."""


TOO_LONG: Final = (
    "“{}” is longer than what is read for one question, so nothing is worked out over all of its "
    "rows. Name the rows that you mean, or keep them in a smaller table."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Alternatives and a chart; both point to `cells` by position. `note` is for the person."""

    cells: tuple[Citation, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    chart: AnswerChart | None = None
    note: str = ""


def beside(asked: Question, context: Context, ranker: AnswerRanker) -> Beside:
    """Return what the tables of the sources give beside the answer of a question."""
    if asked.region is not None or asked.picture is not None:
        return Beside()
    cells = _Cells()
    others = [
        Alternative(
            plan=in_words(table, one),
            result=written(table, one, asked),
            cells=cells.of(table, one.outcome.cells[:MOST_CELLS]),
        )
        for table, one in _others(asked, context, ranker)
    ]
    found = drawn(asked, context)
    chart = _chart(found, cells) if found is not None else None
    long = too_long(asked, context, ranker)
    return Beside(
        cells=tuple(cells.cited),
        alternatives=tuple(others),
        chart=chart,
        note=TOO_LONG.format(long.title) if long is not None else "",
    )


def _others(
    asked: Question, context: Context, ranker: AnswerRanker
) -> list[tuple[PlannedAnswer, Planned]]:
    """Return the next likely plans, the likeliest first, each result once."""
    tables = weighed(asked, context, ranker)
    sure = next((table for table in tables if table.is_sure), None)
    likely = _doubted(asked, tables) if sure is None else _besides(sure)
    likely.sort(key=lambda pair: -pair[1].chance)
    told = set() if sure is None else {written(sure, sure.plans[0], asked)}
    kept: dict[str, tuple[PlannedAnswer, Planned]] = {}
    for table, one in likely:
        result = written(table, one, asked)
        if result not in told:
            kept.setdefault(result, (table, one))
    return list(kept.values())[:MOST_ALTERNATIVES]


def _besides(sure: PlannedAnswer) -> list[tuple[PlannedAnswer, Planned]]:
    return [(sure, one) for one in sure.plans[1:] if one.chance >= LEAST_OTHER]


def _doubted(
    asked: Question, tables: Sequence[PlannedAnswer]
) -> list[tuple[PlannedAnswer, Planned]]:
    return [
        (table, one)
        for table in tables
        for one in table.plans[:1]
        if one.chance >= LEAST_LIKELY and is_asked(asked, table, one)
    ]


class _Cells:
    """Cells that are cited, each once."""

    def __init__(self) -> None:
        self.cited: list[Citation] = []
        self._known: dict[tuple[str, int, int], int] = {}

    def of(self, found: PlannedAnswer, places: tuple[Place, ...]) -> tuple[int, ...]:
        """Return the positions of the cells; headings are cited by no row."""
        sources = [found.source(place) for place in places if place[0] >= 0]
        return tuple(dict.fromkeys(self.add(one.row, one.column) for one in sources))

    def add(self, row: FoundRow, column: int) -> int:
        key = (*row.key, column)
        if key not in self._known:
            self._known[key] = len(self.cited)
            self.cited.append(_cited(row, column))
        return self._known[key]


def _cited(row: FoundRow, column: int) -> Citation:
    return citation_of(
        row.hit.chunk, row.start, row.end, number=row.hit.rank, lit=row.cell_span(column)
    )


def _chart(found: DrawnTable, cells: _Cells) -> AnswerChart | None:
    series = [
        ChartSeries(name=one.name, points=_points(one, found, cells))
        for one in series_of(found.table, found.plan)
        if one.points
    ]
    if not series:
        return None
    is_row = found.plan.labels == HEADING
    return AnswerChart(
        kind=found.plan.kind,
        title=found.table.title,
        label_name="" if is_row else _named(found.table.columns[found.plan.labels].name),
        value_name=series[0].name if len(series) == 1 else "",
        labels=labels_of(found.table, found.plan),
        series=tuple(series),
    )


def _named(column: str) -> str:
    """Return the name of a column of labels; charts that were read have none for theirs."""
    return "" if column == "Category" else column


def _points(one: TableSeries, found: DrawnTable, cells: _Cells) -> tuple[ChartPoint, ...]:
    return tuple(
        ChartPoint(
            at=point.at,
            text=found.table.text(*point.place),
            value=point.value,
            cell=cells.add(found.rows.rows[point.place[0]], point.place[1]),
        )
        for point in one.points
    )
