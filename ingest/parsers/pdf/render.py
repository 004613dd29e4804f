"""Pages of a PDF as pixels. Knows nothing of their text."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.parsers.pdf.letters.opening import opened
from ingest.parsers.pdf.letters.words import PDFIUM
from rag.errors import SourceError
from rag.opening import name_of
from rag.protocols import SHEET_PX, Pixels

_MAX_PICTURES: Final = 100
_MAX_PIXELS: Final = 24_000_000
"""Most pixels of a rendered page (a poster at 4000 x 6000)."""

_MAX_SIDE_PX: Final = 16_000
_SHEET_PT: Final = 595.0 * 842.0
"""The area of A4."""

_MAX_SHEETS: Final = 2.0
"""A3: larger pages are drawn on as many pixels, so that reading them takes no more memory."""


class PdfRenderer:
    """Draws pages as they are displayed: cropped, turned upright. Safe from any thread."""

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels:
        """Draw page `page` (from 1), `width_px` wide, or less where it would be too many pixels.

        Raises SourceError if the page does not exist or can't be drawn.
        """
        return self._drawn(path, page, lambda shown: width_px / shown.get_width())

    def scan(self, path: Path, page: int) -> Pixels:
        """Draw a page for reading: A4 at 200 dpi, larger ones as sharply, as far as A3.

        Smaller ones get as many pixels as A4, and no page more than its own pictures have, or A4.
        Raises SourceError as `render` does.
        """
        return self._drawn(path, page, _scale_of_scan)

    def _drawn(self, path: Path, page: int, scale_of: Callable[[Any], float]) -> Pixels:
        with opened(path) as doc, PDFIUM:
            if not 1 <= page <= len(doc):
                raise SourceError(f"{name_of(path)} has no page {page}.")
            try:
                shown = doc[page - 1]
            except pdfium.PdfiumError as error:
                raise SourceError(f"Page {page} of {name_of(path)} is damaged.") from error
            try:
                return _draw(shown, scale_of)
            except (pdfium.PdfiumError, MemoryError, ValueError) as error:
                raise SourceError(f"Page {page} of {name_of(path)} can't be drawn.") from error
            finally:
                shown.close()


def _scale_of_scan(page: Any) -> float:  # noqa: ANN401 - pypdfium2 has no types
    """Return the pixels of a point."""
    width_pt, height_pt = page.get_size()
    pictures = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4)
    sizes = [picture.get_px_size() for picture in islice(pictures, _MAX_PICTURES)]
    own = sum(width * height for width, height in sizes) / SHEET_PX or _MAX_SHEETS
    sheets = max(1.0, min(width_pt * height_pt / _SHEET_PT, own, _MAX_SHEETS))
    return float((sheets * SHEET_PX / (width_pt * height_pt)) ** 0.5)


def _draw(page: Any, scale_of: Callable[[Any], float]) -> Pixels:  # noqa: ANN401 - as above
    width_pt, height_pt = page.get_size()
    if min(width_pt, height_pt) <= 0:
        raise ValueError("the page has no area")
    scale = min(
        scale_of(page),
        _MAX_SIDE_PX / max(width_pt, height_pt),
        (_MAX_PIXELS / (width_pt * height_pt)) ** 0.5,
    )
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    try:
        return _rgb(bitmap.to_numpy())
    finally:
        bitmap.close()


def _rgb(drawn: np.ndarray[Any, np.dtype[np.uint8]]) -> Pixels:
    """Return (height, width, 3) of (height, width), (..., 1), (..., 3) or (..., 4)."""
    if drawn.ndim == 2 or drawn.shape[2] == 1:
        drawn = np.repeat(drawn.reshape(*drawn.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(drawn[:, :, :3])
