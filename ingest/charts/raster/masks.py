"""Masks of pixels: grown, opened, closed, and divided into connected shapes."""

from __future__ import annotations

from collections.abc import Iterator

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""(height, width)."""

Kernel = NDArray[np.uint8]
PixelBox = tuple[int, int, int, int]
"""x0, y0, x1, y1."""


def part_of(box: tuple[float, float, float, float]) -> tuple[slice, slice]:
    """Return the rows and the columns of pixels that a box takes."""
    x0, y0, x1, y1 = (max(0, round(side)) for side in box)
    return slice(y0, y1), slice(x0, x1)


def flat_kernel(width: int, height: int) -> Kernel:
    return np.ones((height, width), dtype=np.uint8)


def round_kernel(size: int) -> Kernel:
    """Return a disc so wide, as OpenCV's shape of what is near."""
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.uint8)


def opened(mask: Mask, kernel: Kernel) -> Mask:
    """Return what of a mask is nowhere thinner than a kernel."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel).astype(bool)


def closed(mask: Mask, kernel: Kernel) -> Mask:
    """Return a mask with its gaps that are thinner than a kernel."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel).astype(bool)


def grown(mask: Mask, by: int = 2) -> Mask:
    """Return a mask with what is within some pixels of it."""
    kernel = flat_kernel(2 * by + 1, 2 * by + 1)
    return cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)


def connected(mask: Mask, *, connectivity: int = 8) -> Iterator[tuple[PixelBox, int, Mask]]:
    """Yield the box, the area and the mask, of its box alone, of each connected shape."""
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=connectivity
    )
    for k in range(1, count):
        x, y, width, height, area = map(int, stats[k])
        yield (x, y, x + width, y + height), area, numbers[y : y + height, x : x + width] == k
