"""How something developed, told: from where to where, the most and the least, and the rows.

Knows what is drawn of a table; knows no drawing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rag.answer.base.citations import without_marks
from rag.answer.computed.drawn import DrawnTable
from rag.answer.computed.table_rows import quoted_row
from rag.answer.question.question import Question
from rag.tables.engine import HEADING
from rag.tables.series import TableSeries, labels_of, series_of

MOST_TOLD: Final = 12
"""Of more points the first, the last, the largest and the smallest are told."""


def told_trend(found: DrawnTable, asked: Question) -> str:
    """Return each series in a sentence, and the rows that it is read from with their marks."""
    series = [one for one in series_of(found.table, found.plan) if one.points]
    title = found.table.title
    told = [f"{_told(one, found)}." for one in series]
    head = f"{' '.join(told)} Read from “{title}”:"
    return "\n".join([without_marks(head), *(f"- {line}" for line in _rows(found, series, asked))])


def _told(one: TableSeries, found: DrawnTable) -> str:
    points, labels = one.points, labels_of(found.table, found.plan)
    most, least = (pick(points, key=lambda point: point.value) for pick in (max, min))
    ends, extremes = (points[0], points[-1]), (most, least)
    first, last, top, bottom = (
        f"{found.table.text(*point.place)} ({labels[point.at]})" for point in (*ends, *extremes)
    )
    return f"{one.name}: {first} to {last}; most {top}, least {bottom}"


def _rows(found: DrawnTable, series: list[TableSeries], asked: Question) -> Iterator[str]:
    """Yield the rows that points are of, with the columns that are drawn."""
    own = found.plan.columns
    columns = (0, *own)
    names = [found.rows.names[n] for n in columns]
    for number in _numbers(found, series):
        row = found.rows.rows[number]
        yield quoted_row(replace(row, cells=tuple(row.cells[n] for n in columns)), names, asked)


def _numbers(found: DrawnTable, series: list[TableSeries]) -> list[int]:
    """Return the rows that are told, in the table's order."""
    if found.plan.labels == HEADING or len(found.plan.rows) <= MOST_TOLD:
        return list(found.plan.rows)
    kept: set[int] = set()
    for one in series:
        ranked = sorted(one.points, key=lambda point: point.value)
        kept |= {p.place[0] for p in (one.points[0], one.points[-1], ranked[0], ranked[-1])}
    return sorted(kept)
