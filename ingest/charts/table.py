"""What is read of a chart: series of values by category, and the grid that tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from rag.datamodel import Element
from rag.text import RECENT_YEAR, SHORT_MONTHS

Kind = Literal["bar chart", "line chart", "area chart", "pie chart", "scatter plot"]

NO_TITLE: Final = "Value"
"""What the values of a single series are called that nothing names."""

SERIES_UNNAMED: Final = "the names of its series were not found"
_REFUSED: Final = "The chart's values could not be read: "
_YEAR: Final = re.compile(RECENT_YEAR)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Values as written by category, in the order of the chart."""

    name: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart as data: rows of cells, the header first.

    `within` is how far values may be off, in their own unit; "" where they are as printed. `title`
    is what stands over it where a figure has several.
    """

    kind: Kind
    grid: list[list[str]]
    within: str = ""
    title: str = ""
    warnings: Sequence[str] = field(default_factory=tuple)


def chart_of(
    kind: Kind,
    head: str,
    series: Sequence[Series],
    *,
    order: Sequence[str] = (),
    left: Sequence[str] = (),
    within: str,
    warnings: Sequence[str] = (),
) -> Chart:
    """Return series as a table: a row for each category, below their names.

    `order` is that of categories; without it they stand as the series have them. Without a `head`
    months and years are called so. What is not known is told: names of series, and values of what
    is `left` of an axis. Raises UnreadableChartError where it is too much, or names are the same.
    """
    known = dict.fromkeys(name for one in series for name in one.values)
    names = [name for name in dict.fromkeys([*order, *known]) if name in known]
    if not head and all(name[:3].lower() in SHORT_MONTHS for name in names):
        head = "Month"
    elif not head:
        head = "Year" if all(map(_YEAR.fullmatch, names)) else "Category"
    rows = [[name, *(one.values.get(name, "") for one in series)] for name in names]
    titles = [one.name for one in series]
    doubts = list(warnings)
    if len(series) > 1 and any(title.startswith("Series ") for title in titles):
        if len(series) > 4:  # more tell nothing
            raise UnreadableChartError(SERIES_UNNAMED, lacking="names")
        doubts.append(SERIES_UNNAMED)
    if len(set(titles)) < len(titles):
        raise UnreadableChartError("two of its series have the same name")
    if left:
        doubts.append(f"of its axis was not read: {', '.join(left)}")
    return Chart(kind=kind, grid=[[head, *titles], *rows], within=within, warnings=doubts)


def without_unnamed(chart: Chart) -> Chart:
    """Return a chart without the series whose names were not found: nobody can ask for these.

    Raises UnreadableChartError where none has a name.
    """
    if SERIES_UNNAMED not in chart.warnings:
        return chart
    kept = [n for n, name in enumerate(chart.grid[0]) if not re.fullmatch(r"Series \d+", name)]
    rows = [[row[n] for n in kept] for row in chart.grid]
    rows = [rows[0], *(row for row in rows[1:] if any(row[1:]))]
    if len(kept) < 2 or len(rows) < 2:
        raise UnreadableChartError(SERIES_UNNAMED, lacking="names")
    left_out = "series whose names were not found are left out"
    warnings = [left_out if one == SERIES_UNNAMED else one for one in chart.warnings]
    return replace(chart, grid=rows, warnings=warnings)


def form_of(chart: Chart) -> str:
    """Return what a chart is as a kind of picture: areas over a course are a line chart."""
    return "line chart" if chart.kind == "area chart" else chart.kind


def shared_form(forms: Iterable[str]) -> str:
    """Return the form of a picture's charts; "chart" where they have several, "" without any."""
    known = {form for form in forms if form}
    return known.pop() if len(known) == 1 else "chart" if known else ""


def unread_names(chart: Chart, names: Iterable[str]) -> list[str]:
    """Return a warning where a table lacks some of the `names` of its chart's legend."""
    cells = {cell for row in chart.grid for cell in row}
    lacking = ", ".join(name for name in names if name not in cells)
    return [f"names of its legend were not read: {lacking}"] if lacking else []


def note(chart: Chart, caption: str = "") -> str:
    """Return what a chart's table was read from and how far its values may be off."""
    off = f"values within \u00b1{chart.within}" if chart.within else "values as printed"
    kind = f"{chart.kind} {chart.title}".strip()
    remark = "; ".join([f"Read off the {kind}: {off}", *chart.warnings])
    return f"{caption.strip()} ({remark})" if caption.strip() else remark


class UnreadableChartError(ValueError):
    """Raised where a chart can't be trusted to be read right; says why.

    `lacking` is what a closer look at a picture may find: numbers of an axis, or names.
    """

    def __init__(self, why: str, *, lacking: Literal["", "numbers", "names"] = "") -> None:
        super().__init__(why)
        self.lacking = lacking


class NoChartError(UnreadableChartError):
    """Raised where nothing shows that it is a chart at all: that concerns nobody."""


def refusal(error: UnreadableChartError) -> str:
    """Return the remark on a chart that was not read; "" where it may be none."""
    return "" if isinstance(error, NoChartError) else f"{_REFUSED}{error}"


def doubts(charts: Sequence[Chart]) -> str:
    """Return the remark on the charts of one figure; "" where nothing is in doubt."""
    warnings = dict.fromkeys(warning for chart in charts for warning in chart.warnings)
    return f"The chart's values were read with doubt: {'; '.join(warnings)}" if warnings else ""


def remarks(elements: Iterable[Element]) -> Iterator[str]:
    """Yield why figures of a document were not read, as its warnings.

    What is only in doubt is told beside the figure: the document is read.
    """
    for element in elements:
        if element.remark.startswith(_REFUSED):
            yield f"page {element.page}: {element.remark}" if element.page else element.remark
