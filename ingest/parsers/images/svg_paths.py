"""Paths of SVG as points (SVG 1.1, 8.3, and the arcs of its appendix F.6). Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ingest.charts.ink import Point

LONGEST_PATH: Final = 200_000
"""Letters of a path that is read: longer ones are maps."""

_TOKEN: Final = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_TAKES: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_PIECES: Final = 8
_ARC_PIECES: Final = 24


@dataclass(slots=True)
class Outline:
    """One part of a path: where its pieces meet, and all its points, curves divided."""

    knots: list[Point] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def to(self, *points: Point) -> None:
        """Go on, over the points of a curve, to the last of them."""
        self.knots.append(points[-1])
        self.points += points


def outlines_of(path: str) -> list[Outline]:
    """Return the parts of a path; what is damaged ends it, as drawing programs have it."""
    if len(path) > LONGEST_PATH:
        return []
    made: list[Outline] = []
    at = begin = bend = (0.0, 0.0)
    last = ""
    for name, numbers in _steps(_TOKEN.findall(path)):
        upper = name.upper()
        shift = at if name.islower() else (0.0, 0.0)
        if upper == "M" or not made or last == "Z":
            made.append(Outline())
            if upper != "M":
                made[-1].to(begin)
        if upper == "Z":
            made[-1].to(begin)
            at, last = begin, upper
            continue
        points, bend = _points(upper, numbers, shift, at, bend if last in "CSQT" else at)
        made[-1].to(*points)
        at, last = points[-1], upper
        begin = at if upper == "M" else begin
    return [one for one in made if len(one.knots) > 1]


def _steps(tokens: Sequence[str]) -> Iterator[tuple[str, list[float]]]:
    """Yield each command with its numbers; numbers that go on repeat it."""
    name, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            name, at = tokens[at], at + 1
        elif name in {"", "Z", "z"}:
            return
        takes = _TAKES[name.upper()]
        numbers = tokens[at : at + takes]
        if len(numbers) < takes or any(token.isalpha() for token in numbers):
            return
        values = [float(token) for token in numbers]
        if not all(map(math.isfinite, values)):
            return
        yield name, values
        at += takes
        name = {"M": "L", "m": "l"}.get(name, name)


def _points(
    name: str, numbers: Sequence[float], shift: Point, at: Point, bend: Point
) -> tuple[list[Point], Point]:
    """Return the points of one step, and the last point that it bends to."""
    if name == "H":
        return [(numbers[0] + shift[0], at[1])], at
    if name == "V":
        return [(at[0], numbers[0] + shift[1])], at
    end = (numbers[-2] + shift[0], numbers[-1] + shift[1])
    if name == "A":
        return _arc(at, end, numbers), end
    if name in "ML":
        return [end], end
    mirrored = (2 * at[0] - bend[0], 2 * at[1] - bend[1])
    given = [(x + shift[0], y + shift[1]) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    bends = [mirrored, *given[:-1]] if name in "ST" else given[:-1]
    return [_on_curve([at, *bends, end], n / _PIECES) for n in range(1, _PIECES + 1)], bends[-1]


def _on_curve(points: Sequence[Point], share: float) -> Point:
    """Return a point of a Bézier curve (de Casteljau)."""
    while len(points) > 1:
        points = [
            (ax + share * (bx - ax), ay + share * (by - ay))
            for (ax, ay), (bx, by) in pairwise(points)
        ]
    return points[0]


def _arc(at: Point, end: Point, numbers: Sequence[float]) -> list[Point]:
    """Return the points of an arc of an ellipse (SVG 1.1, F.6.5)."""
    rx, ry = abs(numbers[0]), abs(numbers[1])
    if at == end or min(rx, ry) == 0:
        return [end]
    cos, sin = math.cos(math.radians(numbers[2])), math.sin(math.radians(numbers[2]))
    dx, dy = (at[0] - end[0]) / 2, (at[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, cos * dy - sin * dx
    scale = max(1.0, math.hypot(x / rx, y / ry))
    rx, ry = scale * rx, scale * ry
    whole = rx * rx * y * y + ry * ry * x * x
    factor = math.sqrt(max(0.0, rx * rx * ry * ry / whole - 1)) if whole else 0.0
    factor = -factor if bool(numbers[3]) == bool(numbers[4]) else factor
    cx, cy = factor * rx * y / ry, -factor * ry * x / rx
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    turn = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
    if numbers[4] and turn < 0:
        turn += 2 * math.pi
    elif not numbers[4] and turn > 0:
        turn -= 2 * math.pi
    middle = ((at[0] + end[0]) / 2, (at[1] + end[1]) / 2)
    made = []
    for n in range(1, _ARC_PIECES):
        angle = first + turn * n / _ARC_PIECES
        px, py = cx + rx * math.cos(angle), cy + ry * math.sin(angle)
        made.append((cos * px - sin * py + middle[0], sin * px + cos * py + middle[1]))
    return [*made, end]
