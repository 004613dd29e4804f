"""Pictures of page regions for an evaluation's report: the page drawn, cropped, its marks on it.

Knows the open index and pixels; knows nothing of questions or HTML.
"""

from __future__ import annotations

import io
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageDraw

from pagelight.services.rendering.originals import PAGED
from pagelight.services.rendering.page_pictures import Pages
from pagelight.services.rendering.slide_drawing import draw_slide
from rag.datamodel import Document, ImageAsset
from rag.errors import SourceError
from rag.evaluation.html.album import Kind, Mark, Picture
from rag.evaluation.measures.boxes import around
from rag.evaluation.records.report import Box
from rag.protocols import PictureRenderer, Pixels

if TYPE_CHECKING:
    from pagelight.services.answering.protocols import Library

logger = logging.getLogger(__name__)

SIDE_PX: Final = 500
"""Longest side of a region's picture: about 18 kB, legible at the width of a card."""

PAGE_WIDTH_PX: Final = 1000
"""Width at which a page is drawn before a region is cut out of it."""

JPEG_QUALITY: Final = 52
KEPT_PAGES: Final = 24
MARGIN: Final = 0.04
"""Of the page, kept around the marks on each side."""

LEAST_WIDTH: Final = 0.6
LEAST_HEIGHT: Final = 0.22
"""Of the page: a region shows enough around its marks to be recognised."""

FLATTEST: Final = 2.2
"""Most width / height of a region: a mere strip shows no surroundings."""

WHOLE_PAGE: Final = (0.0, 0.0, 1.0, 1.0)

_COLOURS: Final[dict[Kind, tuple[int, int, int]]] = {
    "gold": (47, 158, 95),
    "found": (94, 110, 220),
    "cited": (235, 170, 0),
}
_FILL: Final[dict[Kind, float]] = {"gold": 0.1, "found": 0.0, "cited": 0.24}
_WHITE: Final = 255
_DARK: Final = 110
"""Mean value of a place that counts as dark."""


class RegionPainter:
    """Implements `rag.evaluation.html.album.Painter` over an open workspace.

    `pixels_of` reads stored pictures.
    """

    def __init__(
        self,
        library: Library,
        *,
        pixels_of: Callable[[ImageAsset], Pixels],
        renderer: PictureRenderer,
        renders: Path,
    ) -> None:
        self._library = library
        self._pixels_of = pixels_of
        self._pages = Pages(
            library, renderer=renderer, roots=lambda: library.roots, renders=renders
        )
        self._ids = {
            source: record.id for record in library.documents() for source in record.sources
        }
        self._drawn: OrderedDict[tuple[str, int], Pixels | None] = OrderedDict()

    def __call__(self, source: str, page: int | None, marks: Sequence[Mark]) -> Picture | None:
        pixels = self._page(source, page)
        if pixels is None:
            return None
        crop = region([mark.box for mark in marks], shape=pixels.shape[1] / pixels.shape[0])
        return encoded(lit(pixels, marks, crop=crop))

    def _page(self, source: str, page: int | None) -> Pixels | None:
        """Return a page's pixels, kept for the next region of it."""
        key = (source, page or 1)
        if key not in self._drawn:
            self._drawn[key] = self._draw(source, page)
            while len(self._drawn) > KEPT_PAGES:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        return self._drawn[key]

    def _draw(self, source: str, page: int | None) -> Pixels | None:
        doc = self._library.document(self._ids.get(source, ""))
        if doc is None:
            return None
        try:
            return self._pixels(doc, page)
        except (SourceError, OSError) as error:
            logger.warning("page %s of %s can't be drawn: %s", page, doc.id, error)
            return None

    def _pixels(self, doc: Document, page: int | None) -> Pixels | None:
        if doc.media_type.startswith("image/"):
            shown = (e.image for e in doc.elements if e.image and page in {None, e.page})
            image = next(shown, None)
            return self._pixels_of(image) if image else None
        if page is None or not 1 <= page <= doc.page_count:
            return None
        if "presentation" in doc.media_type:
            return draw_slide(doc, page, self._pixels_of, width_px=PAGE_WIDTH_PX)
        if doc.media_type not in PAGED:
            return None
        return self._pages.pixels(doc, page, width_px=PAGE_WIDTH_PX)


def region(boxes: Sequence[Box], *, shape: float) -> Box:
    """Return the part of the page to show: all boxes and some of what stands around them.

    `shape` is the page's width / height.
    """
    if not boxes:
        return WHOLE_PAGE
    x0, y0, x1, y1 = around(boxes)
    left, right = _widened(x0, x1, least=LEAST_WIDTH)
    least_height = max(LEAST_HEIGHT, (right - left) * shape / FLATTEST)
    top, bottom = _widened(y0, y1, least=least_height)
    return left, top, right, bottom


def _widened(low: float, high: float, *, least: float) -> tuple[float, float]:
    """Return a range within 0..1 around this one, with its margins, at least `least` long."""
    length = min(1.0, max(least, high - low + 2 * MARGIN))
    start = min(max(0.0, (low + high - length) / 2), 1.0 - length)
    return start, start + length


def lit(pixels: Pixels, marks: Sequence[Mark], *, crop: Box) -> Image.Image:
    """Return the region, at most `SIDE_PX` long, with the marks on it as a marker pen leaves them.

    Colours multiply with a light page, so that words stay dark, and lighten a dark one.
    """
    height, width = pixels.shape[:2]
    edges = (crop[0] * width, crop[1] * height, crop[2] * width, crop[3] * height)
    left, top, right, bottom = (round(edge) for edge in edges)
    shown = Image.fromarray(pixels[top : max(bottom, top + 1), left : max(right, left + 1)])
    shown.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    for mark in marks:
        shown = _marked(shown, _placed(mark.box, crop, shown.size), mark.kind)
    return shown


def _placed(box: Box, crop: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the box in pixels of the shown region, at least a pixel wide."""
    wide, high = crop[2] - crop[0], crop[3] - crop[1]
    x0, x1 = ((x - crop[0]) / wide * size[0] for x in (box[0], box[2]))
    y0, y1 = ((y - crop[1]) / high * size[1] for y in (box[1], box[3]))
    left, top = max(0, round(x0) - 1), max(0, round(y0) - 1)
    return left, top, max(left + 1, round(x1) + 1), max(top + 1, round(y1) + 1)


def _marked(shown: Image.Image, at: tuple[int, int, int, int], kind: Kind) -> Image.Image:
    left, top, right, bottom = at
    pixels = np.asarray(shown, dtype=np.float32).copy()  # (height, width, 3)
    under = pixels[top:bottom, left:right]
    tint = np.array(_COLOURS[kind], dtype=np.float32)
    if under.mean() < _DARK:
        under += _FILL[kind] * (tint - under)
    else:
        under *= 1 - 2 * _FILL[kind] * (1 - tint / _WHITE)
    marked = Image.fromarray(np.clip(pixels, 0, _WHITE).astype(np.uint8))
    if kind != "cited":
        ImageDraw.Draw(marked).rectangle(
            (left, top, min(right, shown.width - 1), min(bottom, shown.height - 1)),
            outline=_COLOURS[kind],
            width=2,
        )
    return marked


def encoded(shown: Image.Image) -> Picture:
    buffer = io.BytesIO()
    shown.convert("RGB").save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return Picture(
        data=buffer.getvalue(),
        media_type="image/jpeg",
        width_px=shown.width,
        height_px=shown.height,
    )
