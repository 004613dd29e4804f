"""A line chart as series by the places of its points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import Final

from ingest.charts.categories import axis_title, names_at, names_left, unused
from ingest.charts.forms.barchart import MAX_UNNAMED
from ingest.charts.forms.line_names import names_of_lines
from ingest.charts.forms.printed import Printed
from ingest.charts.ink import Ink, around
from ingest.charts.legend import Legend
from ingest.charts.lines import DrawnLine, heights
from ingest.charts.numbers import Amount, first_of_month, written, written_day
from ingest.charts.scale import Scale, are_firsts
from ingest.charts.table import (
    NO_TITLE,
    NO_VALUE,
    SERIES_UNNAMED,
    Chart,
    Kind,
    LostWordsError,
    Series,
    UnreadableChartError,
    by_category,
)
from ingest.layout.layout import grouped

MAX_ROWS: Final = 60
_OF_AREAS: Final = 2.0
"""In blurs of a picture: an area's side is drawn over by a line or a mark of its own colour."""

_NEAR_EM: Final = 0.2
_NEAR_DAYS: Final = 7
_MONTHLY_DAYS: Final = 12
"""What is read as days is so near to firsts of months; the second where all follow each other
by a month."""

_MONTH_DAYS: Final = 30
_ABOUT_DAYS: Final = 4

_TICK_SHARE: Final = 0.004
"""What is so near to a whole number, in steps of the axis, stands on it."""


def line_chart(
    ink: Ink,
    lines: Sequence[DrawnLine],
    legend: Legend,
    scale: Scale,
    level: Scale | None,
    *,
    printed: Printed | None = None,
) -> Chart:
    """Return lines as a table. Raises UnreadableChartError.

    Values that are printed at their points stand in it as they are printed.
    """
    places, names = _rows(ink, lines, legend, scale, level)
    least = ink.min_off * (_OF_AREAS if lines[0].below and ink.blur else 1)
    series, warnings = [], []
    free = [x for x in unused(ink, scale.labels, legend.labels) if x.text not in names]
    floor = _floor(ink, lines, names, level)
    called = names_of_lines(ink, lines, legend, free, floor=floor)
    for number, (line, name) in enumerate(zip(lines, called, strict=True), 1):
        read = heights(line, places, scale)
        values = {
            row: _printed(line, at, printed, ink.em)
            or written(value, within=scale.within(scale.place(value), least=least), like=scale.like)
            for row, at, value in zip(names, places, read, strict=True)
            if value is not None and not (ink.blur and _is_hidden(line, at, ink.em))
        }
        series.append(Series(name=name or f"Series {number}", values=values))
    title = axis_title(ink, 1, around([line.box for line in lines]))
    if len(series) == 1 and series[0].name == "Series 1":
        series = [Series(name=title or NO_TITLE, values=series[0].values)]
    elif any(one.name.startswith("Series ") for one in series):
        if len(series) > MAX_UNNAMED:
            raise LostWordsError(SERIES_UNNAMED)
        warnings.append(SERIES_UNNAMED)
    if left := names_left(names, unused(ink, scale.labels, legend.labels), ink.em):
        warnings.append(f"{NO_VALUE}{', '.join(left)}")
    if len({one.name for one in series}) < len(series):
        raise UnreadableChartError("two of its series have the same name")
    head = axis_title(ink, 0, around([line.box for line in lines]))
    kind: Kind = "area chart" if lines[0].below else "line chart"
    grid = by_category(head, series, names)
    return Chart(kind=kind, grid=grid, within=scale.within_text(least=least), warnings=warnings)


def _floor(
    ink: Ink, lines: Sequence[DrawnLine], names: Sequence[str], level: Scale | None
) -> float:
    """Return where what names the rows of a table begins, below all lines; else far below."""
    if level is not None:
        return level.box[1]
    low = max(line.box[3] for line in lines)
    own = [x.box[1] for x in ink.labels if x.text in names and x.middle[1] > low]
    return min(own, default=inf)


