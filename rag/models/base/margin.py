"""A white margin around pictures that are too small or too long for a model."""

from __future__ import annotations

import numpy as np

from rag.protocols import Pixels


def widened(pixels: Pixels, *, longest_shape: int, min_side_px: int = 1) -> Pixels:
    """Return the picture in the middle of a white one; itself where it needs no margin.

    No side is then under `min_side_px`, nor over `longest_shape` times the other.
    """
    height, width = pixels.shape[:2]
    least = max(min_side_px, -(-max(height, width) // longest_shape))
    if min(height, width) >= least:
        return pixels
    wide = np.full((max(height, least), max(width, least), 3), 255, dtype=np.uint8)
    top, left = (wide.shape[0] - height) // 2, (wide.shape[1] - width) // 2
    wide[top : top + height, left : left + width] = pixels
    return wide
