"""What a chart is read from: lines, filled shapes and words, whoever drew them. Pure values.

Lengths are in any one unit (points of a page, pixels); y runs down. What the sizes of things are
held against is the height of the chart's letters, `Ink.em`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TypeVar

Thing = TypeVar("Thing")
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A line through points. Of a curve only the ends of its pieces are kept: its knots."""

    points: tuple[Point, ...]
    colour: Colour
    width: float = 1.0

    @cached_property
    def box(self) -> Box:
        return box_of(self.points)

    @property
    def is_level(self) -> bool:
        return self.box[3] - self.box[1] < 0.5 < self.box[2] - self.box[0]

    @property
    def is_upright(self) -> bool:
        return self.box[2] - self.box[0] < 0.5 < self.box[3] - self.box[1]

    @property
    def is_closed(self) -> bool:
        return len(self.points) > 3 and near(self.points[0], self.points[-1], by=0.01)


@dataclass(frozen=True, kw_only=True)
class Fill:
    """A filled polygon; curves are divided into short lines. `outlined`: it has a line round it."""

    points: tuple[Point, ...]
    colour: Colour
    outlined: bool = False

    @cached_property
    def box(self) -> Box:
        return box_of(self.points)

    @cached_property
    def area(self) -> float:
        """The area that it covers (the shoelace formula)."""
        turned = (*self.points[1:], self.points[0])
        pairs = zip(self.points, turned, strict=True)
        return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2

    @cached_property
    def is_rectangle(self) -> bool:
        width, height = size_of(self.box)
        if not (width > 0 and height > 0 and self.area > 0.93 * width * height):  # a disc fills .79
            return False
        return all(_is_at_side(point, self.box) for point in self.points)

    @property
    def is_white(self) -> bool:
        return min(self.colour) > 247


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words of a line that stand close together. `angle`: degrees clockwise.

    `tint` is the colour of its letters, where that is known: of pixels.
    """

    text: str
    box: Box
    angle: int = 0
    tint: Colour | None = None

    @property
    def middle(self) -> Point:
        return middle_of(self.box)


@dataclass(frozen=True, kw_only=True)
class Ink:
    """All that a chart shows."""

    strokes: Sequence[Stroke] = ()
    fills: Sequence[Fill] = ()
    labels: Sequence[Label] = ()
    blur: float = 0.0
    """How far edges may stand beside what they draw: those of pixels do."""

    @property
    def min_off(self) -> float:
        """What a place may be off at least: a quarter of a point, or the blur."""
        return max(self.blur, 0.025 * self.em)

    @property
    def drawn(self) -> list[Stroke | Fill]:
        return [*self.strokes, *self.fills]

    @cached_property
    def em(self) -> float:
        """The usual height of its letters; 1 where it has none."""
        heights = [size_of(label.box)[1] for label in self.labels if not label.angle]
        return median(heights) if heights else 1.0


def _is_at_side(point: Point, box: Box) -> bool:
    """Whether a point lies on a side of a box, or near a corner: that may be rounded."""
    width, height = size_of(box)
    across = min(point[0] - box[0], box[2] - point[0])
    down = min(point[1] - box[1], box[3] - point[1])
    return min(across, down) < 0.5 or max(across, down) < 0.3 * min(width, height)


def box_of(points: Sequence[Point]) -> Box:
    """Return the smallest box that holds all; there must be one."""
    xs, ys = zip(*points, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def around(boxes: Sequence[Box]) -> Box:
    x0s, y0s, x1s, y1s = zip(*boxes, strict=True)
    return (min(x0s), min(y0s), max(x1s), max(y1s))


def middle_of(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def size_of(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def near(one: Point, other: Point, *, by: float) -> bool:
    return abs(one[0] - other[0]) <= by and abs(one[1] - other[1]) <= by


def holds(box: Box, point: Point, *, margin: float = 0.0) -> bool:
    """Whether a point lies in a box that is `margin` wider on every side."""
    x, y = point
    within = box[0] - margin <= x <= box[2] + margin
    return within and box[1] - margin <= y <= box[3] + margin


def hue_of(colour: Colour) -> int:
    """Return by how much the channels of a colour differ: little, where it is a grey."""
    return max(colour) - min(colour)


def alike(one: Colour, other: Colour) -> bool:
    """Whether two colours are one, but for rounding."""
    return off_by(one, other) <= 4


def distinct(colours: Iterable[Colour]) -> list[Colour]:
    """Return colours, of those that are alike the first."""
    found: list[Colour] = []
    for colour in colours:
        if not any(alike(colour, one) for one in found):
            found.append(colour)
    return found


def off_by(one: Colour, other: Colour) -> int:
    """Return by how much two colours differ in the channel in which they differ most."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def paired(
    things: Sequence[Thing], labels: Sequence[Label], gap: Callable[[Thing, Label], float | None]
) -> list[tuple[Thing, Label]]:
    """Return things with labels, the nearest first; each is of one. No gap: it is not at it."""
    gaps = [
        (gap(thing, label), n, k)
        for n, thing in enumerate(things)
        for k, label in enumerate(labels)
    ]
    found: dict[int, int] = {}
    for _, n, k in sorted((by, n, k) for by, n, k in gaps if by is not None):
        if n not in found and k not in found.values():
            found[n] = k
    return [(things[n], labels[k]) for n, k in found.items()]
