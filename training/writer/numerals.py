"""Draws a short number as a picture: a counter of four places, small words below it at times.

Knows pillow; knows no lesson.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rag.protocols import Pixels

SIDE_PX: Final = 160
PLACES: Final = 4
PLACE_PX: Final = SIDE_PX // PLACES
TOP_PX: Final = PLACE_PX
"""The digits stand in the second of four bands."""

FONT_PX: Final = (42, 48)
JITTER_PX: Final = 3
WORDED: Final = 0.4
"""Share of the pictures in which something else is written below the number."""

SMALL_PX: Final = (9, 13)
LINE_PX: Final = 18
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-,.0123456789"


def draw_number(rng: random.Random, number: str, *, below: Sequence[str] | None = None) -> Pixels:
    """Return the number in dark on light, a digit in each place from the left on, maybe framed.

    `below` are small lines under it; without them there are some at times.
    """
    light, dark = rng.randint(215, 255), rng.randint(0, 70)
    picture = Image.new("L", (SIDE_PX, SIDE_PX), light)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(rng.randint(*FONT_PX))
    left, top = rng.uniform(-JITTER_PX, JITTER_PX), rng.uniform(-JITTER_PX, JITTER_PX)
    for place, digit in enumerate(number):
        middle = (place + 0.5) * PLACE_PX + left, TOP_PX + PLACE_PX / 2 + top
        pen.text(middle, digit, fill=dark, font=font, anchor="mm")
    for line, words in enumerate(_lines(rng) if below is None else below):
        small = ImageFont.load_default(rng.randint(*SMALL_PX))
        place_px = rng.randint(4, 20), 2 * PLACE_PX + LINE_PX * (line + 1)
        pen.text(place_px, words, fill=dark, font=small)
    if rng.random() < 0.3:
        pen.rectangle((1, 1, SIDE_PX - 2, SIDE_PX - 2), outline=dark)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def _lines(rng: random.Random) -> list[str]:
    """Return lines of letters at random, mostly none."""
    count = rng.randint(1, 3) if rng.random() < WORDED else 0
    return [" ".join(_word(rng) for _ in range(rng.randint(2, 4))) for _ in range(count)]


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(rng.randint(2, 8)))
