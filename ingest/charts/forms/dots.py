"""Scatter plots: small round marks of one size, each a pair of values."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

from ingest.charts.categories import axis_title
from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Ink,
    Stroke,
    alike,
    around,
    holds,
    middle_of,
    size_of,
)
from ingest.charts.legend import Legend
from ingest.charts.numbers import written
from ingest.charts.scale import Scale
from ingest.charts.table import SERIES_UNNAMED, Chart, LostWordsError

_LARGEST_EM: Final = 1.5
_MIN_DOTS: Final = 5
_MAX_DOTS: Final = 400
_ALIKE: Final = 0.2
"""How large marks are, how many make a plot, and by how much their sizes differ."""


def find_dots(ink: Ink, taken: Sequence[Stroke | Fill], plot: Box) -> list[Fill]:
    """Return the marks of a scatter plot, from the left; none where it is something else."""
    gone = set(map(id, taken))
    small = [
        f
        for f in ink.fills
        if id(f) not in gone
        and not (f.is_white or f.is_rectangle)
        and max(size_of(f.box)) < _LARGEST_EM * ink.em
        and holds(plot, middle_of(f.box))
    ]
    size = median(size_of(f.box)[0] for f in small) if small else 0.0
    found = [f for f in small if all(abs(side - size) < _ALIKE * size for side in size_of(f.box))]
    is_one = _MIN_DOTS <= len(found) <= _MAX_DOTS
    return sorted(found, key=lambda one: middle_of(one.box)) if is_one else []


def dot_chart(
    ink: Ink, dots: Sequence[Fill], legend: Legend, upright: Scale, level: Scale
) -> Chart:
    """Return pairs of values, with the name of their series where there are several."""
    plot = around([dot.box for dot in dots])
    titles = [axis_title(ink, 0, plot) or "x", axis_title(ink, 1, plot) or "y"]
    rows = [[_at(level, ink, dot.box, 0), _at(upright, ink, dot.box, 1)] for dot in dots]
    colours: list[Colour] = []
    for dot in dots:
        if not any(alike(dot.colour, one) for one in colours):
            colours.append(dot.colour)
    if len(colours) > 1:
        names = [legend.name(dot.colour) for dot in dots]
        if not all(names):
            raise LostWordsError(SERIES_UNNAMED)
        titles, rows = ["Series", *titles], [[n, *row] for n, row in zip(names, rows, strict=True)]
    within = upright.within_text(least=ink.min_off)
    return Chart(kind="scatter plot", grid=[titles, *rows], within=within)


def _at(scale: Scale, ink: Ink, box: Box, along: int) -> str:
    at = middle_of(box)[along]
    return written(scale.value(at), within=scale.within(at, least=ink.min_off), like=scale.like)
