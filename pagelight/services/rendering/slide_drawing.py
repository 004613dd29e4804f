"""A slide as pixels, drawn from its elements: each one set into its own box.

For printed reports, and for models that see.

As in the chat (`ui.source.slides`), this shows what was read and where it stood; fonts and
backgrounds are ours. Pillow's own font knows Latin letters only: others appear as empty boxes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pagelight.services.rendering.slide_layout import LINE_HEIGHT, font_cqw, slide_shape
from rag.datamodel import BBox, Document, Element, ImageAsset
from rag.protocols import Pixels

INK: Final = (28, 36, 48)
_TAKEN: Final = 0.8
_MAX_LETTERS: Final = 4000
"""Of one element: more can't be read on a slide."""


def draw_slide(
    doc: Document, page: int, pixels_of: Callable[[ImageAsset], Pixels], *, width_px: int
) -> Pixels:
    """Return the slide on white, its pictures under its words.

    What another thing covers is left out: a caption in its picture's place would hide it.
    """
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
    """Return the text broken between words where the next one would not fit."""
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
