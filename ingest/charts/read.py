"""One chart read: axes, legend, marks, and the table that they make.

Whatever can't be trusted is not told: a reading fails with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.charts.axes import Scale, find_scales
from ingest.charts.barchart import bar_chart
from ingest.charts.bars import find_bars
from ingest.charts.ink import Box, Ink, Label
from ingest.charts.legend import Legend, find_legend
from ingest.charts.linechart import line_chart
from ingest.charts.lines import find_lines
from ingest.charts.table import Chart, UnreadableChartError


def read_chart(ink: Ink) -> Chart:
    """Return what a chart tells. Raises UnreadableChartError where it can't be read for sure."""
    upright, level = find_scales(ink, 1), find_scales(ink, 0)
    scales = [*upright[:1], *level[:1]]
    taken = [label for scale in scales for label in scale.labels]
    legend = find_legend(ink, taken)
    bars = find_bars(ink, legend.samples, scales)
    if bars is not None:
        return bar_chart(ink, bars, legend, scales)
    if not upright:
        raise UnreadableChartError("it has no axis of numbers that fit where they stand")
    plot = _plot(ink, upright[0], level[0] if level else None)
    lines = find_lines(ink, legend.samples, plot)
    if lines:
        return line_chart(ink, lines, legend, upright[0], level[0] if level else None)
    raise UnreadableChartError("it has no marks that are known")


def _plot(ink: Ink, upright: Scale, level: Scale | None) -> Box:
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
