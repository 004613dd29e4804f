"""The marks of a scatter plot of pixels: round spots of one size, those that overlap apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.ink import Box, Colour, Fill
from ingest.charts.raster.palette import Mask, is_grey, round_kernel
from ingest.charts.raster.plot import Seen, part_of, sampled

_SMALLEST_PX: Final = 3
_MIN_DOTS: Final = 5
_MAX_DOTS: Final = 400
"""How large a mark is, and how many make a plot."""


_ALIKE: Final = 0.3
"""Marks are of one size, but for this."""


_CORNERS: Final = np.linspace(0, 2 * np.pi, 12, endpoint=False)


def dots_in(seen: Seen, plot: Box) -> list[Fill]:
    """Return the marks in a plot; none where they are few, or no scatter plot's."""
    part = part_of(plot)
    bare = ~sampled(seen)[part]
    drawn = seen.palette.drawn
    coloured = [one for one in drawn if not is_grey(one[1])] or drawn
    found: list[Fill] = []
    for n, colour in coloured:
        mask = seen.palette.mask(n)[part] & bare & ~seen.palette.edges(n)[part]
        for x, y, size in _marks(mask, 1.2 * seen.ink.em):
            found.append(_disc(part[1].start + x, part[0].start + y, size, colour))
    return found if _MIN_DOTS <= len(found) <= _MAX_DOTS else []


def _marks(mask: Mask, largest: float) -> Iterator[tuple[float, float, float]]:
    """Yield the middle and the width of each mark of a colour; none where shapes are others."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    boxes = [tuple(map(int, stats[k])) for k in range(1, count)]
    alone = [max(wide, high) for _, _, wide, high, area in boxes if _is_round(wide, high, area)]
    size = float(np.median(alone)) if len(alone) >= _MIN_DOTS else 0.0
    if not _SMALLEST_PX <= size <= largest:
        return
    for k, (x, y, wide, high, area) in enumerate(boxes, 1):
        if _is_round(wide, high, area) and abs(max(wide, high) - size) <= max(1.5, _ALIKE * size):
            yield x + wide / 2, y + high / 2, size
        elif max(wide, high) > size:
            inside = numbers[y : y + high, x : x + wide] == k
            for across, down in _apart(inside, size):
                yield x + across, y + down, size


def _is_round(wide: int, high: int, area: int) -> bool:
    is_square = abs(wide - high) <= max(1, _ALIKE * max(wide, high))
    # a disc has .79
    return is_square and min(wide, high) >= _SMALLEST_PX and area > 0.65 * wide * high


def _apart(mask: Mask, size: float) -> Iterator[tuple[float, float]]:
    """Yield the middles of marks that overlap: discs of a size, most of what is left under each."""
    reach = round(size)
    left = np.pad(mask, reach).astype(np.float32)
    spot = round_kernel(reach | 1).astype(np.float32)
    for _ in range(_MAX_DOTS):
        under = cv2.filter2D(left, -1, spot, borderType=cv2.BORDER_CONSTANT)
        y, x = np.unravel_index(int(under.argmax()), under.shape)
        if under[y, x] < 0.3 * spot.sum():  # the rest lies under others
            return
        yield float(x) - reach + 0.5, float(y) - reach + 0.5
        cv2.circle(left, (int(x), int(y)), round(size / 2), 0.0, thickness=-1)


def _disc(x: float, y: float, size: float, colour: Colour) -> Fill:
    xs, ys = x + size / 2 * np.cos(_CORNERS), y + size / 2 * np.sin(_CORNERS)
    return Fill(points=tuple(zip(xs.tolist(), ys.tolist(), strict=True)), colour=colour)
