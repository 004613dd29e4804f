"""Areas: filled shapes as wide as the plot, each with an upper and a lower side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from ingest.charts.ink import Box, Fill, Ink, Point, Stroke
from ingest.charts.lines import DrawnLine
from ingest.charts.scale import Scale

_WIDE: Final = 0.5
_MOST_POINTS: Final = 1500


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
    zero = scale.place(0.0)
    if not areas or areas[0].below is None or scale.kind != "linear":
        return []
    stands = all(abs(y - zero) < 0.3 * ink.em for _, y in areas[0].below.points)
    return areas if stands and _are_stacked(areas, zero, ink.em) else []


def _is_area(fill: Fill, plot: Box) -> bool:
    wide = fill.box[2] - fill.box[0] > _WIDE * (plot[2] - plot[0])
    return (
        wide and not fill.is_rectangle and not fill.is_white and 4 < len(fill.points) < _MOST_POINTS
    )


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
        if kept and abs(point[0] - kept[-1][0]) < 0.05:
            if len(kept) == 1:
                kept[0] = point
            continue
        kept.append(point)
    rises = all(b[0] > a[0] for a, b in pairwise(kept))
    return tuple(kept) if rises and len(kept) > 1 else None


def _are_stacked(areas: Sequence[DrawnLine], zero: float, em: float) -> bool:
    """Whether each area stands on the one before it, or all stand on zero."""
    for last, area in pairwise(areas):
        for x, y in (area.below or area).points:
            under = last.at(x)
            if under is not None and min(abs(under - y), abs(zero - y)) > 0.4 * em:
                return False
    return True