def _printed(line: DrawnLine, at: float, printed: Printed | None, em: float) -> str:
    """Return what is printed at the point of a line at a place; "" where nothing is."""
    if printed is None:
        return ""
    near = min(line.points, key=lambda point: abs(point[0] - at))
    return printed.at(near) if abs(near[0] - at) < _NEAR_EM * em else ""


def _is_hidden(line: DrawnLine, at: float, em: float) -> bool:
    """Whether a line of pixels has no point of its own at a place: another lies over it."""
    return min(abs(x - at) for x, _ in line.points) > _NEAR_EM * em


def _rows(
    ink: Ink, lines: Sequence[DrawnLine], legend: Legend, scale: Scale, level: Scale | None
) -> tuple[list[float], list[str]]:
    """Return where the rows of the table stand, and their names."""
    xs = sorted(x for line in lines for x, _ in line.points)
    places = [own[0] for own in grouped(xs, lambda own, x: x - own[0] <= 0.1 * ink.em)]
    box = around([line.box for line in lines])
    box = (box[0], min(box[1], scale.ends[0]), box[2], max(box[3], scale.ends[1]))
    labels = unused(ink, scale.labels, legend.labels)
    if len(lines) > 1 and not lines[0].below and not _share_places(lines, places, ink.em):
        raise UnreadableChartError("its lines have their points at different places")
    if len(places) <= MAX_ROWS and (level is None or not level.shifted):
        names = names_at(places, labels, marks=box, along=1, em=ink.em)
        if names and all(names) and len(set(names)) == len(names):
            return places, names
    if level is None:
        raise LostWordsError("places along its lines have no names")
    if len(places) > MAX_ROWS:
        places = [p for p in sorted(level.places) if box[0] - 1 <= p <= box[2] + 1]
    names = _written_xs(level, places, ink.min_off)
    if len(set(names)) < len(names):
        raise UnreadableChartError("points of its lines are too close to each other")
    return places, names


def _share_places(lines: Sequence[DrawnLine], places: Sequence[float], em: float) -> bool:
    """Whether most lines have a point at most places: lines of a drawing do not."""
    own = [
        sum(any(abs(x - at) < 0.2 * em for x, _ in line.points) for at in places) for line in lines
    ]
    return len(places) > MAX_ROWS or sum(own) > 0.6 * len(places) * len(lines)


def _days(scale: Scale, values: Sequence[float]) -> list[str]:
    """Write days; first ones of months where all are near such and the scale's labels are."""
    firsts = [first_of_month(value) for value in values]
    off = [a - b for a, b in zip(firsts, values, strict=True)]
    are_months = all(abs(b - a - _MONTH_DAYS) < _ABOUT_DAYS for a, b in pairwise(values))
    is_near = max(map(abs, off)) < (_MONTHLY_DAYS if are_months else _NEAR_DAYS)
    return [written_day(day) for day in (firsts if is_near and are_firsts(scale) else values)]


def _written_xs(scale: Scale, places: Sequence[float], least: float) -> list[str]:
    """Write places as values: whole ones where all are."""
    values = [scale.value(at) for at in places]
    if scale.kind == "date":
        return _days(scale, values)
    off = [scale.within(at, least=least) for at in places]
    like = scale.like or Amount(value=0.0)
    near = [abs(v - round(v)) < 2 * by for v, by in zip(values, off, strict=True)]
    if all(near) and all(
        abs(value) > 0.5 or abs(value) < by for value, by in zip(values, off, strict=True)
    ):
        return [written(round(value), within=1.0, like=like) for value in values]
    step = scale.span / (len(scale.places) - 1)
    return [
        written(round(value), within=1.0, like=like)
        if abs(value) > 1 and abs(value - round(value)) < _TICK_SHARE * step
        else written(value, within=by, like=like)
        for value, by in zip(values, off, strict=True)
    ]
