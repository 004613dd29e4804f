"""What JPEG does to the picture of a chart, undone: shades beside all that is drawn."""

from __future__ import annotations

from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.raster.palette import is_drawn, settled
from rag.protocols import Pixels

_FRAYED: Final = 0.08
_BESIDE_PX: Final = (2, 6)
_STEP: Final = 40
_FLAT: Final = 3
"""Of the pixels so far beside steps of brightness, those of a drawing are flat, but for JPEG's."""

_REACH_PX: Final = 6
"""How far JPEG's shades reach at least: its blocks are 8 pixels wide."""


def smoothed(pixels: Pixels) -> Pixels:
    """Return a drawing without the shades of JPEG; as it is where it has few, or is none."""
    if not is_drawn(pixels) or frayed(pixels) <= _FRAYED:
        return pixels
    flat = cv2.pyrMeanShiftFiltering(pixels, _REACH_PX, _STEP, maxLevel=0)
    return settled(np.asarray(flat, dtype=np.uint8), reach=_STEP)


def frayed(pixels: Pixels) -> float:
    """Return how many of the pixels near the edges of what is drawn are not flat, 0 to 1."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    kernel = np.ones((3, 3), dtype=np.uint8)
    steps = cv2.subtract(cv2.dilate(grey, kernel), cv2.erode(grey, kernel))
    edges = (steps > _STEP).astype(np.uint8)
    inner, outer = (_grown(edges, by) for by in _BESIDE_PX)
    beside = steps[outer & ~inner]
    return float((beside > _FLAT).mean()) if len(beside) else 0.0


def _grown(mask: NDArray[np.uint8], by: int) -> NDArray[np.bool_]:
    side = 2 * by + 1
    return cv2.dilate(mask, np.ones((side, side), dtype=np.uint8)).astype(bool)
