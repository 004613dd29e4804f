"""One chart read: axes, legend, marks, and the table that they make.

Whatever can't be trusted is not told: a reading fails with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ingest.charts.axes import MAX_OFF, Scale, find_scales, has_lost_factor, taken_by
from ingest.charts.barchart import bar_chart
from ingest.charts.bars import find_bars, not_of_values
from ingest.charts.categories import YEAR, axis_title, title_above, unused
from ingest.charts.ink import Box, Fill, Ink, Stroke, around, distinct, holds, middle_of, size_of
from ingest.charts.legend import Legend, find_legend
from ingest.charts.linechart import line_chart, printed_at
from ingest.charts.lines import find_areas, find_lines
from ingest.charts.numbers import written
from ingest.charts.pies import find_wedges, pie_chart
from ingest.charts.table import (
    SERIES_UNNAMED,
    Chart,
    NoChartError,
    UnreadableChartError,
    unread_names,
)


def read_charts(ink: Ink) -> list[Chart]:
    """Return what the charts of a figure tell, one for each of its plots.

    Raises UnreadableChartError where none can be read for sure.
    """
    upright = find_scales(ink, 1)
    legend = find_legend(ink, taken_by(upright, find_scales(ink, 0)))
    upright = not_of_values(upright, find_bars(ink, legend.samples, []), ink.em)
    charts, reasons = [], []
    plots = _divided(ink, upright, legend)
    for plot in plots:
        try:
            title = title_above(plot) if len(plots) > 1 else ""
            chart = _read(plot, legend, upright if plot is ink else None)
            names = [] if chart.kind == "pie chart" else [name for _, name in legend.names]
            warnings = [*chart.warnings, *unread_names(chart, names)]
            charts.append(replace(chart, title=title, warnings=warnings))
        except UnreadableChartError as error:
            reasons.append(error)
    if reasons and not charts:
        raise next((one for one in reasons if not isinstance(one, NoChartError)), reasons[0])
    if any(not isinstance(one, NoChartError) for one in reasons):
        unread = "another plot beside it was not read"
        charts = [replace(chart, warnings=[*chart.warnings, unread]) for chart in charts]
    return charts


def _read(ink: Ink, legend: Legend, known: Sequence[Scale] | None) -> Chart:
    """Read one plot; `known` are its upright scales where they have been found."""
    bars = find_bars(ink, legend.samples, [])
    upright = not_of_values(find_scales(ink, 1), bars, ink.em) if known is None else known
    level = not_of_values(find_scales(ink, 0), bars, ink.em)
    if has_lost_factor(ink, [*upright, *level]):
        raise UnreadableChartError("a factor is printed that belongs to none of its axes")
    wedges = find_wedges(ink, legend.samples)
    if wedges is not None:
        return pie_chart(ink, wedges, legend)
    bars = find_bars(ink, legend.samples, [*upright[:1], *level[:1]])
    if bars is not None:
        return bar_chart(ink, bars, legend, [*upright, *level])
    are_two = any(abs(scale.slope / upright[0].slope - 1) > MAX_OFF for scale in upright)
    if not upright or are_two:
        whole = around([stroke.box for stroke in ink.strokes] or [(0.0, 0.0, 0.0, 0.0)])
        lines = find_lines(ink, legend.samples, whole)
        if printed := printed_at(lines, unused(ink, legend.labels), ink):
            bare = replace(ink, labels=unused(ink, printed.labels))
            level = find_scales(bare, 0)
            across = level[0] if level else None
            return line_chart(bare, lines, legend, printed.scale, across, printed=printed)
    if not upright:
        kind = UnreadableChartError if _runs_over_years(ink, level) else NoChartError
        raise kind("it has no axis of numbers that fit where they stand")
    if len(upright) > 1 and abs(upright[1].slope / upright[0].slope - 1) > MAX_OFF:
        raise UnreadableChartError("it has two scales, and its lines may be of either")
    return _plotted(ink, legend, upright[0], level[0] if level else None)


def _runs_over_years(ink: Ink, level: Sequence[Scale]) -> bool:
    """Whether a line or an area runs along a row of years or days: drawings have none."""
    rows = [s for s in level if s.kind == "date" or all(YEAR.fullmatch(x.text) for x in s.labels)]
    return any(
        size_of(thing.box)[0] > 0.5 * (row.ends[1] - row.ends[0])
        and holds((row.ends[0], 0.0, row.ends[1], row.box[1]), middle_of(thing.box))
        and _is_curve(thing)
        for row in rows
        for thing in ink.drawn
    )


def _is_curve(thing: Stroke | Fill) -> bool:
    """Whether something may be a line or an area of data: no rule, and no box."""
    if isinstance(thing, Stroke):
        return len(thing.points) > 2 and not thing.is_closed
    return len(thing.points) > 5 and not (thing.is_rectangle or thing.is_white)


def _plotted(ink: Ink, legend: Legend, upright: Scale, level: Scale | None) -> Chart:
    """Return a chart whose marks stand at the heights of a scale."""
    plot = _plot(ink, upright)
    lines = find_lines(ink, legend.samples, plot)
    if upright.is_off(ink.em):
        kind = UnreadableChartError if lines else NoChartError
        raise kind("its tick labels do not fit a scale")
    areas = find_areas(ink, legend.samples, plot, upright)
    if areas or lines:
        return line_chart(ink, areas or lines, legend, upright, level)
    if level and level.kind == "linear" and (dots := _find_dots(ink, legend.samples, plot)):
        return _dot_chart(ink, dots, legend, upright, level)
    raise NoChartError("it has no marks that are known")


def _plot(ink: Ink, upright: Scale) -> Box:
    """Return the box within the axes: right of the labels, as high as they reach."""
    top, bottom = upright.ends
    step = (bottom - top) / (len(upright.places) - 1)
    x0, _, x1, _ = upright.box
    boxes = [s.box for s in ink.strokes] + [f.box for f in ink.fills if not f.is_white]
    left = min((box[0] for box in boxes), default=x0)
    right = max((box[2] for box in boxes), default=x1)
    is_left = x0 + x1 < left + right
    return (x1 if is_left else left, top - step, right if is_left else x0, bottom + step)


def _divided(ink: Ink, upright: Sequence[Scale], legend: Legend) -> list[Ink]:
    """Return the ink of each plot; all of it where there is one. The legend's is left out."""
    drawn = [thing.box for thing in ink.drawn]
    if not drawn:
        return [ink]
    gone = {id(thing) for thing in (*legend.samples, *legend.labels)}
    whole = around([*drawn, *(label.box for label in ink.labels)])
    plots = []
    for scale in upright:
        box = _box(scale, upright, whole, ink.em)
        strokes = [s for s in ink.strokes if holds(box, middle_of(s.box)) and id(s) not in gone]
        fills = [f for f in ink.fills if holds(box, middle_of(f.box)) and id(f) not in gone]
        labels = [x for x in ink.labels if holds(box, x.middle) and id(x) not in gone]
        has_bars = sum(not fill.is_white for fill in fills) > 1
        if has_bars or any(_is_curve(stroke) for stroke in strokes):  # more than rules
            plots.append(Ink(strokes=strokes, fills=fills, labels=labels, blur=ink.blur))
    return plots if len(plots) > 1 else [ink]


