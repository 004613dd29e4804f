"""Marks on the lines of a picture: thicker than their line, one at each of its points.

Where a line has marks, these tell its points better than its bends do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.ink import Point
from ingest.charts.raster.palette import Mask, round_kernel
from ingest.charts.raster.traces import Trace

_ALIKE: Final = 0.25
_ALIKE_PX: Final = 2
"""Marks are so many, of one size but for this."""


def with_points(trace: Trace, own: Mask, *, top: int) -> Trace:
    """Return a line with its marks; as it is where it has none.

    `own` are the pixels of its colour, of a plot whose corner is at `trace.left`, `top`.
    """
    boxes = _boxes(own, _width(trace, own, top))
    if len(boxes) < 3:
        return trace
    hidden = np.zeros(own.shape[1], dtype=bool)
    for x, _, width, _ in boxes:
        hidden[max(0, x - 1) : x + width + 1] = True
    middles: list[Point] = [
        (trace.left + x + width / 2, top + y + height / 2) for x, y, width, height in _even(boxes)
    ]
    return replace(trace, marks=tuple(sorted(middles)), hidden=hidden)


def _width(trace: Trace, own: Mask, top: int) -> float:
    """Return how wide the line is between its marks, across it."""
    columns = np.flatnonzero(~np.isnan(trace.heights))
    rows = np.clip(np.rint(trace.heights[columns] - top).astype(int), 0, len(own) - 1)
    inner = cv2.distanceTransform(own.astype(np.uint8), cv2.DIST_L2, 3)[rows, columns]
    return max(1.0, 2 * float(np.quantile(inner, 0.15)))  # these have no mark


_Box = tuple[int, int, int, int]
"""x, y, width, height."""


def _boxes(own: Mask, width: float) -> list[_Box]:
    """Return the boxes of what is thicker than a line's width; none where they are of all sizes."""
    drawn = own.astype(np.uint8)
    closed = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, round_kernel(3)).astype(np.uint8)
    thick = cv2.morphologyEx(
        # at sharp bends a line is twice as thick
        closed,
        cv2.MORPH_OPEN,
        round_kernel(round(max(2.4 * width, width + 3))),
    ).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(thick, connectivity=8)
    parts: list[_Box] = [
        (int(x), int(y), int(wide), int(high))
        for x, y, wide, high, area in stats[1:count]
        if area > 0.5 * wide * high
    ]
    return parts if len(_even(parts)) > 0.6 * len(parts) else []  # others hide the rest in part


def _even(boxes: Sequence[_Box]) -> list[_Box]:
    """Return the boxes of the usual size, as wide as high."""
    if not boxes:
        return []
    wide, high = (float(np.median([box[n] for box in boxes])) for n in (2, 3))
    if not 1 / 2 < wide / high < 2:
        return []
    return [
        box
        for box in boxes
        if abs(box[2] - wide) <= max(_ALIKE_PX, _ALIKE * wide)
        and abs(box[3] - high) <= max(_ALIKE_PX, _ALIKE * high)
    ]
