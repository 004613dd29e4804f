"""Pies and rings: wedges around one middle, told by their areas."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.charts.ink import Fill, Ink, Label, Point, Stroke, around
from ingest.charts.legend import Legend
from ingest.charts.numbers import amount
from ingest.charts.table import Chart, Series, UnreadableChartError, chart_of

_ROUND: Final = 0.03
_PRINTED: Final = re.compile(
    r"(?P<name>(?:.*[^\s:,(])?)[\s:,(]*+(?<!\d)(?<!\d[.,])(?P<share>\d{1,3}(?:[.,]\d+)?\s?%)\)?"
)
_FIRST: Final = re.compile(r"(?P<share>\d{1,3}(?:[.,]\d+)?\s?%)[\s:,]*(?P<name>.*)")


@dataclass(frozen=True, kw_only=True)
class Wedges:
    """Wedges around `middle`, to `radius`."""

    middle: Point
    radius: float
    fills: tuple[Fill, ...]


def find_wedges(ink: Ink, taken: Sequence[Stroke | Fill]) -> Wedges | None:
    """Return the wedges of a pie that is whole; None where there is none."""
    gone = set(map(id, taken))
    fills = [f for f in ink.fills if id(f) not in gone and not f.is_white and len(f.points) > 4]
    fills = [f for f in fills if not f.is_rectangle]
    if len(fills) < 2:
        return None
    x0, y0, x1, y1 = around([f.box for f in fills])
    width, height = x1 - x0, y1 - y0
    if min(width, height) < 4 * ink.em or abs(width - height) > _ROUND * width:
        return None
    middle, radius = ((x0 + x1) / 2, (y0 + y1) / 2), (width + height) / 4
    reach = [[math.dist(point, middle) for point in fill.points] for fill in fills]
    if any(not 0.97 * radius < max(far) < 1.02 * radius for far in reach):
        return None
    hole = min(map(min, reach))
    whole = math.pi * (radius**2 - (hole**2 if hole > 0.15 * radius else 0.0))
    if abs(sum(fill.area for fill in fills) - whole) > _ROUND * whole:
        return None
    return Wedges(middle=middle, radius=radius, fills=tuple(fills))


def pie_chart(ink: Ink, wedges: Wedges, legend: Legend) -> Chart:
    """Return the shares of a pie by name. Raises UnreadableChartError."""
    whole = sum(fill.area for fill in wedges.fills)
    shares = [100 * fill.area / whole for fill in wedges.fills]
    labels = [x for x in ink.labels if x not in legend.labels and not x.angle]
    by_wedge = _labels(labels, wedges, ink.em)
    names = _names(by_wedge, wedges, legend, ink.em)
    texts = [_divided(" ".join(label.text for label in lines))[1] for lines in by_wedge]
    printed = [found.value for text in texts if (found := amount(text))]
    are_printed = len(printed) == len(shares)
    if are_printed and abs(sum(printed) - 100) > 2:
        raise UnreadableChartError("the shares that are printed are not 100 % together")
    are_printed &= all(abs(a - b) < 1.6 for a, b in zip(printed, shares, strict=False))  # rounded
    values = texts if are_printed else [f"{share:.1f}%" for share in shares]
    if len(set(names)) < len(names):
        raise UnreadableChartError("two of its wedges have the same name")
    others = [_divided(name)[0] for _, name in legend.names]
    lacking = [name for name in others if name not in names]
    off = max(0.2, 100 * ink.blur / (math.pi * wedges.radius))  # an edge of pixels lies beside it
    shown = Series(name="Share", values=dict(zip(names, values, strict=True)))
    within = "" if are_printed else f"{off:.1f}%"
    warnings = [f"{', '.join(lacking)} was not read"] if 0 < len(lacking) < len(others) else []
    return chart_of("pie chart", "", [shown], within=within, warnings=warnings)


def _names(
    by_wedge: Sequence[Sequence[Label]], wedges: Wedges, legend: Legend, em: float
) -> list[str]:
    """Return the name of each wedge: by the legend's colour, else what stands at it."""
    named = [legend.name(fill.colour) for fill in wedges.fills]
    if all(named):
        return [_divided(name)[0] for name in named]
    names = [_divided(" ".join(label.text for label in lines))[0] for lines in by_wedge]
    if not all(names):
        raise UnreadableChartError("names of its wedges were not found", lacking="names")
    for lines in by_wedge:
        boxes = [label.box for label in lines if amount(label.text) is None]
        if any(after[1] - before[3] > em for before, after in pairwise(boxes)):
            raise UnreadableChartError("several names stand at one of its wedges")
    return names


def _divided(text: str) -> tuple[str, str]:
    """Return a name and the share that is printed with it; "" for none."""
    found = _PRINTED.fullmatch(text) or _FIRST.fullmatch(text)
    return (found["name"].strip(), found["share"]) if found else (text, "")


def _labels(labels: Sequence[Label], wedges: Wedges, em: float) -> list[list[Label]]:
    """Return the labels of each wedge, from the top: those nearest to its arc, or in it."""
    found: list[list[Label]] = [[] for _ in wedges.fills]
    for label in sorted(labels, key=lambda one: (one.box[1], one.box[0])):
        gaps = [_gap(label, fill, wedges) for fill in wedges.fills]
        if min(gaps) < 2 * em:
            found[gaps.index(min(gaps))].append(label)
    return found


def _gap(label: Label, fill: Fill, wedges: Wedges) -> float:
    """Return how far a label stands from a wedge: none where its middle lies in it."""
    if _is_in(label.middle, fill.points):
        return 0.0
    if math.dist(label.middle, wedges.middle) < wedges.radius:
        return math.inf
    cx, cy = _centre(fill)
    angle = math.atan2(cy - wedges.middle[1], cx - wedges.middle[0])
    x = wedges.middle[0] + 1.08 * wedges.radius * math.cos(angle)
    y = wedges.middle[1] + 1.08 * wedges.radius * math.sin(angle)
    across = max(label.box[0] - x, 0.0, x - label.box[2])
    down = max(label.box[1] - y, 0.0, y - label.box[3])
    return math.hypot(across, down)


def _centre(fill: Fill) -> Point:
    """Return the centre of gravity of a polygon."""
    total = x = y = 0.0
    turned = (*fill.points[1:], fill.points[0])
    for (ax, ay), (bx, by) in zip(fill.points, turned, strict=True):
        cross = ax * by - bx * ay
        total, x, y = total + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    if abs(total) < 1e-9:
        return fill.points[0]
    return x / (3 * total), y / (3 * total)


def _is_in(point: Point, polygon: Sequence[Point]) -> bool:
    """Whether a point lies in a polygon (crossings of a ray to the right)."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside
