"""A line chart as series by the places of its points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final

import numpy as np

from ingest.charts.axes import Scale, agreeing, are_firsts, scale_through
from ingest.charts.categories import axis_title, blocks_of, names_at, names_left, unused
from ingest.charts.ink import Box, Ink, Label, Point, around, holds, hue_of, off_by, paired
from ingest.charts.legend import Legend
from ingest.charts.lines import DrawnLine
from ingest.charts.numbers import Amount, amount, first_of_month, written, written_day
from ingest.charts.table import NO_TITLE, Chart, Kind, Series, UnreadableChartError, chart_of
from ingest.layout.layout import grouped

_MAX_ROWS: Final = 60
_NEAR_EM: Final = 0.2
_FAR_EM: Final = 4.0
"""A name stands no further from its line."""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """Labels that are values of points; the scale that they tell, and texts of those that fit."""

    scale: Scale
    labels: tuple[Label, ...]
    texts: dict[tuple[int, int], str]


def printed_at(lines: Sequence[DrawnLine], labels: Sequence[Label], ink: Ink) -> Printed | None:
    """Return the values at the points of lines; None where they are few, or tell no scale.

    Many charts have no axis of numbers, or one of two, and print a value at each point or most.
    Where nearly all of these lie on one scale, it is trusted: other points are read by it.
    """
    points = list({_key(point): point for line in lines for point in line.points}.values())
    numbers = [x for x in labels if not x.angle and amount(x.text) is not None]
    pairs = paired(points, numbers, lambda point, label: _gap(point, label.box, ink.em))
    if len(pairs) < 4:
        return None
    at = np.array([point[1] for point, _ in pairs])
    values = np.array([found.value for _, label in pairs if (found := amount(label.text))])
    chosen = agreeing(at, values, 0.2 * ink.em)
    if chosen is None or chosen.sum() < max(4, 0.8 * len(pairs)):
        return None
    on = [pairs[n] for n in np.flatnonzero(chosen).tolist()]
    scale = scale_through(tuple(label for _, label in on), values[chosen], at[chosen], 1)
    if scale is None or scale.slope > 0:  # values grow upwards, y downwards
        return None
    texts = {_key(point): label.text for point, label in on}
    return Printed(scale=scale, labels=tuple(label for _, label in pairs), texts=texts)


def _gap(point: Point, box: Box, em: float) -> float | None:
    """Return how far a value stands from a point; None where it is not at it."""
    x, y = point
    aside = max(box[0] - x, x - box[2], 0.0)
    away = max(box[1] - y, y - box[3], 0.0)
    if aside > 1.2 * em or away > 1.5 * em:
        return None
    return float(np.hypot(aside + 0.3 * abs((box[0] + box[2]) / 2 - x), away))


def _key(point: Point) -> tuple[int, int]:
    return round(2 * point[0]), round(2 * point[1])


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
    is_area, box = lines[0].below is not None, around([line.box for line in lines])
    # of pixels, a line or a mark of an area's colour is drawn over its side
    least = ink.min_off * (2 if is_area and ink.blur else 1)
    labels = unused(ink, scale.labels, legend.labels)
    free = [x for x in labels if x.text not in names]
    below = [x.box[1] for x in ink.labels if x.text in names and x.middle[1] > box[3]]
    floor = min(below, default=inf) if level is None else level.box[1]
    called = _names_of(ink, lines, legend, free, floor=floor)
    title = axis_title(ink, 1, box)
    if called == [""]:
        called = [title or NO_TITLE]
    series = []
    for number, (line, called_so) in enumerate(zip(lines, called, strict=True), 1):
        values = {}
        for row, at in zip(names, places, strict=True):
            point = min(line.points, key=lambda point: abs(point[0] - at))
            has_point = abs(point[0] - at) <= _NEAR_EM * ink.em
            value = line.value(at, scale)
            if value is None or (ink.blur and not has_point):  # another lies over it
                continue
            told = printed.texts.get(_key(point)) if printed and has_point else None
            off = scale.within(scale.place(value), least=least)
            values[row] = told or written(value, within=off, like=scale.like)
        series.append(Series(name=called_so or f"Series {number}", values=values))
    left, within = names_left(names, labels, ink.em), scale.within_text(least=least)
    kind: Kind = "area chart" if is_area else "line chart"
    return chart_of(kind, axis_title(ink, 0, box), series, order=names, left=left, within=within)


def _rows(
    ink: Ink, lines: Sequence[DrawnLine], legend: Legend, scale: Scale, level: Scale | None
) -> tuple[list[float], list[str]]:
    """Return where the rows of the table stand, and their names."""
    xs = sorted(x for line in lines for x, _ in line.points)
    places = [own[0] for own in grouped(xs, lambda own, x: x - own[0] <= 0.1 * ink.em)]
    box = around([line.box for line in lines])
    box = (box[0], min(box[1], scale.ends[0]), box[2], max(box[3], scale.ends[1]))
    if len(lines) > 1 and not lines[0].below and not _share_places(lines, places, ink.em):
        raise UnreadableChartError("its lines have their points at different places")
    if len(places) <= _MAX_ROWS and (level is None or not level.shifted):
        labels = unused(ink, scale.labels, legend.labels)
        names = names_at(places, labels, marks=box, along=1, em=ink.em)
        if names and all(names) and len(set(names)) == len(names):
            return places, names
    if level is None:
        raise UnreadableChartError("places along its lines have no names", lacking="names")
    if len(places) > _MAX_ROWS:
        places = [p for p in sorted(level.places) if box[0] - 1 <= p <= box[2] + 1]
    names = _written_xs(level, places, ink.min_off)
    if len(set(names)) < len(names):
        raise UnreadableChartError("points of its lines are too close to each other")
    return places, names


def _share_places(lines: Sequence[DrawnLine], places: Sequence[float], em: float) -> bool:
    """Whether most lines have a point at most places: lines of a drawing do not."""
    own = [
        sum(any(abs(x - at) < _NEAR_EM * em for x, _ in line.points) for at in places)
        for line in lines
    ]
    return len(places) > _MAX_ROWS or sum(own) > 0.6 * len(places) * len(lines)


def _written_xs(scale: Scale, places: Sequence[float], least: float) -> list[str]:
    """Write places as values: whole ones where all are."""
    values = [scale.value(at) for at in places]
    if scale.kind == "date":
        return _days(scale, values)
    off = [scale.within(at, least=least) for at in places]
    like = scale.like or Amount(value=0.0)
    are_whole = all(
        abs(v - round(v)) < 2 * by and (abs(v) > 0.5 or abs(v) < by)
        for v, by in zip(values, off, strict=True)
    )
    tick = 0.004 * scale.span / (len(scale.places) - 1)
    return [
        written(round(v), within=1.0, like=like)
        if are_whole or (abs(v) > 1 and abs(v - round(v)) < tick)
        else written(v, within=by, like=like)
        for v, by in zip(values, off, strict=True)
    ]


def _days(scale: Scale, values: Sequence[float]) -> list[str]:
    """Write days; first ones of months where all are near such and the scale's labels are."""
    firsts = [first_of_month(value) for value in values]
    are_months = all(abs(b - a - 30) < 4 for a, b in pairwise(values))
    off = max(abs(a - b) for a, b in zip(firsts, values, strict=True))
    is_near = off < (12 if are_months else 7)
    return [written_day(day) for day in (firsts if is_near and are_firsts(scale) else values)]


