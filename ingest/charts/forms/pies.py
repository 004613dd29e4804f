"""Pies and rings: wedges around one middle, told by their areas."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ingest.charts.ink import Fill, Ink, Label, Point, Stroke, around
from ingest.charts.legend import Legend
from ingest.charts.numbers import amount
from ingest.charts.table import Chart, LostWordsError, Series, UnreadableChartError, by_category

_ROUND: Final = 0.03
_MIN_EM: Final = 4.0
_AGREE: Final = 1.6
"""Printed shares may be off by this many per cent: they are rounded."""

_WHOLE: Final = 2.0
_MIN_OFF: Final = 0.2
"""Of a wedge that is drawn, in per cent of all; that of one of pixels has an edge beside it."""

_PRINTED: Final = re.compile(
    r"(?P<name>(?:.*[^\s:,(])?)[\s:,(]*+(?<!\d)(?<!\d[.,])(?P<share>\d{1,3}(?:[.,]\d+)?\s?%)\)?"
)

_FIRST: Final = re.compile(r"(?P<share>\d{1,3}(?:[.,]\d+)?\s?%)[\s:,]*(?P<name>.*)")


@dataclass(frozen=True, kw_only=True)
class Wedges:
    """Wedges around `middle`, to `radius`; `inner` is that of a ring's hole."""

    middle: Point
    radius: float
    inner: float
    fills: tuple[Fill, ...]

    def angle(self, fill: Fill) -> float:
        """Return the direction of a wedge's middle, in radians."""
        x, y = _centre(fill)
        return math.atan2(y - self.middle[1], x - self.middle[0])


def find_wedges(ink: Ink, taken: Sequence[Stroke | Fill]) -> Wedges | None:
    """Return the wedges of a pie that is whole; None where there is none."""
    gone = set(map(id, taken))
    fills = [f for f in ink.fills if id(f) not in gone and not f.is_white and len(f.points) > 4]
    fills = [f for f in fills if not f.is_rectangle]
    if len(fills) < 2:
        return None
    x0, y0, x1, y1 = around([f.box for f in fills])
    width, height = x1 - x0, y1 - y0
    if min(width, height) < _MIN_EM * ink.em or abs(width - height) > _ROUND * width:
        return None
    middle, radius = ((x0 + x1) / 2, (y0 + y1) / 2), (width + height) / 4
    reach = [[math.dist(point, middle) for point in fill.points] for fill in fills]
    if any(not 0.97 * radius < max(far) < 1.02 * radius for far in reach):
        return None
    inner = min(map(min, reach))
    inner = inner if inner > 0.15 * radius else 0.0
    whole = math.pi * (radius**2 - inner**2)
    if abs(sum(fill.area for fill in fills) - whole) > _ROUND * whole:
        return None
    return Wedges(middle=middle, radius=radius, inner=inner, fills=tuple(fills))


def pie_chart(ink: Ink, wedges: Wedges, legend: Legend) -> Chart:
    """Return the shares of a pie by name. Raises UnreadableChartError."""
    whole = sum(fill.area for fill in wedges.fills)
    shares = [100 * fill.area / whole for fill in wedges.fills]
    labels = [x for x in ink.labels if x not in legend.labels and not x.angle]
    by_wedge = _labels(labels, wedges, ink.em)
    names = _names(by_wedge, wedges, legend, ink.em)
    printed = [_printed(lines) for lines in by_wedge]
    _check_whole(printed)
    fits = [
        text is not None
        and (found := amount(text)) is not None
        and abs(found.value - share) < _AGREE
        for text, share in zip(printed, shares, strict=True)
    ]
    are_printed = all(fits)
    values = [
        text if are_printed and text else f"{share:.1f}%"
        for text, share in zip(printed, shares, strict=True)
    ]
    shares_by_name = dict(zip(names, values, strict=True))
    if len(shares_by_name) < len(names):
        raise UnreadableChartError("two of its wedges have the same name")
    grid = by_category("", [Series(name="Share", values=shares_by_name)])
    off = max(_MIN_OFF, 100 * ink.blur / (math.pi * wedges.radius))
    within = "" if are_printed else f"{off:.1f}%"
    return Chart(
        kind="pie chart", grid=grid, within=within, warnings=_unread(shares_by_name, legend)
    )


def _unread(shares: Collection[str], legend: Legend) -> list[str]:
    """Return a warning where a legend that names wedges names others, too."""
    names = [_without_share(name) for _, name in legend.names]
    lacking = [name for name in names if name not in shares]
    return [f"{', '.join(lacking)} was not read"] if 0 < len(lacking) < len(names) else []


def _check_whole(printed: Sequence[str | None]) -> None:
    """Raise UnreadableChartError where every wedge has a share, but together they are no whole."""
    found = [share for text in printed if text and (share := amount(text))]
    if len(found) == len(printed) and abs(sum(share.value for share in found) - 100) > _WHOLE:
        raise UnreadableChartError("the shares that are printed are not 100 % together")


def _are_several(lines: Sequence[Label], em: float) -> bool:
    """Whether names stand further apart than the lines of one do."""
    names = [label.box for label in lines if amount(label.text) is None]
    return any(after[1] - before[3] > em for before, after in pairwise(names))


def _names(
    by_wedge: Sequence[Sequence[Label]], wedges: Wedges, legend: Legend, em: float
) -> list[str]:
    """Return the name of each wedge: by the legend's colour, else what stands at it."""
    named = [legend.name(fill.colour) for fill in wedges.fills]
    if all(named):
        return [_without_share(name) for name in named]
    names = [_without_share(" ".join(label.text for label in lines)) for lines in by_wedge]
    if not all(names):
        raise LostWordsError("names of its wedges were not found")
    if any(_are_several(lines, em) for lines in by_wedge):
        raise UnreadableChartError("several names stand at one of its wedges")
    return names


def _without_share(text: str) -> str:
    found = _PRINTED.fullmatch(text) or _FIRST.fullmatch(text)
    return found["name"].strip() if found else text


def _printed(lines: Sequence[Label]) -> str | None:
    text = " ".join(label.text for label in lines)
    found = _PRINTED.fullmatch(text) or _FIRST.fullmatch(text)
    return found["share"] if found else None


def _labels(labels: Sequence[Label], wedges: Wedges, em: float) -> list[list[Label]]:
    """Return the labels of each wedge, from the top: those nearest to its arc, or in it."""
    found: list[list[Label]] = [[] for _ in wedges.fills]
    for label in sorted(labels, key=lambda one: (one.box[1], one.box[0])):
        gaps = [_gap(label, fill, wedges) for fill in wedges.fills]
        nearest = min(range(len(gaps)), key=gaps.__getitem__)
        if gaps[nearest] < 2.0 * em:
            found[nearest].append(label)
    return found


def _gap(label: Label, fill: Fill, wedges: Wedges) -> float:
    """Return how far a label stands from a wedge: none where its middle lies in it."""
    if _is_in(label.middle, fill.points):
        return 0.0
    if math.dist(label.middle, wedges.middle) < wedges.radius:
        return math.inf
    angle = wedges.angle(fill)
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
