"""What a table gives beside an answer: a chart of its columns, and other readings of the question.

Each points to cells by their positions in `Answer.cells`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Alternative(Struct, frozen=True, kw_only=True, array_like=True):
    """What a table gives for the question if it is read another way; never told as the answer.

    `plan` says in words what is worked out, `result` what comes out; `cells` are the positions in
    `Answer.cells` of what it is worked out of.
    """

    plan: str
    result: str
    cells: tuple[int, ...]


class ChartPoint(Struct, frozen=True, kw_only=True, array_like=True):
    """A number of a series: `text` as its cell has it, `cell` a position in `Answer.cells`.

    `at` is the position of its label in `AnswerChart.labels`.
    """

    at: int
    text: str
    value: float
    cell: int


class ChartSeries(Struct, frozen=True, kw_only=True, array_like=True):
    name: str
    points: tuple[ChartPoint, ...]


class AnswerChart(Struct, frozen=True, kw_only=True, array_like=True):
    """Columns of a table to be drawn: a line over time, bars over categories.

    The points of a series stand in the order of `labels`, though not at each. `label_name` is what
    the labels are, `value_name` what the numbers are; "" where that is not known.
    """

    kind: Literal["line", "bars"]
    title: str
    label_name: str
    value_name: str
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
