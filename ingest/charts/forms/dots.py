"""Scatter plots: small marks of one size, each a pair of values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.charts.categories import axis_title
from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Ink,
    Point,
    Stroke,
    alike,
    around,
    holds,
    middle_of,
    near,
    size_of,
)
from ingest.charts.legend import Legend
from ingest.charts.lines import DrawnLine
from ingest.charts.numbers import written
from ingest.charts.scale import Scale
from ingest.charts.table import (
    SERIES_UNNAMED,
    Chart,
    LostWordsError,
    UnreadableChartError,
)

_LARGEST_EM: Final = 1.5
_LEAST: Final = 5
_MOST: Final = 400


@dataclass(frozen=True, kw_only=True)
class Dot:
    """The middle of a mark, and its colour."""

    colour: Colour
    at: Point


def find_dots(
    ink: Ink, taken: Sequence[Stroke | Fill], plot: Box, lines: Sequence[DrawnLine]
) -> list[Dot]:
    """Return the marks of a scatter plot; none where they only mark the points of lines."""
    gone = set(map(id, taken))
    marks: list[Stroke | Fill] = [f for f in ink.fills if not f.is_white or f.outlined]
    marks += [stroke for stroke in ink.strokes if stroke.is_closed]
    small = [m for m in marks if id(m) not in gone and max(size_of(m.box)) < _LARGEST_EM * ink.em]
    inside = [m for m in small if holds(plot, middle_of(m.box)) and min(size_of(m.box)) > 0.8]
    if len(inside) > 4 * _MOST:
        return []
    sizes = Counter(_half(m.box) for m in inside)
    found = [m for m in inside if _about(sizes, _half(m.box)) >= _LEAST]
    dots = list(
        {
            (m.colour, *map(_tenths, middle_of(m.box))): Dot(colour=m.colour, at=middle_of(m.box))
            for m in found
        }.values()
    )
    points = [point for line in lines for point in line.points]
    on_lines = sum(any(near(dot.at, point, by=0.25 * ink.em) for point in points) for dot in dots)
    return [] if len(dots) < _LEAST or on_lines > 0.5 * len(dots) else dots


def _tenths(value: float) -> int:
    return round(10 * value)


def _half(box: Box) -> tuple[int, int]:
    """Return the size of a box in halves."""
    width, height = size_of(box)
    return round(2 * width), round(2 * height)


def _about(sizes: Counter[tuple[int, int]], size: tuple[int, int]) -> int:
    """Count the marks of about a size."""
    return sum(sizes[size[0] + a, size[1] + b] for a in (-1, 0, 1) for b in (-1, 0, 1))


def dot_chart(
    ink: Ink, dots: Sequence[Dot], legend: Legend, upright: Scale, level: Scale | None
) -> Chart:
    """Return pairs of values, with the name of their series. Raises UnreadableChartError."""
    if level is None:
        raise UnreadableChartError("it has marks, but one of its axes has no scale")
    if len(dots) > _MOST:
        raise UnreadableChartError("it has too many marks to be a table")
    colours: list[Colour] = []
    for dot in dots:
        if not any(alike(dot.colour, one) for one in colours):
            colours.append(dot.colour)
    names = [legend.name(colour) or f"Series {n}" for n, colour in enumerate(colours, 1)]
    if len(colours) > 1 and any(name.startswith("Series ") for name in names):
        raise LostWordsError(SERIES_UNNAMED)
    marks = around([(*dot.at, *dot.at) for dot in dots])
    head = [axis_title(ink, 0, marks) or "x", axis_title(ink, 1, marks) or "y"]
    rows = []
    for dot in sorted(dots, key=lambda one: one.at[0]):
        pair = [
            _written(s, at, ink.least_off) for s, at in ((level, dot.at[0]), (upright, dot.at[1]))
        ]
        name = next(n for n, one in zip(names, colours, strict=True) if alike(one, dot.colour))
        rows.append([name, *pair] if len(colours) > 1 else pair)
    within = upright.within(upright.ends[0], least=ink.least_off)
    return Chart(
        kind="scatter plot",
        grid=[["Series", *head] if len(colours) > 1 else head, *rows],
        within=written(within, within=within / 10, like=upright.like),
    )


def _written(scale: Scale, at: float, least: float) -> str:
    return written(scale.value(at), within=scale.within(at, least=least), like=scale.like)
