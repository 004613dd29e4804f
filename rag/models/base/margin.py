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
    lacks = (max(0, least - side) for side in (height, width))
    margins = [(lack // 2, lack - lack // 2) for lack in lacks]
    return np.pad(pixels, [*margins, (0, 0)], constant_values=255)
