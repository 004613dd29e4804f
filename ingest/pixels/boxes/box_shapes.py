"""The boxes of a box plot that is pixels: bodies, the lines across them, whiskers.

A box with its whiskers is one connected shape of the colour of its outline: wide where its body
is, thin amid it at both ends, and wide again where a whisker has a cap. It does not matter what
fills the body.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.ink import Box, Colour, Fill, Ink, Label, Stroke, holds
from ingest.charts.scale import Scale
from ingest.pixels.boxes.box_lines import OVER_PX, SLACK_PX, Body, Mask, median_of, whisker_of
from rag.protocols import Pixels

_LEAST_THICK_PX: Final = 8
_LEAST_LONG_PX: Final = 3
_LEAST_LONG_EM: Final = 2.5
_MOST_SHARE: Final = 0.5
"""How thick and how long a box is, in pixels; how long one is with its whiskers, in heights of a
letter: samples of a legend are shorter; and how thick at most, in parts of the picture."""

_LONG: Final = 0.6
"""Lines across the values that are so long, in parts of the picture, are axes or of a grid."""

_ALIKE: Final = 1.25
"""Boxes of a plot are as thick as each other, but for this."""

_BEYOND: Final = 1.2
"""Whiskers reach so many steps beyond the labels of an axis at most."""

_POINT_PX: Final = 3
_LONGER: Final = 1.8
_CIRCLES: Final = frozenset("0oO8°∞. ")
"""Points beyond whiskers are about as wide as high, and as what circles are read."""


@dataclass(frozen=True, kw_only=True)
class BoxShape:
    """An upright box in pixels; `low` is the place of its lower whisker, below all else."""

    left: float
    right: float
    high: float
    top: float
    median: float | None
    bottom: float
    low: float
    colour: Colour

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def is_whole(self) -> bool:
        """Whether it has whiskers at both ends."""
        return self.high < self.top and self.bottom < self.low

    @property
    def thick(self) -> float:
        return self.right - self.left

    @property
    def area(self) -> float:
        return self.thick * (self.bottom - self.top)


def box_shapes(
    outlines: Iterable[Mask],
    ground: Mask,
    pixels: Pixels,
    *,
    labels: Sequence[Label],
    scales: Sequence[Scale],
) -> list[Stroke | Fill]:
    """Return bodies, lines and points of a box plot as a drawing has them; none where it is none.

    `outlines` are where these may be, the likeliest first; `pixels` has the shape (height, width,
    3); boxes lie along one of `scales`. Single signs, and noughts, may be read where boxes and
    points are.
    """
    taken = [label for scale in scales for label in scale.labels]
    words = [x.box for x in labels if x in taken or not (len(x.text) == 1 or may_be_points(x.text))]
    em = Ink(labels=labels).em
    for mask in outlines:
        shown = _Outlined(mask, ground, pixels, words, em)
        found = [_along(scale, shown) for scale in scales]
        if things := max(found, key=_area, default=[]):
            return things
    return []


def may_be_points(text: str) -> bool:
    """Whether a label is but noughts: as such circles are read."""
    return set(text) <= _CIRCLES


def _along(scale: Scale, shown: _Outlined) -> list[Stroke | Fill]:
    """Return the boxes that lie along a scale."""
    begin, end = scale.ends
    by = _BEYOND * (end - begin) / (len(scale.places) - 1)
    if scale.along == 1:
        return _things(replace(shown, first=begin - by, last=end + by))
    turned = _Outlined(
        shown.mask.T,
        shown.ground.T,
        shown.pixels.transpose(1, 0, 2),
        [(y0, x0, y1, x1) for x0, y0, x1, y1 in shown.words],
        shown.em,
        first=begin - by,
        last=end + by,
    )
    return [_turned(one) for one in _things(turned)]


def _area(things: Sequence[Stroke | Fill]) -> float:
    return sum(one.area for one in things if isinstance(one, Fill))


@dataclass(frozen=True)
class _Outlined:
    """What is drawn in the colour of outlines, turned so that values run down, and on what ground.

    Boxes lie between the rows `first` and `last`, and are no letters of `words`, `em` high.
    """

    mask: Mask
    ground: Mask
    pixels: Pixels
    words: Sequence[Box]
    em: float
    first: float = -math.inf
    last: float = math.inf

    @cached_property
    def rules(self) -> Mask:
        """Where lines across the values are longer than any box is thick: axes, frames."""
        kernel = np.ones((1, round(_LONG * self.mask.shape[1])), dtype=np.uint8)
        drawn = np.ascontiguousarray(self.mask, dtype=np.uint8)
        return cv2.morphologyEx(drawn, cv2.MORPH_OPEN, kernel).astype(bool)

    @cached_property
    def plot(self) -> Mask:
        """The mask without words, and without what lies beyond the first and the last row."""
        found = self.mask.copy()
        for x0, y0, x1, y1 in self.words:
            found[max(0, int(y0)) : int(y1) + 1, max(0, int(x0)) : int(x1) + 1] = False
        first, last = (min(max(side, 0), len(found)) for side in (self.first, self.last))
        found[: int(first)] = False
        found[int(last) :] = False
        return found

    def shapes(self) -> Iterator[tuple[Box, Mask]]:
        """Yield connected shapes that may be boxes with their whiskers, or points beyond them."""
        drawn = np.ascontiguousarray(self.mask & ~self.rules, dtype=np.uint8)
        closed = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((OVER_PX, 1), dtype=np.uint8))
        count, numbers, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
        for k in range(1, count):
            x, y, wide, high, _ = map(int, stats[k])
            if min(wide, high) < _POINT_PX:
                continue
            box = (float(x), float(y), float(x + wide), float(y + high))
            if self.first <= y and y + high <= self.last and not _is_letter(box, self.words):
                yield box, numbers[y : y + high, x : x + wide] == k


def _boxes(shown: _Outlined) -> list[BoxShape]:
    """Return the upright boxes of one thickness; none where none is seen with all its lines."""
    most = _MOST_SHARE * shown.mask.shape[1]
    found = []
    for box, shape in shown.shapes():
        high, wide = shape.shape
        if _LEAST_THICK_PX <= wide < most and high > _LEAST_LONG_PX:
            found += [one] if (one := _box(shape, box[:2], shown)) else []
    largest = max(found, key=lambda one: one.area, default=None)
    if largest is None:
        return []
    alike = [one for one in found if largest.thick / _ALIKE < one.thick < largest.thick * _ALIKE]
    told = [one for one in alike if one.median is not None]
    least = _LEAST_LONG_EM * shown.em
    is_sure = any(one.is_whole and one.low - one.high > least for one in told)
    return alike if is_sure and len(alike) <= 2 * len(told) else []


def _is_letter(box: Box, words: Sequence[Box]) -> bool:
    corners = (box[:2], box[2:])
    return any(all(holds(word, corner, margin=SLACK_PX) for corner in corners) for word in words)


def _box(shape: Mask, corner: Sequence[float], shown: _Outlined) -> BoxShape | None:
    """Return the box that a connected shape is; None where it is none."""
    body = _body(shape)
    if body is None:
        return None
    x, y = map(round, corner[:2])
    left, top, right, bottom = body[0] + x, body[1] + y, body[2] + x, body[3] + y
    (high, low), line = _whiskers((left, top, right, bottom), shown)
    if not (high or low):
        return None
    median, colour = median_of(shown.pixels, (left, top, right, bottom), line)
    edge = line / 2
    return BoxShape(
        left=left + edge,
        right=right - edge,
        high=top - high if high else top + edge,
        top=top + edge,
        median=median,
        bottom=bottom - edge,
        low=bottom + low if low else bottom - edge,
        colour=colour,
    )


def _whiskers(body: Body, shown: _Outlined) -> tuple[tuple[float, float], float]:
    """Return how far whiskers reach above and below a body, and how thick its lines are.

    None reaches anywhere where one ends at a frame: it may go on beyond it.
    """
    left, top, right, bottom = body
    plot, ground = shown.plot, shown.ground
    high, above = whisker_of(plot[:top][::-1], ground[:top][::-1], left, right)
    low, below = whisker_of(plot[bottom:], ground[bottom:], left, right)
    ends = [round(top - high), round(bottom + low)]
    is_cut = any(shown.rules[max(0, end - SLACK_PX) : end + SLACK_PX + 1].any() for end in ends)
    return (0.0, 0.0) if is_cut else (high, low), max(above, below)


def _body(shape: Mask) -> Body | None:
    """Return left, top, right and bottom of the rows that reach from side to side of a shape."""
    lefts, rights = shape.argmax(axis=1), shape.shape[1] - shape[:, ::-1].argmax(axis=1)
    full = (lefts <= SLACK_PX) & (rights >= shape.shape[1] - SLACK_PX) & shape.any(axis=1)
    edges = np.flatnonzero(np.diff(np.pad(full.astype(np.int8), 1)))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    top, bottom = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    if bottom - top <= _LEAST_LONG_PX:
        return None
    return int(np.median(lefts[top:bottom])), top, int(np.median(rights[top:bottom])), bottom


def _things(shown: _Outlined) -> list[Stroke | Fill]:
    """Return upright boxes, and the points beyond their whiskers, as a drawing has them."""
    boxes = _boxes(shown)
    found: list[Stroke | Fill] = []
    for one in boxes:
        corners = ((one.left, one.top), (one.right, one.top))
        low_corners = ((one.right, one.bottom), (one.left, one.bottom))
        found.append(Fill(points=(*corners, *low_corners), colour=one.colour, outlined=True))
        lines = [((one.middle, a), (one.middle, b)) for a, b in _reaches(one) if b > a]
        if one.median is not None:
            lines.append(((one.left, one.median), (one.right, one.median)))
        found += [Stroke(points=line, colour=(0, 0, 0)) for line in lines]
    return [*found, *_points_beyond(boxes, shown)]


def _reaches(box: BoxShape) -> list[tuple[float, float]]:
    return [(box.high, box.top), (box.bottom, box.low)]


def _points_beyond(boxes: Sequence[BoxShape], shown: _Outlined) -> Iterator[Fill]:
    """Yield small shapes amid a box beyond its whiskers."""
    for (x0, y0, x1, y1), shape in shown.shapes():
        high, wide = shape.shape
        is_point = max(wide, high) < _LONGER * min(wide, high)
        amid = [b for b in boxes if abs((x0 + x1) / 2 - b.middle) <= SLACK_PX]
        if is_point and any(not b.high <= (y0 + y1) / 2 <= b.low for b in amid):
            corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
            yield Fill(points=corners, colour=(0, 0, 0), outlined=True)


def _turned(thing: Stroke | Fill) -> Stroke | Fill:
    return replace(thing, points=tuple((y, x) for x, y in thing.points))
