"""Draws a short number as a picture: a counter of four places. Knows pillow; knows no lesson."""

from __future__ import annotations

import random
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


def draw_number(rng: random.Random, number: str) -> Pixels:
    """Return the number in dark on light, a digit in each place from the left on, maybe framed."""
    light, dark = rng.randint(215, 255), rng.randint(0, 70)
    picture = Image.new("L", (SIDE_PX, SIDE_PX), light)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(rng.randint(*FONT_PX))
    left, top = rng.uniform(-JITTER_PX, JITTER_PX), rng.uniform(-JITTER_PX, JITTER_PX)
    for place, digit in enumerate(number):
        middle = (place + 0.5) * PLACE_PX + left, TOP_PX + PLACE_PX / 2 + top
        pen.text(middle, digit, fill=dark, font=font, anchor="mm")
    if rng.random() < 0.3:
        pen.rectangle((1, 1, SIDE_PX - 2, SIDE_PX - 2), outline=dark)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)
