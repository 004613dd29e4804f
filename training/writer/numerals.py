"""Draws a short number as a picture, in one font. Knows pillow; knows no lesson."""

from __future__ import annotations

import random
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rag.protocols import Pixels

WIDTH_PX: Final = 160
HEIGHT_PX: Final = 80
FONT_PX: Final = (48, 52)
JITTER_PX: Final = 6


def draw_number(rng: random.Random, number: str) -> Pixels:
    """Return the number in dark on light, from the left on, with or without a frame."""
    light, dark = rng.randint(215, 255), rng.randint(0, 70)
    picture = Image.new("L", (WIDTH_PX, HEIGHT_PX), light)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(rng.randint(*FONT_PX))
    left, top, _, bottom = pen.textbbox((0, 0), number, font=font)
    x = 12 + rng.uniform(-JITTER_PX, JITTER_PX)
    y = (HEIGHT_PX - (bottom - top)) / 2 + rng.uniform(-JITTER_PX, JITTER_PX)
    pen.text((x - left, y - top), number, fill=dark, font=font)
    if rng.random() < 0.3:
        pen.rectangle((1, 1, WIDTH_PX - 2, HEIGHT_PX - 2), outline=dark)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)
