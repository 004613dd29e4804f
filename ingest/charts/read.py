"""One chart read: axes, legend, marks, and the table that they make.

Whatever can't be trusted is not told: a reading fails with the reason.
"""

from __future__ import annotations

from ingest.charts.areas import find_areas
from ingest.charts.axes import MOST_OFF, Scale, find_scales
from ingest.charts.barchart import bar_chart
from ingest.charts.bars import find_bars
from ingest.charts.ink import Box, Ink
from ingest.charts.dots import dot_chart, find_dots
from ingest.charts.legend import Legend, find_legend
from ingest.charts.linechart import line_chart
from ingest.charts.lines import find_lines
from ingest.charts.pies import find_wedges, pie_chart
from ingest.charts.table import Chart, UnreadableChartError


def read_chart(ink: Ink) -> Chart:
    """Return what a chart tells. Raises UnreadableChartError where it can't be read for sure."""
    upright, level = find_scales(ink, 1), find_scales(ink, 0)
    scales = [*upright[:1], *level[:1]]
    taken = [label for scale in scales for label in scale.labels]
    legend = find_legend(ink, taken)
    wedges = find_wedges(ink, legend.samples)
    if wedges is not None:
        return pie_chart(ink, wedges, legend)
    bars = find_bars(ink, legend.samples, scales)
    if bars is not None:
        return bar_chart(ink, bars, legend, scales)
    if not upright:
        raise UnreadableChartError("it has no axis of numbers that fit where they stand")
    return _plotted(ink, legend, upright[0], level[0] if level else None)


def _plotted(ink: Ink, legend: Legend, upright: Scale, level: Scale | None) -> Chart:
    """Return a chart whose marks stand at the heights of a scale."""
    plot = _plot(ink, upright)
    if upright.off > max(0.12 * ink.em, MOST_OFF * abs(upright.ends[1] - upright.ends[0])):
        raise UnreadableChartError("its tick labels do not fit a scale")
    lines = find_lines(ink, legend.samples, plot)
    dots = find_dots(ink, legend.samples, plot, lines)
    if dots:
        return dot_chart(ink, dots, legend, upright, level)
    areas = find_areas(ink, legend.samples, plot, upright)
    if areas or lines:
        return line_chart(ink, areas or lines, legend, upright, level)
    raise UnreadableChartError("it has no marks that are known")


def _plot(ink: Ink, upright: Scale) -> Box:
    """Return the box within the axes: right of the labels, as high as they reach."""
    top, bottom = upright.ends
    step = (bottom - top) / (len(upright.places) - 1)
    labels = upright.box
    boxes = [s.box for s in ink.strokes] + [f.box for f in ink.fills if not f.is_white]
    right = max((box[2] for box in boxes), default=labels[2])
    left = min((box[0] for box in boxes), default=labels[0])
    if (labels[0] + labels[2]) / 2 < (left + right) / 2:
        left = labels[2]
    else:
        right = labels[0]
    return (left, top - step, right, bottom + step)
