"""A delivery note, typed and scanned on its side: a JPEG that is a quarter turn off."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from look import TYPEWRITER
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH_PX: Final = 1240  # A5 across at 150 dpi
HEIGHT_PX: Final = 874
INK: Final = (40, 38, 50)
PAPER: Final = (240, 238, 228)

HEAD: Final = ("ALTMOOS HELICOPTER SERVICE", "Delivery note 4471, 14 October 2025")
ROWS: Final = (
    ("Goods", "Litres", "Flight"),
    ("Heating oil", "2,700", "1"),
    ("Heating oil", "2,500", "2"),
    ("Lamp oil", "60", "2"),
)
FOOT: Final = (
    "Unloaded at the landing place of the Sturmjoch.",
    "The hose of tank 3 was replaced on the spot.",
    "Received by: T. Wieland",
)


def write(path: Path) -> None:
    """Write the note as it came from the scanner: its top points to the right."""
    page = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), PAPER)
    draw = ImageDraw.Draw(page)
    for i, line in enumerate(HEAD):
        draw.text((80, 70 + 70 * i), line, font=_font(44 - 8 * i), fill=INK)
    for i, row in enumerate(ROWS):
        for x, text in zip((80, 560, 860), row, strict=True):
            draw.text((x, 260 + 70 * i), text, font=_font(36), fill=INK)
        draw.line((70, 312 + 70 * i, 1160, 312 + 70 * i), fill=(130, 126, 126), width=2)
    for i, line in enumerate(FOOT):
        draw.text((80, 600 + 62 * i), line, font=_font(34), fill=INK)
    _scanned(page).transpose(Image.Transpose.ROTATE_270).save(path, "JPEG", quality=70)


def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(TYPEWRITER), size_px)


def _scanned(page: Image.Image) -> Image.Image:
    noise = np.random.default_rng(4471).normal(0, 5, (HEIGHT_PX, WIDTH_PX, 1))
    soft = np.asarray(page.filter(ImageFilter.GaussianBlur(0.6)), dtype=float)
    return Image.fromarray((soft + noise).clip(0, 255).astype(np.uint8))
