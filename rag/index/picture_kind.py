"""What kind of picture it is, by its pixels and its lettering: no model, no weights.

Rules over a few statistics of a small copy of the picture, and over how many of its words are
numbers. Knows pixels and lettering; knows no document. See benchmarks/LOG.md for how often it is
right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rag.protocols import Pixels

Kind = Literal["chart", "diagram", "photo", "scan", "screenshot", "ornament", "blank"]

SIDE_PX: Final = 256
"""Statistics are taken of a copy whose longer side is this."""

BLANK_SPREAD: Final = 3.0
PHOTO_GROUND: Final = 0.23
CHART_NUMBERS: Final = 0.07
EQUAL_STEP: Final = 2
HUELESS: Final = 24
DARK_LIGHT: Final = 110
_SHADES: Final = 16
"""Shades a channel is counted in."""

_NUMBER: Final = re.compile(r"[-–+$€£<>~(]?\d[\d.,:]*(?:%|[kKmMxX])?\)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is measured of a picture; shares are of its pixels or words, in 0..1.

    `ground` is the share of its commonest colour, `colours` how many colours make up 95 %,
    `flat` the share of pixels that equal their right neighbour, `grey` that of pixels without a
    hue, `dark` whether the commonest colour is dark, `detail` the mean step between neighbours,
    `numbers` the share of words that are numbers, `line_words` the mean words of a line.
    """

    ground: float
    colours: int
    flat: float
    grey: float
    dark: bool
    detail: float
    numbers: float
    words: int
    lines: int
    line_words: float
    aspect: float
    spread: float


def traits(pixels: Pixels, lettering: str = "") -> Traits:
    """Measure a picture, shape (height, width, 3), and its lettering, a line or row a line."""
    small = _small(pixels)
    counts = _colours(small)
    total = float(counts.sum())
    steps = np.abs(np.diff(small.astype(np.int16), axis=1)).max(axis=2)  # (height, width - 1)
    light = small.mean(axis=2)
    lines = [line.replace("|", " ").split() for line in lettering.split("\n") if line.strip()]
    words = [word for line in lines for word in line]
    cumulated = np.cumsum(counts) / total
    hue = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    return Traits(
        ground=float(counts[0] / total),
        colours=int(np.searchsorted(cumulated, 0.95)) + 1,
        flat=float((steps <= EQUAL_STEP).mean()) if steps.size else 1.0,
        grey=float((hue < HUELESS).mean()),
        dark=_ground_light(small) < DARK_LIGHT,
        detail=float(steps.mean()) if steps.size else 0.0,
        numbers=sum(_NUMBER.fullmatch(word) is not None for word in words) / max(1, len(words)),
        words=len(words),
        lines=len(lines),
        line_words=len(words) / max(1, len(lines)),
        aspect=pixels.shape[1] / pixels.shape[0],
        spread=float(light.std()),
    )


def _small(pixels: Pixels) -> Pixels:
    picture = Image.fromarray(pixels)
    picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    return np.asarray(picture, dtype=np.uint8)


def _codes(small: Pixels) -> NDArray[np.int32]:
    shades = (small // (256 // _SHADES)).astype(np.int32)
    codes: NDArray[np.int32] = (shades[..., 0] * _SHADES + shades[..., 1]) * _SHADES + shades[
        ..., 2
    ]
    return codes


def _colours(small: Pixels) -> NDArray[np.int64]:
    """Return how often each colour comes, the commonest first."""
    _, counts = np.unique(_codes(small), return_counts=True)
    return np.sort(counts)[::-1]


def _ground_light(small: Pixels) -> float:
    codes = _codes(small)
    values, counts = np.unique(codes, return_counts=True)
    return float(small[codes == values[counts.argmax()]].mean())


def picture_kind(pixels: Pixels, lettering: str = "") -> Kind:
    """Return the kind of a picture; `lettering` is what is known to stand on it."""
    return kind_of(traits(pixels, lettering))


def kind_of(seen: Traits) -> Kind:
    """Return the kind by what was measured, the surest signs first."""
    if seen.spread < BLANK_SPREAD:
        return "blank"
    if seen.ground < PHOTO_GROUND and seen.numbers < CHART_NUMBERS:
        return "photo"
    return "diagram"
