"""Pages of a PDF as pixels. Knows nothing of their text."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2 as pdfium

from ingest.parsers.pdf.letters.opening import opened
from ingest.parsers.pdf.letters.words import PDFIUM
from rag.errors import SourceError
from rag.protocols import Pixels

_MAX_PIXELS: Final = 24_000_000
"""Most pixels of a rendered page (a poster at 4000 x 6000)."""

_MAX_SIDE_PX: Final = 16_000


class PdfRenderer:
    """Draws pages as they are displayed: cropped, turned upright. Safe from any thread."""

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels:
        """Draw page `page` (from 1), `width_px` wide, or less where it would be too many pixels.

        Raises SourceError if the page does not exist or can't be drawn.
        """
        with opened(path) as doc, PDFIUM:
            if not 1 <= page <= len(doc):
                raise SourceError(f"{path.name} has no page {page}.")
            try:
                shown = doc[page - 1]
            except pdfium.PdfiumError as error:
                raise SourceError(f"Page {page} of {path.name} is damaged.") from error
            try:
                return _draw(shown, width_px)
            except (pdfium.PdfiumError, MemoryError, ValueError) as error:
                raise SourceError(f"Page {page} of {path.name} can't be drawn.") from error
            finally:
                shown.close()


def _draw(page: Any, width_px: int) -> Pixels:  # noqa: ANN401 - pypdfium2 has no types
    width_pt, height_pt = page.get_size()
    if min(width_pt, height_pt) <= 0:
        raise ValueError("the page has no area")
    scale = min(
        width_px / width_pt,
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
