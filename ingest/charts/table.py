"""What is read of a chart: series of values by category, and the grid that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["bar chart", "line chart", "area chart", "scatter plot", "pie chart"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """Values as written by category, in the order of the chart."""

    name: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as data. `within` is how far values may be off; "" where they are printed."""

    kind: Kind
    head: str
    series: Sequence[Series]
    within: str = ""
    warnings: Sequence[str] = field(default_factory=tuple)

    @property
    def grid(self) -> list[list[str]]:
        """Rows of cells, the header first: a row a category."""
        names = list(dict.fromkeys(name for one in self.series for name in one.values))
        rows = [[name, *(one.values.get(name, "") for one in self.series)] for name in names]
        return [[self.head, *(one.name for one in self.series)], *rows]


class UnreadableChartError(ValueError):
    """Raised where a chart can't be trusted to be read right; says why."""
