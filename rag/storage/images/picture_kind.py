"""What kind of picture it is, by its pixels and its lettering: no model, no weights.

Rules over a few statistics of a small copy of the picture, and over how many of its words are
numbers; see benchmarks/LOG.md for how often they are right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
STRONG_STEP: Final = 48
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is measured of a picture; shares are of its pixels or words, in 0..1.

    `ground` is the share of its commonest colour, `flat` of pixels that equal their right
    neighbour, `grey` of those without a hue, `edges` of strong steps to the right. `dark` tells
    whether the commonest colour is, `spread` how far its light varies. `bars` counts rows and
    columns that are one straight line over a quarter of the picture. `bands` is how often rows of
    ink and of ground take turns, down the page. `numbers` is the share of words that are numbers.
    """

    ground: float
    flat: float
    grey: float
    edges: float
    dark: bool
    spread: float
    bars: int
    bands: int
    numbers: float
    words: int
    lines: int
    aspect: float


def traits(pixels: Pixels, ocr_text: str = "") -> Traits:
    """Measure a picture, shape (height, width, 3), and its lettering, a line or row a line."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    small = np.asarray(picture, dtype=np.uint8)
    shades = (small // (256 // SHADES)).astype(np.int32)
    codes = (shades[..., 0] * SHADES + shades[..., 1]) * SHADES + shades[..., 2]  # of each colour
    values, counts = np.unique(codes, return_counts=True)
    ground = codes == values[counts.argmax()]  # (height, width)
    inked = (~ground).mean(axis=1) > 0.01  # noqa: PLR2004 - a speck is no line
    steps = np.abs(np.diff(small.astype(np.int16), axis=1)).max(axis=2)  # (height, width - 1)
    hue = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    lines = [line.replace("|", " ").split() for line in ocr_text.split("\n") if line.strip()]
    words = [word for line in lines for word in line]
    return Traits(
        ground=float(ground.mean()),
        flat=float((steps <= EQUAL_STEP).mean()) if steps.size else 1.0,
        grey=float((hue < HUELESS).mean()),
        edges=float((steps > STRONG_STEP).mean()) if steps.size else 0.0,
        dark=float(small[ground].mean()) < DARK_LIGHT,
        spread=float(small.mean(axis=2).std()),
        bars=_straight(codes, ground) + _straight(codes.T, ground.T),
        bands=int((inked[1:] & ~inked[:-1]).sum()) + int(inked[0]),
        numbers=sum(_NUMBER.fullmatch(word) is not None for word in words) / max(1, len(words)),
        words=len(words),
        lines=len(lines),
        aspect=pixels.shape[1] / pixels.shape[0],
    )


def _straight(codes: NDArray[np.int32], ground: NDArray[np.bool_]) -> int:
    """Count the rows that hold a run of one colour, not the ground's, over a quarter of them."""
    least = max(4, codes.shape[1] // 4)
    if codes.shape[1] <= least:
        return 0
    same = (codes[:, 1:] == codes[:, :-1]) & ~ground[:, 1:]
    sums = np.cumsum(np.pad(same, ((0, 0), (1, 0))).astype(np.int32), axis=1)
    return int(((sums[:, least:] - sums[:, :-least]) == least).any(axis=1).sum())


def kind_of(seen: Traits) -> Kind:
    """Return the kind by what was measured, the surest signs first."""
    few = seen.words <= FEW_WORDS
    if seen.spread < BLANK_SPREAD:
        return "blank"
    if few and seen.ground < PHOTO_GROUND and seen.numbers < CHART_NUMBERS:
        return "photo"
    if seen.dark and seen.bars > WINDOW_BARS and seen.lines > 1:
        return "screenshot"
    if few and _is_ornament(seen):
        return "ornament"
    if not few and seen.numbers > CHART_NUMBERS and seen.bars and seen.words < PAGE_WORDS:
        return "chart"
    is_page = seen.bands >= PAGE_BANDS and seen.spread < INK_SPREAD
    is_page = is_page and (seen.grey > GREY or not few)
    return "scan" if is_page or seen.words >= PAGE_WORDS else "diagram"


def _is_ornament(seen: Traits) -> bool:
    """Tell a logo or a heading drawn as a picture: a few large letters or much ink, no numbers."""
    if seen.numbers > LOGO_NUMBERS or seen.spread < INK_SPREAD or seen.lines > LOGO_LINES:
        return False
    coloured = seen.grey < LOGO_GREY and (seen.words > 0 or seen.flat > LOGO_FLAT)
    return coloured or (seen.words > 0 and seen.aspect > LOGO_ASPECT)


class PictureLooks:
    """The kinds of the last `max_kept` pictures. Safe for several threads."""

    def __init__(self, pictures: Assets, *, max_kept: int = MAX_KEPT) -> None:
        self._kind = lru_cache(max_kept)(
            lambda image, ocr_text: kind_of(traits(pictures.pixels(image), ocr_text))
        )

    def __call__(self, chunk: Chunk) -> str:
        """Return the kind of a chunk's picture; "" where it has none, or none that can be read."""
        if chunk.image is None or chunk.kind:
            return chunk.kind if chunk.image else ""
        try:
            return self._kind(chunk.image, chunk.text)
        except OSError:
            return ""
