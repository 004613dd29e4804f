"""What kind of picture it is, by its pixels and its lettering: no model, no weights.

Rules over a few statistics of a small copy of the picture, and over how many of its words are
numbers; see benchmarks/LOG.md for how often they are right.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rag.datamodel import Chunk
from rag.protocols import Assets, Pixels

Kind = Literal["chart", "diagram", "photo", "scan", "screenshot", "ornament", "blank"]

SIDE_PX: Final = 256
"""Statistics are taken of a copy whose longer side is this."""

SHADES: Final = 16
"""Shades a channel is counted in."""

EQUAL_STEP: Final = 2
HUELESS: Final = 24
DARK_LIGHT: Final = 110

BLANK_SPREAD: Final = 3.0
INK_SPREAD: Final = 52.0
PHOTO_GROUND: Final = 0.25
CHART_NUMBERS: Final = 0.07
LOGO_NUMBERS: Final = 0.34
LOGO_LINES: Final = 4
LOGO_ASPECT: Final = 2.0
LOGO_GREY: Final = 0.85
LOGO_FLAT: Final = 0.8
GREY: Final = 0.9
WINDOW_BARS: Final = 100
PAGE_BANDS: Final = 5
FEW_WORDS: Final = 20
PAGE_WORDS: Final = 250

MAX_KEPT: Final = 4096
"""Kinds that are remembered."""

_NUMBER: Final = re.compile(r"[-–+$€£<>~(]?\d[\d.,:]*(?:%|[kKmMxX])?\)?")


def kind_of(pixels: Pixels, lettering: str = "") -> Kind:
    """Return the kind of a picture, shape (height, width, 3), by the surest signs first.

    `lettering` is what was read on it, a line or row a line.
    """
    picture = Image.fromarray(pixels)
    picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    small = np.asarray(picture, dtype=np.uint8)
    spread = float(small.mean(axis=2).std())  # how far its light varies
    if spread < BLANK_SPREAD:
        return "blank"
    shades = (small // (256 // SHADES)).astype(np.int32)
    codes = (shades[..., 0] * SHADES + shades[..., 1]) * SHADES + shades[..., 2]  # of each colour
    values, counts = np.unique(codes, return_counts=True)
    ground = codes == values[counts.argmax()]  # (height, width): of the commonest colour
    lines = [line.replace("|", " ").split() for line in lettering.split("\n") if line.strip()]
    words = [word for line in lines for word in line]
    numbers = sum(_NUMBER.fullmatch(word) is not None for word in words) / max(1, len(words))
    few = len(words) <= FEW_WORDS
    if few and ground.mean() < PHOTO_GROUND and numbers < CHART_NUMBERS:
        return "photo"
    bars = _straight(codes, ground) + _straight(codes.T, ground.T)
    if small[ground].mean() < DARK_LIGHT and bars > WINDOW_BARS and len(lines) > 1:
        return "screenshot"
    hue = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    grey = float((hue < HUELESS).mean())  # the share without a hue
    if few and numbers <= LOGO_NUMBERS and spread >= INK_SPREAD and len(lines) <= LOGO_LINES:
        # a logo, or a heading drawn as a picture: a few large letters or much ink
        is_coloured = grey < LOGO_GREY and (words or _flat(small) > LOGO_FLAT)
        if is_coloured or (words and pixels.shape[1] > LOGO_ASPECT * pixels.shape[0]):
            return "ornament"
    if not few and numbers > CHART_NUMBERS and bars and len(words) < PAGE_WORDS:
        return "chart"
    inked = (~ground).mean(axis=1) > 0.01  # noqa: PLR2004 - a speck is no line
    bands = int((inked[1:] & ~inked[:-1]).sum()) + int(inked[0])  # of ink, down the page
    is_page = bands >= PAGE_BANDS and spread < INK_SPREAD and (grey > GREY or not few)
    return "scan" if is_page or len(words) >= PAGE_WORDS else "diagram"


def _flat(small: Pixels) -> float:
    """Return the share of pixels that equal their right neighbour."""
    steps = np.abs(np.diff(small.astype(np.int16), axis=1)).max(axis=2)  # (height, width - 1)
    return float((steps <= EQUAL_STEP).mean()) if steps.size else 1.0


def _straight(codes: NDArray[np.int32], ground: NDArray[np.bool_]) -> int:
    """Count the rows that hold a run of one colour, not the ground's, over a quarter of them."""
    least = max(4, codes.shape[1] // 4)
    if codes.shape[1] <= least:
        return 0
    same = (codes[:, 1:] == codes[:, :-1]) & ~ground[:, 1:]
    sums = np.cumsum(np.pad(same, ((0, 0), (1, 0))).astype(np.int32), axis=1)
    return int(((sums[:, least:] - sums[:, :-least]) == least).any(axis=1).sum())


class PictureLooks:
    """The kinds of the last `max_kept` pictures. Safe for several threads."""

    def __init__(self, pictures: Assets, *, max_kept: int = MAX_KEPT) -> None:
        self._kind = lru_cache(max_kept)(
            lambda image, lettering: kind_of(pictures.pixels(image), lettering)
        )

    def __call__(self, chunk: Chunk) -> str:
        """Return the kind of a chunk's picture; "" where it has none, or none that can be read."""
        if chunk.image is None or chunk.kind:
            return chunk.kind if chunk.image else ""
        try:
            return self._kind(chunk.image, chunk.text)
        except OSError:
            return ""
