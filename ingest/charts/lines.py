"""Lines through points: strokes of one colour joined; the sides of areas; the values at points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from ingest.charts.axes import Scale
from ingest.charts.ink import Box, Colour, Fill, Ink, Point, Stroke, alike, box_of, near, size_of


@dataclass(frozen=True, kw_only=True)
class DrawnLine:
    """Points from the left, no two above each other; `below` is the lower side of an area."""

    colour: Colour
    points: tuple[Point, ...]
    below: DrawnLine | None = None

    @property
    def box(self) -> Box:
        return box_of(self.points)

    def at(self, x: float) -> float | None:
        """Return the height of the line at a place; None beyond its ends."""
        xs, ys = zip(*self.points, strict=True)
        if not xs[0] - 1 <= x <= xs[-1] + 1:  # points of lines differ by that
            return None
        return float(np.interp(x, xs, ys))

    def value(self, x: float, scale: Scale) -> float | None:
        """Return the value at a place; of an area, that between its two sides."""
        y, below = self.at(x), self.below.at(x) if self.below else None
        value = None if y is None else scale.value(y)
        return value if value is None or below is None else value - scale.value(below)


def find_lines(ink: Ink, taken: Sequence[Stroke | Fill], plot: Box) -> list[DrawnLine]:
    """Return the lines in a plot, from the left. `taken` are the legend's samples."""
    gone = set(map(id, taken))
    strokes = [s for s in ink.strokes if id(s) not in gone and not s.is_closed]
    strokes = [s for s in strokes if _is_in(s.box, plot, ink.em) and not _is_rule(s, plot)]
    runs = _joined(strokes, ink.em)
    return _connected([line for run in runs if (line := _line(run, plot, ink.em))])[:40]


def _is_in(box: Box, plot: Box, em: float) -> bool:
    across = box[0] > plot[0] - em and box[2] < plot[2] + em
    return across and box[1] > plot[1] - 2 * em and box[3] < plot[3] + 2 * em


def _is_rule(stroke: Stroke, plot: Box) -> bool:
    """Whether a stroke is an axis, a tick or a line of the grid."""
    across = stroke.is_level and size_of(stroke.box)[0] > 0.6 * (plot[2] - plot[0])
    return len(stroke.points) == 2 and (stroke.is_upright or across)


def _joined(strokes: Sequence[Stroke], em: float) -> list[Stroke]:
    """Join strokes drawn piece by piece, to either side, and runs of them where one alone fits."""
    joined: list[Stroke] = []
    for stroke in map(_rightwards, strokes):
        last = joined[-1] if joined else stroke
        if joined and _follows(last, stroke, em):
            joined[-1] = replace(last, points=(*last.points, *stroke.points[1:]))
        elif joined and _follows(stroke, last, em):
            joined[-1] = replace(last, points=(*stroke.points, *last.points[1:]))
        else:
            joined.append(stroke)
    if len(joined) >= 2000:
        return joined
    left = sorted(joined, key=lambda run: run.points[0][0])
    runs: list[Stroke] = []
    while left:
        run = left.pop(0)
        while len(after := [n for n, x in enumerate(left) if _follows(run, x, em)]) == 1:
            run = replace(run, points=(*run.points, *left.pop(after[0]).points[1:]))
        runs.append(run)
    return runs


def _follows(run: Stroke, other: Stroke, em: float) -> bool:
    """Whether a stroke of the same colour and width begins where one ends."""
    return (
        near(run.points[-1], other.points[0], by=0.1 * em)
        and alike(run.colour, other.colour)
        and abs(run.width - other.width) < 0.1
    )


def _rightwards(stroke: Stroke) -> Stroke:
    if stroke.points[0][0] <= stroke.points[-1][0]:
        return stroke
    return replace(stroke, points=stroke.points[::-1])


def _line(stroke: Stroke, plot: Box, em: float) -> DrawnLine | None:
    """Return a stroke as a line of data: it runs to one side, and is no rule of the plot."""
    kept: list[Point] = []
    for point in _rightwards(stroke).points:
        if kept and abs(point[0] - kept[-1][0]) < 0.02 * em:
            kept[-1] = point
        else:
            kept.append(point)
    if any(b[0] < a[0] for a, b in pairwise(kept)):
        return None
    kept = _without_marks(kept, em)
    width, height = size_of(box_of(kept))
    is_rule = (height < 0.05 * em and len(kept) < 4) or _is_straight(kept, 0.03 * em)
    if len(kept) < 2 or is_rule or width < 0.12 * (plot[2] - plot[0]):
        return None
    return DrawnLine(colour=stroke.colour, points=tuple(kept))


