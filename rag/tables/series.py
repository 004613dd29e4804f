"""Columns or rows of a table as series of numbers: what is drawn of it.

Knows typed columns; knows no question and no drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rag.tables.engine import HEADING, Place
from rag.tables.table import Table

MOST_SERIES: Final = 4
MOST_POINTS: Final = 60


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """Which cells are drawn. `labels` is the column that names the points, or `HEADING`.

    With labels in a column each of `columns` is a series over `rows`; with the headings as labels
    each of `rows` is a series over `columns`.
    """

    kind: Literal["line", "bars"]
    labels: int
    columns: tuple[int, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.columns or not self.rows:
            raise ValueError("a series has columns and rows")
        if self.labels in self.columns:
            raise ValueError("the column of labels is no series")


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A number and its cell; `at` is the position of its label."""

    at: int
    value: float
    place: Place


@dataclass(frozen=True, slots=True)
class TableSeries:
    name: str
    points: tuple[SeriesPoint, ...]


def labels_of(table: Table, plan: SeriesPlan) -> tuple[str, ...]:
    """Return what the points are called, in the table's order."""
    if plan.labels == HEADING:
        return tuple(table.columns[column].name for column in plan.columns)
    return tuple(table.text(row, plan.labels) for row in plan.rows)


def series_of(table: Table, plan: SeriesPlan) -> tuple[TableSeries, ...]:
    """Return the series in the table's order; cells without a number are left out."""
    if plan.labels == HEADING:
        return tuple(_of_row(table, plan, row) for row in plan.rows)
    return tuple(_of_column(table, plan, column) for column in plan.columns)


def _of_column(table: Table, plan: SeriesPlan, column: int) -> TableSeries:
    numbers = table.columns[column].numbers
    points = (
        SeriesPoint(at, number, (row, column))
        for at, row in enumerate(plan.rows)
        if (number := numbers[row]) is not None
    )
    return TableSeries(table.columns[column].name, tuple(points))


def _of_row(table: Table, plan: SeriesPlan, row: int) -> TableSeries:
    points = (
        SeriesPoint(at, number, (row, column))
        for at, column in enumerate(plan.columns)
        if (number := table.columns[column].numbers[row]) is not None
    )
    return TableSeries(table.text(row, 0), tuple(points))
