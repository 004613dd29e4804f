"""The shape of slides, and how large letters fit their boxes. Pure.

Sizes are in `cqw`, hundredths of the canvas's width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rag.datamodel import BBox, Element

SHAPES: Final = (4 / 3, 16 / 10, 16 / 9)
"""Width to height of the usual slides."""

MAX_FONT_CQW: Final = 4.2
MIN_FONT_CQW: Final = 0.9
LETTER_WIDTH: Final = 0.56
LINE_HEIGHT: Final = 1.27
"""A letter's mean width, bold ones included, and a line's height, in font sizes."""


def slide_shape(elements: Sequence[Element]) -> float:
    """Return width / height of the slides, told by pictures that keep their shape; 16:9 if none."""
    votes = [0] * len(SHAPES)
    for element in elements:
        box = element.bbox
        if element.image is None or box is None:
            continue
        implied = element.image.width_px / element.image.height_px
        implied *= (box.y1 - box.y0) / (box.x1 - box.x0)
        votes[min(range(len(SHAPES)), key=lambda i: abs(math.log(SHAPES[i] / implied)))] += 1
    return SHAPES[votes.index(max(votes))] if any(votes) else SHAPES[-1]


def font_cqw(text: str, box: BBox, *, shape: float) -> float:
    """Return the largest font size at which the text, broken into lines, fits its box."""
    width_cqw, height_cqw = 100 * (box.x1 - box.x0), 100 * (box.y1 - box.y0) / shape
    size = MAX_FONT_CQW
    while size > MIN_FONT_CQW and _height_cqw(text, size, width_cqw) > height_cqw:
        size *= 0.94
    return max(size, MIN_FONT_CQW)


def _height_cqw(text: str, size: float, width_cqw: float) -> float:
    letters_a_line = max(1.0, width_cqw / (LETTER_WIDTH * size))
    lines = sum(max(1, math.ceil(len(line) / letters_a_line)) for line in text.split("\n"))
    return lines * LINE_HEIGHT * size