def _without_marks(points: list[Point], em: float) -> list[Point]:
    """Return points without a short piece at either end: a stroke of the mark that stands there."""
    if len(points) < 5:
        return points
    steps = [b[0] - a[0] for a, b in pairwise(points)]
    short = min(0.28 * em, 0.3 * median(steps))  # half of a mark is no wider
    return points[steps[0] < short : len(points) - (steps[-1] < short)]


def _is_straight(points: Sequence[Point], off: float) -> bool:
    """Whether many points lie on one slanting line: a drawn one, or a trend, but no data."""
    (ax, ay), (bx, by) = points[0], points[-1]
    rise = (by - ay) / max(bx - ax, 1e-9)
    is_slanting = len(points) > 6 and abs(by - ay) > off
    return is_slanting and all(abs(ay + rise * (x - ax) - y) < off for x, y in points)


def _connected(lines: Sequence[DrawnLine]) -> list[DrawnLine]:
    """Join parts of a line that stand after each other: a gap is left where values lack."""
    joined: list[DrawnLine] = []
    for line in sorted(lines, key=lambda one: one.points[0][0]):
        for n, other in enumerate(joined):
            if alike(line.colour, other.colour) and other.points[-1][0] <= line.points[0][0]:
                joined[n] = DrawnLine(colour=line.colour, points=(*other.points, *line.points))
                break
        else:
            joined.append(line)
    return joined


def find_areas(
    ink: Ink, taken: Sequence[Stroke | Fill], plot: Box, scale: Scale
) -> list[DrawnLine]:
    """Return the upper sides of areas, the lowest area first; none where they do not stand on zero.

    A band around a line is none.
    """
    gone = set(map(id, taken))
    fills = [f for f in ink.fills if id(f) not in gone and _is_area(f, plot)]
    areas = [area for fill in fills if (area := _sides(fill))]
    areas.sort(key=lambda area: -sum(y for _, y in area.points) / len(area.points))
    if not areas or areas[0].below is None or scale.kind != "linear":
        return []
    zero = scale.place(0.0)
    stands = all(abs(y - zero) < 0.3 * ink.em for _, y in areas[0].below.points)
    return areas if stands and _are_stacked(areas, zero, ink.em) else []


def _is_area(fill: Fill, plot: Box) -> bool:
    is_shape = 4 < len(fill.points) < 1500 and not fill.is_rectangle and not fill.is_white
    return is_shape and size_of(fill.box)[0] > 0.5 * (plot[2] - plot[0])


def _sides(fill: Fill) -> DrawnLine | None:
    """Return the upper side of a shape with its lower; None where a side turns back."""
    points = list(fill.points)
    left = min(range(len(points)), key=lambda n: points[n][0])
    turned = points[left:] + points[:left]
    right = max(range(len(turned)), key=lambda n: turned[n][0])
    one, other = _chain(turned[: right + 1]), _chain([turned[0], *turned[:right:-1], turned[right]])
    if one is None or other is None:
        return None
    upper, lower = sorted((one, other), key=lambda side: sum(y for _, y in side) / len(side))
    below = DrawnLine(colour=fill.colour, points=lower)
    return DrawnLine(colour=fill.colour, points=upper, below=below)


def _chain(points: Sequence[Point]) -> tuple[Point, ...] | None:
    """Return points from the left; of those above each other, at the ends, the inner ones."""
    kept: list[Point] = []
    for point in points:
        if not kept or abs(point[0] - kept[-1][0]) >= 0.05:
            kept.append(point)
        elif len(kept) == 1:
            kept[0] = point
    rises = all(b[0] > a[0] for a, b in pairwise(kept))
    return tuple(kept) if rises and len(kept) > 1 else None


def _are_stacked(areas: Sequence[DrawnLine], zero: float, em: float) -> bool:
    """Whether each area stands on the one before it, or all stand on zero."""
    return all(
        under is None or min(abs(under - y), abs(zero - y)) <= 0.4 * em
        for last, area in pairwise(areas)
        for x, y in (area.below or area).points
        for under in [last.at(x)]
    )
