"""Slides: their shape, how large letters fit their boxes, and drawn as pixels, element by element.

For the chat's pages, printed reports, and models that see. Shown is what was read and where it
stood; fonts and backgrounds are ours. Pillow's own font knows Latin letters only: others appear
as empty boxes. Sizes are in `cqw`, hundredths of the canvas's width.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rag.datamodel import CELL_SEPARATOR, BBox, Document, Element, ImageAsset
from rag.protocols import Pixels

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


INK: Final = (28, 36, 48)
_TAKEN: Final = 0.8
_MAX_LETTERS: Final = 4000
"""Of one element: more can't be read on a slide."""


def draw_slide(
    doc: Document, page: int, pixels_of: Callable[[ImageAsset], Pixels], *, width_px: int
) -> Pixels:
    """Return the slide on white; a caption that would hide what lies under it is left out."""
    shape = slide_shape(doc.elements)
    canvas = Image.new("RGB", (width_px, round(width_px / shape)), "white")
    placed = [(element, element.bbox) for element in doc.elements if element.page == page]
    drawn: list[BBox] = []
    for element, box in sorted(placed, key=lambda pair: pair[0].image is None):
        if box is None:
            continue
        is_taken = any(box.intersection_area(other) > _TAKEN * box.area for other in drawn)
        if element.role == "caption" and is_taken:
            continue
        _draw(canvas, element, box, pixels_of, shape=shape)
        drawn.append(box)
    return np.asarray(canvas)


def _draw(
    canvas: Image.Image,
    element: Element,
    box: BBox,
    pixels_of: Callable[[ImageAsset], Pixels],
    *,
    shape: float,
) -> None:
    left, top = round(box.x0 * canvas.width), round(box.y0 * canvas.height)
    width = max(1, round((box.x1 - box.x0) * canvas.width))
    height = max(1, round((box.y1 - box.y0) * canvas.height))
    if element.image is not None:
        with suppress(OSError):  # a picture that is gone leaves its place empty
            picture = Image.fromarray(pixels_of(element.image))
            picture.thumbnail((width, height))
            canvas.paste(picture, (left, top))
        return
    size_px = font_cqw(element.text, box, shape=shape) * canvas.width / 100
    font = ImageFont.load_default(size=size_px)
    pen = ImageDraw.Draw(canvas)
    for number, line in enumerate(_lines(element.text[:_MAX_LETTERS], font, width)):
        if number * LINE_HEIGHT * size_px > height:
            break
        pen.text((left, top + number * LINE_HEIGHT * size_px), line, fill=INK, font=font)


def _lines(
    text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width_px: int
) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > width_px:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines
