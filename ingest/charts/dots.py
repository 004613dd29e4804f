"""Scatter plots: small round marks of one size, each a pair of values."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from ingest.charts.axes import Scale
from ingest.charts.categories import axis_title
from ingest.charts.ink import Box, Fill, Ink, Stroke, around, distinct, holds, middle_of, size_of
from ingest.charts.legend import Legend
from ingest.charts.numbers import written
from ingest.charts.table import SERIES_UNNAMED, Chart, UnreadableChartError


def find_dots(ink: Ink, taken: Sequence[Stroke | Fill], plot: Box) -> list[Fill]:
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


def dot_chart(
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
