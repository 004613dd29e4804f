"""The words of a drawn page, unseen above its picture: they can be selected and read aloud. Pure.

An SVG that each line is set into, as wide as its box. Knows elements; knows nothing of pictures or
files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.ui.html.escape import escaped
from rag.datamodel import BBox, Element

BASELINE: Final = 0.8
"""Where letters stand in their box, as a share of its height from the top."""


def text_layer_html(
    elements: Sequence[Element], page: int, *, width_px: int, height_px: int
) -> str:
    """Return the lines of a page of this size, each in its box."""
    lines = "".join(
        _line_html(element.text[p.span[0] : p.span[1]], p.bbox, width_px, height_px)
        for element in elements
        for p in element.provenances
        if p.page == page and p.bbox is not None and p.span is not None
    )
    return f'<svg class="text-layer" viewBox="0 0 {width_px} {height_px}">{lines}</svg>'


def _line_html(text: str, box: BBox, width_px: int, height_px: int) -> str:
    left, width = box.x0 * width_px, (box.x1 - box.x0) * width_px
    height = (box.y1 - box.y0) * height_px
    base = box.y0 * height_px + BASELINE * height
    return (
        f'<text x="{left:.0f}" y="{base:.0f}" font-size="{height:.0f}" textLength="{width:.0f}" '
        f'lengthAdjust="spacingAndGlyphs">{escaped(text)}</text>'
    )
