"""Boxes of a PDF page: from its own coordinates to points as displayed, to fractions. Pure.

A `Rect` is (x0, y0, x1, y1) in points of the page as displayed: cropped to its CropBox, turned
by its rotation, origin top left, y down. Where the text runs from right to left the page is
mirrored: x then counts from the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from ingest.layout.rotation import Turn, turned_box
from rag.datamodel import BBox

Rect = tuple[float, float, float, float]
Boxes = NDArray[np.float64]
"""(n, 4): a rectangle a row."""

Matrix = tuple[float, float, float, float, float, float]
"""a to f of PDF 1.7, 8.3.3: x becomes a x + c y + e, y becomes b x + d y + f."""

IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How a page is displayed. `left` to `top` is the shown part, in the file's own points.

    `rotation` is 0, 90, 180 or 270 degrees clockwise; `mirrored` exchanges left and right then.
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation: int = 0
    mirrored: bool = False

    @property
    def width_pt(self) -> float:
        return self.top - self.bottom if self.rotation % 180 else self.right - self.left

    @property
    def height_pt(self) -> float:
        return self.right - self.left if self.rotation % 180 else self.top - self.bottom

    @property
    def matrix(self) -> Matrix:
        """What maps the file's own points to displayed ones."""
        shown: dict[int, Matrix] = {
            0: (1, 0, 0, -1, -self.left, self.top),
            90: (0, 1, 1, 0, -self.bottom, -self.left),
            180: (-1, 0, 0, 1, self.right, -self.bottom),
            270: (0, -1, -1, 0, self.top, self.right),
        }
        matrix = shown[self.rotation]
        return times(matrix, (-1, 0, 0, 1, self.width_pt, 0)) if self.mirrored else matrix

    def turned(self, angle: int) -> Frame:
        """Return the page turned to the left, by a multiple of 90 degrees."""
        return replace(self, rotation=(self.rotation - angle) % 360)

    def as_shown(self, box: BBox, *, turn: Turn) -> BBox:
        """Return a box of this frame on the page before it was `turned`, and not mirrored."""
        if self.mirrored:
            box = structs.replace(box, x0=1 - box.x1, x1=1 - box.x0)
        return turned_box(box, turn)

    def display_boxes(self, boxes: Boxes) -> Boxes:
        """Map (n, 4) left, bottom, right, top in the file's points to displayed rectangles."""
        return mapped_boxes(boxes, np.array([self.matrix]))

    def fractions(self, rect: Rect) -> BBox | None:
        """Return the rectangle in fractions of the page; None where it lies outside of it."""
        width, height = self.width_pt, self.height_pt
        x0, y0, x1, y1 = rect
        return BBox.clamped(x0 / width, y0 / height, x1 / width, y1 / height)


def times(one: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    ta, tb, tc, td, te, tf = then
    return (
        a * ta + b * tc,
        a * tb + b * td,
        c * ta + d * tc,
        c * tb + d * td,
        e * ta + f * tc + te,
        e * tb + f * td + tf,
    )


def applied(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def is_straight(matrix: Matrix) -> bool:
    """Whether a rectangle stays one: it is turned by quarters at most."""
    a, b, c, d, *_ = matrix
    return b == c == 0 or a == d == 0


def mapped(rect: Rect, matrix: Matrix) -> Rect:
    """Return the box around a rectangle that a matrix maps."""
    if matrix is IDENTITY:
        return rect
    corners = [applied(matrix, x, y) for x in rect[::2] for y in rect[1::2]]
    xs, ys = zip(*corners, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def mapped_boxes(boxes: Boxes, matrices: NDArray[np.float64]) -> Boxes:
    """Return the boxes around rectangles that matrices map: (n, 6) one for each, (1, 6) for all."""
    a, b, c, d, e, f = matrices.T[:, :, None]
    xs, ys = boxes[:, [0, 0, 2, 2]], boxes[:, [1, 3, 1, 3]]
    corners = np.stack([a * xs + c * ys + e, b * xs + d * ys + f], axis=2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def around(rects: Sequence[Rect]) -> Rect:
    """Return the smallest rectangle that holds all; there must be one."""
    x0s, y0s, x1s, y1s = zip(*rects, strict=True)
    return (min(x0s), min(y0s), max(x1s), max(y1s))


def area(rect: Rect) -> float:
    return max(0.0, rect[2] - rect[0]) * max(0.0, rect[3] - rect[1])


def cut(rect: Rect, window: Rect) -> Rect | None:
    """Return what a window shows of a rectangle, edges included; None where that is nothing."""
    x0, y0 = max(rect[0], window[0]), max(rect[1], window[1])
    x1, y1 = min(rect[2], window[2]), min(rect[3], window[3])
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def intersection(one: Rect, other: Rect) -> float:
    """Return the area that both share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def share_inside(rect: Rect, outer: Rect) -> float:
    """Return which part of `rect` lies in `outer`, 0 to 1."""
    whole = area(rect)
    return intersection(rect, outer) / whole if whole else 0.0


def contains(outer: Rect, rect: Rect) -> bool:
    """Whether a rectangle lies in another, edges included."""
    return (
        outer[0] <= rect[0] and outer[1] <= rect[1] and rect[2] <= outer[2] and rect[3] <= outer[3]
    )


def vertical_overlap(one: Rect, other: Rect) -> float:
    """Return which part of the lower one's height both share; negative: how far they are apart."""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared / max(0.1, min(one[3] - one[1], other[3] - other[1]))


def grown(rect: Rect, by: float) -> Rect:
    return (rect[0] - by, rect[1] - by, rect[2] + by, rect[3] + by)


def clusters(rects: Sequence[Rect], near: float) -> list[Rect]:
    """Return the boxes around groups of rectangles that are at most `near` points apart.

    In the order of the last rectangle of each group.
    """
    groups = [(rect, n) for n, rect in enumerate(rects)]
    before = len(groups) + 1
    while len(groups) < before:  # a box that grew may touch what was passed by
        before = len(groups)
        groups = _swept(groups, near)
    return [rect for rect, _ in sorted(groups, key=itemgetter(1))]


_Group = tuple[Rect, int]  # its box, and the number of its last rectangle


def _swept(groups: Sequence[_Group], near: float) -> list[_Group]:
    """Join groups from the top down, each to those whose lower edge it still reaches."""
    passed: list[_Group] = []
    reached: list[_Group] = []
    for group in sorted(groups, key=lambda group: group[0][1]):
        top = group[0][1] - near
        passed += [other for other in reached if other[0][3] < top]
        reached = _with_joined([other for other in reached if other[0][3] >= top], group, near)
    return passed + reached


def _with_joined(apart: list[_Group], group: _Group, near: float) -> list[_Group]:
    touching = [group]
    while touching:
        boxes, numbers = zip(group, *touching, strict=True)
        group = (around(boxes), max(numbers))
        reach = grown(group[0], near)
        touching = [other for other in apart if _touch(other[0], reach)]
        apart = [other for other in apart if not _touch(other[0], reach)]
    return [*apart, group]


def _touch(one: Rect, other: Rect) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
