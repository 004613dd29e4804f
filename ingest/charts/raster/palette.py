"""The few colours that a drawing is made of, which of them each pixel has, and masks of pixels.

What JPEG does to a drawing is undone before: shades beside all that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Colour, hue_of, off_by
from rag.protocols import Pixels

Mask = NDArray[np.bool_]
"""(height, width)."""

Kernel = NDArray[np.uint8]
PixelBox = tuple[int, int, int, int]
"""x0, y0, x1, y1."""

MIXED: Final = -1
"""The place of a pixel that has none of the colours: the edge between two."""

_SHADES: Final = 32
"""Of each channel; a code is a shade of all three."""

_REACH: Final = 20
"""Shades so near in every channel are one colour: what JPEG makes of it."""

_MAX_COLOURS: Final = 20
_STEP: Final = 40
"""What JPEG makes of a colour beside a step of brightness is off by no more."""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """`colours`, the commonest first; `places` holds for each pixel which of them it has.

    `grounds` are the numbers of those that all else stands on: the margin's, and pale panels.
    """

    colours: tuple[Colour, ...]
    places: NDArray[np.int16]
    grounds: tuple[int, ...]

    @cached_property
    def ground(self) -> Mask:
        """Where nothing is drawn."""
        found: Mask = np.isin(self.places, self.grounds)
        return found

    @property
    def drawn(self) -> list[tuple[int, Colour]]:
        """The colours that are no ground, with their numbers."""
        return [(n, one) for n, one in enumerate(self.colours) if n not in self.grounds]

    def mask(self, n: int) -> Mask:
        """Return where a colour stands."""
        found: Mask = self.places == n
        return found

    def edges(self, n: int) -> Mask:
        """Return where a colour may be the shade beside another, which stands out more."""
        found: Mask = np.zeros(self.places.shape, dtype=bool)
        colour, ground = self.colours[n], self.colours[self.grounds[0]]
        for k, other in self.drawn:
            stands_out = off_by(colour, ground) < off_by(other, ground)
            if k != n and stands_out and between(colour, ground, other) < _REACH:
                found |= grown(self.mask(k))
        return found


def is_grey(colour: Colour) -> bool:
    """Whether a colour has no hue."""
    return hue_of(colour) < 24


def is_drawn(pixels: Pixels) -> bool:
    """Tell at a glance whether a few shades cover most of a picture: those of a photo do not."""
    step = max(1, max(pixels.shape[:2]) // 400)
    counts = np.bincount(_codes(pixels[::step, ::step]).ravel(), minlength=_SHADES**3)
    return bool(np.sort(counts)[-_MAX_COLOURS:].sum() > 0.7 * counts.sum())


def palette_of(pixels: Pixels, ocr_mask: Mask) -> Palette:
    """Return the colours that cover most of a picture; its lettering is not counted."""
    codes = _codes(pixels)
    counts = np.bincount(codes[~ocr_mask], minlength=_SHADES**3)
    table = np.full(_SHADES**3, MIXED, dtype=np.int16)
    colours: list[Colour] = []
    for code, near in _peaks(counts, least=max(30, 1.5e-4 * codes.size)):
        red, green, blue = np.median(pixels[codes == code], axis=0).astype(int).tolist()
        shades = near & (table == MIXED)
        if not _is_edge(shades[codes] & ~ocr_mask, (red, green, blue), colours, table[codes]):
            table[shades] = len(colours)
            colours.append((red, green, blue))
    places = table[codes]
    return Palette(colours=tuple(colours), places=places, grounds=_grounds(colours, places))


def smoothed(pixels: Pixels) -> Pixels:
    """Return a drawing without the shades of JPEG; as it is where it has few, or is none."""
    if not is_drawn(pixels) or frayed(pixels) <= 0.08:
        return pixels
    flat = cv2.pyrMeanShiftFiltering(pixels, 6, _STEP, maxLevel=0)  # blocks are 8 pixels wide
    return np.asarray(flat, dtype=np.uint8)


def frayed(pixels: Pixels) -> float:
    """Return how many of the pixels near the edges of what is drawn are not flat, 0 to 1."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    kernel = flat_kernel(3, 3)
    steps = cv2.subtract(cv2.dilate(grey, kernel), cv2.erode(grey, kernel))
    edges = steps > _STEP
    near = steps[grown(edges, 6) & ~grown(edges, 2)]
    return float((near > 3).mean()) if len(near) else 0.0


def _grounds(colours: Sequence[Colour], places: NDArray[np.int16]) -> tuple[int, ...]:
    """Return the colour that most of the margin has, and pale ones that cover much."""
    sides = np.concatenate([places[0], places[-1], places[:, 0], places[:, -1]])
    seen = np.bincount(sides[sides >= 0], minlength=len(colours))
    margin = int(seen.argmax()) if len(seen) else 0
    pale = [n for n, one in enumerate(colours) if min(one) > 204]
    return tuple({margin, *(n for n in pale if (places == n).mean() > 0.15)})


def _is_edge(
    mask: Mask, colour: Colour, colours: Sequence[Colour], places: NDArray[np.int16]
) -> bool:
    """Whether a colour lies between others and stands where two meet: no colour of its own."""
    meets: Mask = np.zeros_like(mask)
    for one, other in combinations(range(len(colours)), 2):
        if between(colour, colours[one], colours[other]) < _REACH:
            meets |= grown(places == one) & grown(places == other) & mask
    return int(meets.sum()) > 0.6 * int(mask.sum())


def between(colour: Colour, one: Colour, other: Colour) -> float:
    """Return how far a colour is from those between two."""
    point, begin = np.array(colour, dtype=float), np.array(one, dtype=float)
    way = np.array(other, dtype=float) - begin
    share = float(np.clip((point - begin) @ way / max(float(way @ way), 1.0), 0.0, 1.0))
    return float(np.abs(begin + share * way - point).max())


def _codes(pixels: Pixels) -> NDArray[np.int32]:
    red, green, blue = np.moveaxis((pixels // (256 // _SHADES)).astype(np.int32), 2, 0)
    found: NDArray[np.int32] = (red * _SHADES + green) * _SHADES + blue
    return found


def _peaks(counts: NDArray[np.int64], *, least: float) -> Iterator[tuple[int, Mask]]:
    """Yield the commonest shade that is left, and which shades are as good as it."""
    left = counts.copy()
    shades = np.stack(np.unravel_index(np.arange(_SHADES**3), (_SHADES,) * 3), axis=1)
    for _ in range(_MAX_COLOURS):
        code = int(left.argmax())
        if left[code] < least:
            return
        near: Mask = np.abs(shades - shades[code]).max(axis=1) <= _REACH * _SHADES // 256
        left[near] = 0
        yield code, near


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
