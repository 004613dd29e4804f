"""Marks of scatter plots: small shapes of one colour and one form, apart or over each other.

The form is that of the marks that stand alone; where it fits upon what is drawn, and half of it is
seen, stands a mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Colour, Fill, Point
from ingest.pixels.palette import Mask

LARGEST_EM: Final = 1.5
_SMALLEST_PX: Final = 4
_LEAST_ALONE: Final = 3
_ALONE_SHARE: Final = 0.3
"""So many of the shapes of a colour, and of their number, stand alone: they tell the form."""

_SLACK_PX: Final = 1
"""Marks of one size differ by so much in pixels."""

_FITS: Final = 0.9
_SEEN: Final = 0.5
_CLOSE_PX: Final = 5
"""A line of the grid that crosses a mark is narrower."""

_EXPLAINED: Final = 0.7
"""Of the pixels of a colour so many are of its marks, or these are letters or a line."""

_ONE_PLACE: Final = 0.4
"""Where the form fits over more than this part of its size, several may stand."""

_LEFT: Final = 0.3
"""What is left of a colour, in parts of a mark, may be one that others hide."""

_EVEN: Final = 0.2
_NEAR: Final = 3.0
"""Marks that follow each other so evenly and closely are the dots of a line."""

Heat = NDArray[np.float32]
_Shape = tuple[int, int, int, int, int]
"""Number, x, y, width, height."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Where the marks of a colour stand. `hides`: some may stand under others."""

    colour: Colour
    size: Point
    middles: tuple[Point, ...]
    hides: bool

    @property
    def fills(self) -> list[Fill]:
        """The marks as shapes of one size, that are no rectangles: those might be bars."""
        wide, high = self.size[0] / 2, self.size[1] / 2
        sides = ((-wide, 0.0), (0.0, -high), (wide, 0.0), (0.0, high))
        return [
            Fill(points=tuple((x + dx, y + dy) for dx, dy in sides), colour=self.colour)
            for x, y in self.middles
        ]


def marks_of(
    own: Mask, others: Mask, ground: Mask, colour: Colour, *, at: Point, em: float
) -> Marks | None:
    """Return the marks that the pixels of a colour make; None where they make none.

    `own`, `others` (of other colours) and `ground` are of a plot whose corner is `at`.
    """
    shown = _closed(own, ground)
    form = _form(shown, LARGEST_EM * em)
    if form is None:
        return None
    places, one_place = _places(shown, _closed(own | others, ground), form)
    left = shown & ~_covered(shown.shape, places, form)
    if not places or left.sum() > (1 - _EXPLAINED) * shown.sum():
        return None
    high, wide = form.shape
    middles = tuple((at[0] + x + wide / 2, at[1] + y + high / 2) for x, y in places)
    if _is_dotted_line(middles, max(wide, high)):
        return None
    hides = not one_place or _largest(left) > _LEFT * form.sum()
    size = (float(wide), float(high))
    return Marks(colour=colour, size=size, middles=middles, hides=hides)


def _closed(mask: Mask, ground: Mask) -> Mask:
    """Return a mask with what is narrow between its parts, if something is drawn there."""
    kernel = np.ones((_CLOSE_PX, _CLOSE_PX), dtype=np.uint8)
    padded = np.pad(mask.astype(np.uint8), _CLOSE_PX)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)
    inner = closed[_CLOSE_PX:-_CLOSE_PX, _CLOSE_PX:-_CLOSE_PX].astype(bool)
    found: Mask = mask | (inner & ~ground)
    return found