def _box(scale: Scale, scales: Sequence[Scale], whole: Box, em: float) -> Box:
    """Return the box of the plot whose axis stands at its left: as far as the next ones."""
    x0, y0, x1, y1 = scale.box
    others = [other.box for other in scales]
    beside = [b for b in others if min(b[3], y1) - max(b[1], y0) > 0.5 * (b[3] - b[1])]
    column = [b for b in others if b[0] < x1 and x0 < b[2]]
    right = [b[0] for b in beside if b[0] > x1 + em]
    below = [b[1] for b in column if b[1] > y1]
    above = [b[3] for b in column if b[3] < y0]
    top = (max(above) + 2 * y0) / 3 if above else whole[1]
    bottom = (2 * min(below) + y1) / 3 if below else whole[3]
    return (x0 - 2.5 * em, top, min(right) - 0.2 * em if right else whole[2], bottom)


def _find_dots(ink: Ink, taken: Sequence[Stroke | Fill], plot: Box) -> list[Fill]:
    """Return the marks of a scatter plot, from the left; none where it is something else."""
    gone = set(map(id, taken))
    small = [
        f
        for f in ink.fills
        if id(f) not in gone
        and not (f.is_white or f.is_rectangle)
        and max(size_of(f.box)) < 1.5 * ink.em
        and holds(plot, middle_of(f.box))
    ]
    size = median(size_of(f.box)[0] for f in small) if small else 0.0
    found = [f for f in small if all(abs(side - size) < 0.2 * size for side in size_of(f.box))]
    return sorted(found, key=lambda one: middle_of(one.box)) if 5 <= len(found) <= 400 else []


def _dot_chart(
    ink: Ink, dots: Sequence[Fill], legend: Legend, upright: Scale, level: Scale
) -> Chart:
    """Return pairs of values, with the name of their series where there are several."""
    plot, least = around([dot.box for dot in dots]), ink.min_off
    grid = [[axis_title(ink, 0, plot) or "x", axis_title(ink, 1, plot) or "y"]]
    for dot in dots:
        places = zip((level, upright), middle_of(dot.box), strict=True)
        row = [
            written(scale.value(at), within=scale.within(at, least=least), like=scale.like)
            for scale, at in places
        ]
        grid.append(row)
    if len(distinct(dot.colour for dot in dots)) > 1:
        names = [legend.name(dot.colour) for dot in dots]
        if not all(names):
            raise UnreadableChartError(SERIES_UNNAMED, lacking="names")
        grid = [[name, *row] for name, row in zip(["Series", *names], grid, strict=True)]
    return Chart(kind="scatter plot", grid=grid, within=upright.within_text(least=least))
