"""Parts of a PDF page drawn with some of its texts. Knows not why.

Lengths are points of the page as displayed. Hold `PDFIUM` around every call.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Frame, Rect

_MAX_PIXELS: Final = 6_000_000
"""Of a whole page: a larger one is drawn smaller."""

Pixels = NDArray[np.uint8]  # (height, width, 3): red, green, blue
Place = tuple[int, int, int, int]  # y0, y1, x0, x1 in pixels of a part


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePart:
    """A part of the page; `crop` are the pixels left, below, right of and above it."""

    scale: float
    crop: tuple[int, int, int, int]

    def outer(self, rect: Rect) -> Place:
        """Return the pixels that a rectangle touches, and one more."""
        x0, y0, x1, y1 = self._scaled(rect)
        return _place(math.floor(y0), math.ceil(y1) + 1, math.floor(x0), math.ceil(x1) + 1)

    def inner(self, rect: Rect) -> Place:
        """Return the pixels that lie in a rectangle wholly."""
        x0, y0, x1, y1 = self._scaled(rect)
        return _place(math.ceil(y0), math.floor(y1), math.ceil(x0), math.floor(x1))

    def _scaled(self, rect: Rect) -> Rect:
        (x0, y0, x1, y1), (left, _, _, top) = rect, self.crop
        scale = self.scale
        return x0 * scale - left, y0 * scale - top, x1 * scale - left, y1 * scale - top


def _place(y0: int, y1: int, x0: int, x1: int) -> Place:
    return max(0, y0), max(0, y1), max(0, x0), max(0, x1)


class Canvas:
    """Draws a page with the texts asked for. While it is open, the page has no others."""

    def __init__(self, page: Any, frame: Frame, texts: Sequence[int]) -> None:  # noqa: ANN401 - pypdfium2 has no types
        self._page, self._frame, self._texts = page, frame, texts

    def __enter__(self) -> Self:
        _set_active(self._texts, active=False)
        return self

    def __exit__(self, *_: object) -> None:
        _set_active(self._texts, active=True)

    def shows(self, rect: Rect) -> bool:
        """Whether any of a rectangle lies on the page."""
        x0, y0, x1, y1 = rect
        return x1 > 0 and y1 > 0 and x0 < self._frame.width_pt and y0 < self._frame.height_pt

    def part(self, rect: Rect, scale: float) -> PagePart:
        """Return the part of the page that shows a rectangle, at most `scale` pixels a point."""
        width, height = self._frame.width_pt, self._frame.height_pt
        scale = min(scale, (_MAX_PIXELS / (width * height)) ** 0.5)
        if not self.shows(rect):
            return PagePart(scale=scale, crop=(0, 0, 0, 0))
        x0, y0, x1, y1 = rect
        left, bottom, right, top = (
            max(0, int(side * scale)) for side in (x0, height - y1, width - x1, y0)
        )
        return PagePart(scale=scale, crop=(left, bottom, right, top))

    def drawn(self, part: PagePart, texts: Collection[int]) -> Pixels:
        """Draw a part with these texts alone."""
        _set_active(texts, active=True)
        try:
            bitmap = self._page.render(
                scale=part.scale,
                crop=tuple(max(0, side - 0.5) / part.scale for side in part.crop),
                draw_annots=False,
                may_draw_forms=False,
                prefer_bgrx=False,
                rev_byteorder=True,
            )
        finally:
            _set_active(texts, active=False)
        try:
            drawn = bitmap.to_numpy()
            pixels: Pixels = np.array(drawn.reshape(*drawn.shape[:2], -1)[:, :, :3])
            return pixels
        finally:
            bitmap.close()


def _set_active(texts: Collection[int], *, active: bool) -> None:
    for text in texts:
        calls.set_active(text, active)


def contrast(one: Pixels, other: Pixels) -> NDArray[np.uint8]:
    """Return (height, width): by how much pixels differ, in any of the colours."""
    apart = np.maximum(one, other) - np.minimum(one, other)
    red, green, blue = apart[:, :, 0], apart[:, :, 1], apart[:, :, 2]
    most: NDArray[np.uint8] = np.maximum(np.maximum(red, green), blue)
    return most
