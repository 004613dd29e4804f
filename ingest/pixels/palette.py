"""The few colours that a drawing is made of, and which of them each pixel has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Colour
from rag.protocols import Pixels

Mask = NDArray[np.bool_]
"""(height, width)."""

MIXED: Final = -1
"""The place of a pixel that has none of the colours: the edge between two."""

_SHADES: Final = 32
_REACH: Final = 20
"""Shades so near in every channel are one colour: what JPEG makes of it."""

_MOST: Final = 20
_SOLID_SHARE: Final = 0.3
_LEAST_SHARE: Final = 1.5e-4
_LEAST_PX: Final = 30


@dataclass(frozen=True, kw_only=True)
class Palette:
    """`colours`, the ground's first; `places` holds for each pixel which of them it has."""

    colours: tuple[Colour, ...]
    places: NDArray[np.int16]

    def mask(self, n: int) -> Mask:
        """Return where a colour stands."""
        found: Mask = self.places == n
        return found


def palette_of(pixels: Pixels, lettering: Mask) -> Palette:
    """Return the colours that cover most of a picture; its lettering is not counted."""
    codes = _codes(pixels)
    counts = np.bincount(codes[~lettering], minlength=_SHADES**3)
    least = max(_LEAST_PX, _LEAST_SHARE * codes.size)
    table = np.full(_SHADES**3, MIXED, dtype=np.int16)
    colours: list[Colour] = []
    for code, near in _peaks(counts, least):
        colour = _colour(pixels[codes == code])
        shades = near & (table == MIXED)
        if not _is_mixed(colour, colours) or _is_solid(shades[codes]):
            table[shades] = len(colours)
            colours.append(colour)
    return Palette(colours=tuple(colours), places=table[codes])


def _is_mixed(colour: Colour, colours: Sequence[Colour]) -> bool:
    """Whether a colour lies between two others: what the edge of one on the other shows."""
    pairs = combinations(np.array(colours, dtype=float), 2)
    return any(_beside(np.array(colour, dtype=float), one, other) < _REACH for one, other in pairs)


def _beside(
    point: NDArray[np.float64], one: NDArray[np.float64], other: NDArray[np.float64]
) -> float:
    """Return how far a colour is from those between two."""
    way = other - one
    share = float(np.clip((point - one) @ way / max(float(way @ way), 1.0), 0.0, 1.0))
    return float(np.abs(one + share * way - point).max())


def _is_solid(mask: Mask) -> bool:
    """Whether most of a colour is surrounded by itself: a shape, no edge."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), dtype=np.uint8))
    return int(inner.sum()) > _SOLID_SHARE * int(mask.sum())


def _codes(pixels: Pixels) -> NDArray[np.int32]:
    shades = (pixels // (256 // _SHADES)).astype(np.int32)
    found: NDArray[np.int32] = (
        shades[..., 0] * _SHADES + shades[..., 1]
    ) * _SHADES + shades[..., 2]
    return found


def _peaks(counts: NDArray[np.int64], least: float) -> Iterator[tuple[int, Mask]]:
    """Yield the commonest shade that is left, and which shades are as good as it."""
    left = counts.copy()
    shades = np.stack(np.unravel_index(np.arange(_SHADES**3), (_SHADES,) * 3), axis=1)
    for _ in range(_MOST):
        code = int(left.argmax())
        if left[code] < least:
            return
        near: Mask = np.abs(shades - shades[code]).max(axis=1) <= _REACH * _SHADES // 256
        left[near] = 0
        yield code, near


def _colour(pixels: Pixels) -> Colour:
    red, green, blue = np.median(pixels, axis=0).astype(int).tolist()
    return red, green, blue
