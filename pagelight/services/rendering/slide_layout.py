"""The shape of slides, and how large letters fit their boxes. Pure.

Sizes are in `cqw`, hundredths of the canvas's width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Final

from rag.datamodel import CELL_SEPARATOR, BBox, Element

SHAPES: Final = (4 / 3, 16 / 10, 16 / 9)
"""Width to height of the usual slides."""

MAX_FONT_CQW: Final = 4.2
MIN_FONT_CQW: Final = 0.9
LETTER_WIDTH: Final = 0.56
LINE_HEIGHT: Final = 1.27
"""A letter's mean width, bold ones included, and a line's height, in font sizes."""

CELL_LETTER_WIDTH: Final = 0.66
CELL_WIDTH: Final = 0.9
CELL_HEIGHT: Final = 0.4
"""A letter's width in a table, whose headers are bold, and what its cells have around their words,
both sides and the line together, in font sizes."""


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
    return _largest(lambda size, width: _height_cqw(text, size, width), box, shape=shape)


def table_font_cqw(text: str, box: BBox, *, shape: float) -> float:
    """Return the largest font size at which a table, its cells broken into lines, fits its box."""
    rows = [line.split(CELL_SEPARATOR) for line in text.split("\n")]
    return _largest(lambda size, width: _table_height_cqw(rows, size, width), box, shape=shape)


def _largest(height_cqw: Callable[[float, float], float], box: BBox, *, shape: float) -> float:
    """Return the largest font size at which what is this high in the box's width fits into it."""
    width, height = 100 * (box.x1 - box.x0), 100 * (box.y1 - box.y0) / shape
    size = MAX_FONT_CQW
    while size > MIN_FONT_CQW and height_cqw(size, width) > height:
        size *= 0.94
    return max(size, MIN_FONT_CQW)


def _table_height_cqw(rows: Sequence[Sequence[str]], size: float, width_cqw: float) -> float:
    """Return how high a table is; infinite where its longest words stand not beside each other.

    What room is left beside these goes to the columns that have more to say.
    """
    columns = list(zip_longest(*rows, fillvalue=""))
    least = [
        max(_letters(word) for cell in column for word in cell.split(" ")) for column in columns
    ]
    whole = [max(map(_letters, column)) for column in columns]
    spare = width_cqw / size - sum(least) - CELL_WIDTH * len(columns)
    if spare < 0:
        return math.inf
    share = min(1.0, spare / max(1e-9, sum(whole) - sum(least)))
    widths = [short + share * (long - short) for short, long in zip(least, whole, strict=True)]
    return size * sum(_row_height(row, widths) for row in rows)


def _row_height(row: Sequence[str], widths: Sequence[float]) -> float:
    lines = (
        math.ceil(_letters(cell) / max(CELL_LETTER_WIDTH, width) - 1e-6)
        for cell, width in zip(row, widths, strict=False)
    )
    return max(1, *lines) * LINE_HEIGHT + CELL_HEIGHT


def _letters(text: str) -> float:
    return CELL_LETTER_WIDTH * len(text)


def _height_cqw(text: str, size: float, width_cqw: float) -> float:
    letters_a_line = max(1.0, width_cqw / (LETTER_WIDTH * size))
    lines = sum(max(1, math.ceil(len(line) / letters_a_line)) for line in text.split("\n"))
    return lines * LINE_HEIGHT * size