def _names_of(
    ink: Ink, lines: Sequence[DrawnLine], legend: Legend, labels: Sequence[Label], *, floor: float
) -> list[str]:
    """Return the name of each line, "" for one without: the legend's, or what stands at it.

    `labels` are of no axis or legend. Names stand above the `floor`: what names the places.
    """
    named = [legend.name(line.colour) for line in lines]
    if all(named):
        return named
    ends = [_at_end(ink, line, lines) for line in lines]
    if any(ends) or any(named):
        return [name or end for name, end in zip(named, ends, strict=True)]
    x0, y0, x1, y1 = around([line.box for line in lines])
    room = (x0, y0 - 3 * ink.em, x1, min(y1 + _FAR_EM * ink.em, floor))
    near = [
        x  # what stands above all lines and reaches over much of them is a title
        for x in labels
        if holds(room, x.middle) and not (x.box[3] < y0 and x.box[2] - x.box[0] > 0.4 * (x1 - x0))
    ]
    em = ink.em
    words = [x for x in near if x.tint and hue_of(x.tint) > 40 and amount(x.text) is None]
    tinted = _nearest(lines, words, em, _off_colour, most=48, clear=0)
    words = [x for x in near if not (x.angle or all(map(amount, x.text.split())))]
    beside = _nearest(lines, words, em, _distance, most=_FAR_EM * em, clear=0.2 * em)
    return tinted if any(tinted) else beside if all(beside) else named


def _at_end(ink: Ink, line: DrawnLine, lines: Sequence[DrawnLine]) -> str:
    x, y = line.points[-1]
    near = [
        (abs(label.middle[1] - y), label.text)
        for label in ink.labels
        if -0.2 * ink.em < label.box[0] - x < 2 * ink.em
        and label.box[1] - 0.3 * ink.em < y < label.box[3] + 0.3 * ink.em
        and amount(label.text) is None
    ]
    ends = [other.points[-1] for other in lines if other is not line]
    if any(abs(x - ox) < ink.em and abs(y - oy) < 0.8 * ink.em for ox, oy in ends):
        return ""
    words = min(near)[1].split() if near else []
    return " ".join(word for word in words if amount(word) is None)


def _nearest(
    lines: Sequence[DrawnLine],
    words: Sequence[Label],
    em: float,
    gap: Callable[[Sequence[Label], DrawnLine], float],
    *,
    most: float,
    clear: float,
) -> list[str]:
    """Return the words that are clearly nearest to each line; "" where not some alone are."""
    names: list[list[str]] = [[] for _ in lines]
    for block in blocks_of(words, em):
        gaps = [gap(block, line) for line in lines]
        first, second = [*sorted(gaps), inf][:2]
        if first < most and second > 1.5 * first + clear:
            names[gaps.index(first)].append(" ".join(label.text for label in block))
    return [own[0] if len(own) == 1 else "" for own in names]


def _off_colour(block: Sequence[Label], line: DrawnLine) -> float:
    """Return how far the colour of letters is from a line's: thin ones tell it not exactly."""
    return off_by(block[0].tint or line.colour, line.colour)


def _distance(block: Sequence[Label], line: DrawnLine) -> float:
    """Return how far a line is from words, above them or below; infinite beside its ends."""
    x0, y0, x1, y1 = around([label.box for label in block])
    ys = [y for x in np.linspace(x0, x1, 9) if (y := line.at(x)) is not None]
    return min((max(y0 - y, y - y1, 0.0) for y in ys), default=inf)