def _form(shown: Mask, largest: float) -> Mask | None:
    """Return the form that the shapes of the commonest size have; None where few are alike."""
    numbers, boxes = _small_shapes(shown, largest)
    alone = max((_alike(box, boxes) for box in boxes), key=len, default=[])
    if len(alone) < max(_LEAST_ALONE, _ALONE_SHARE * len(boxes)):
        return None
    wide = int(np.median([box[3] for box in alone]))
    high = int(np.median([box[4] for box in alone]))
    drawn = [
        cv2.resize((numbers[y : y + h, x : x + w] == k).astype(np.float32), (wide, high))
        for k, x, y, w, h in alone
    ]
    form: Mask = np.mean(drawn, axis=0) > 0.5
    return form if form.any() else None


def _small_shapes(shown: Mask, largest: float) -> tuple[NDArray[np.int32], list[_Shape]]:
    """Return the number of each pixel's connected shape, and the shapes as small as a mark."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(
        shown.astype(np.uint8), connectivity=8
    )
    small = [
        k
        for k in range(1, count)
        if min(stats[k][2:4]) >= _SMALLEST_PX and max(stats[k][2:4]) <= largest
    ]
    sides = ((k, *stats[k][:4].tolist()) for k in small)
    return np.asarray(numbers, dtype=np.int32), [(k, x, y, w, h) for k, x, y, w, h in sides]


def _alike(shape: _Shape, shapes: Sequence[_Shape]) -> list[_Shape]:
    """Return the shapes of one's size."""
    return [
        other
        for other in shapes
        if abs(other[3] - shape[3]) <= _SLACK_PX and abs(other[4] - shape[4]) <= _SLACK_PX
    ]


def _places(shown: Mask, drawn: Mask, form: Mask) -> tuple[list[Point], bool]:
    """Return the corners of marks, and whether each is known to be one."""
    fits, seen = _share(drawn, form), _share(shown, form)
    least = min(_FITS, 1 - sum(form.shape) / form.size)  # a row and a column of pixels may lack
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(
        ((fits >= least) & (seen >= _SEEN)).astype(np.uint8), connectivity=8
    )
    found: list[Point] = []
    for k in range(1, count):
        held = np.where(numbers == k, seen, 0.0)
        ys, xs = np.nonzero(held >= held.max() - 0.02)
        found.append((float(xs.mean()) - form.shape[1], float(ys.mean()) - form.shape[0]))
    wide, high = stats[1:, 2], stats[1:, 3]
    one_place = (wide <= _ONE_PLACE * form.shape[1] + 1) & (high <= _ONE_PLACE * form.shape[0] + 1)
    return found, bool(one_place.all())


def _share(mask: Mask, form: Mask) -> Heat:
    """Return for each corner, a form's size beyond the mask too, what of the form is on it."""
    high, wide = form.shape
    padded = np.pad(mask.astype(np.float32), ((high, high), (wide, wide)))
    found = cv2.matchTemplate(padded, form.astype(np.float32), cv2.TM_CCORR)
    return np.asarray(found / form.sum(), dtype=np.float32)


def _covered(shape: tuple[int, ...], places: Sequence[Point], form: Mask) -> Mask:
    """Return where marks stand, and a pixel around them."""
    high, wide = form.shape
    canvas = np.zeros((shape[0] + 2 * high, shape[1] + 2 * wide), dtype=np.uint8)
    for x, y in places:
        left, top = round(x) + wide, round(y) + high
        canvas[top : top + high, left : left + wide] |= form
    grown = cv2.dilate(canvas, np.ones((3, 3), dtype=np.uint8)).astype(bool)
    inner: Mask = grown[high:-high, wide:-wide]
    return inner


def _largest(mask: Mask) -> int:
    """Return the pixels of the largest connected shape."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    return int(max(stats[1:, 4], default=0))


def _is_dotted_line(middles: Sequence[Point], size: float) -> bool:
    ordered = sorted(middles)
    gaps = np.array([np.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ordered)])
    if len(gaps) < _LEAST_ALONE:
        return False
    usual = float(np.median(gaps))
    even = np.abs(gaps - usual) < _EVEN * usual
    return bool(usual < _NEAR * size and even.mean() > _EXPLAINED)
