"""The marks of a scatter plot of pixels: round spots of one size, those that overlap apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.ink import Box, Fill
from ingest.charts.raster.masks import Mask, connected, round_kernel
from ingest.charts.raster.palette import is_grey
from ingest.charts.raster.plot import Seen, pixels_of

_SMALLEST_PX: Final = 3
_MIN_DOTS: Final = 5
_MAX_DOTS: Final = 400
_ALIKE: Final = 0.3
"""Marks are of one size, but for this."""

_CORNERS: Final = np.linspace(0, 2 * np.pi, 12, endpoint=False)


def dots_in(seen: Seen, plot: Box) -> list[Fill]:
    """Return the marks of a scatter plot; none where they are few, or shapes are others."""
    part = pixels_of(plot)
    bare = ~seen.sampled[part]
    drawn = seen.palette.drawn
    found: list[Fill] = []
    for n, colour in [one for one in drawn if not is_grey(one[1])] or drawn:
        mask = seen.palette.mask(n)[part] & bare & ~seen.palette.edges(n)[part]
        for x, y, size in _dots(mask, 1.2 * seen.ink.em):
            xs = part[1].start + x + size / 2 * np.cos(_CORNERS)
            ys = part[0].start + y + size / 2 * np.sin(_CORNERS)
            points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
            found.append(Fill(points=points, colour=colour))
    return found if _MIN_DOTS <= len(found) <= _MAX_DOTS else []


def _dots(mask: Mask, largest: float) -> Iterator[tuple[float, float, float]]:
    """Yield the middle and the width of each mark of a colour, those that overlap apart."""
    shapes = list(connected(mask))
    alone = [max(shape.shape) for _, area, shape in shapes if _is_round(shape, area)]
    size = float(np.median(alone)) if len(alone) >= _MIN_DOTS else 0.0
    if not _SMALLEST_PX <= size <= largest:
        return
    for (x0, y0, x1, y1), area, shape in shapes:
        side = max(shape.shape)
        if _is_round(shape, area) and abs(side - size) <= max(1.5, _ALIKE * size):
            yield (x0 + x1) / 2, (y0 + y1) / 2, size
        elif side > size:
            for across, down in _apart(shape, size):
                yield x0 + across, y0 + down, size


def _is_round(shape: Mask, area: int) -> bool:
    high, wide = shape.shape
    is_square = abs(wide - high) <= max(1, _ALIKE * max(wide, high))
    is_full = area > 0.65 * shape.size  # a disc has .79 of its box
    return is_square and min(wide, high) >= _SMALLEST_PX and is_full


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
