"""A PDF as a file: opened, mended, what it says about itself, its pages as pixels.

pdfium opens and draws; pypdf mends files that pdfium refuses. Knows nothing of layout.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.parsers.base.dates import day_in
from ingest.parsers.base.elements import meaningful_title
from ingest.parsers.pdf.letters.calls import Pdfium
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.letters.words import PDFIUM
from rag.datamodel import version_of
from rag.errors import LockedError, SourceError
from rag.opening import name_of
from rag.protocols import SHEET_PX, Pixels

_MENDING_LIMIT_BYTES: Final = 50_000_000
"""Larger damaged files are not given to pypdf: mending takes memory and time."""

_MAX_ENTRIES: Final = 5000
"""Outline entries that are read; a damaged outline may go on for ever."""

_CONTROLS: Final = re.compile(r"[\x00-\x1f]")
_NAME: Final = re.compile(r"scan\d*|print|\S*[_\d]\S*", re.IGNORECASE)
"""What scanners and programs write as a title, and what reads as the name of a file."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a PDF for pdfium, mended by pypdf if need be. Raises SourceError.

    Hold `PDFIUM` around calls into the document.
    """
    if path.is_file() and not path.stat().st_size:
        raise SourceError(f"{name_of(path)} is empty.")
    with PDFIUM:
        doc = _open(path)
    try:
        yield doc
    finally:
        with PDFIUM:
            doc.close()


def _open(path: Path) -> Pdfium:
    try:
        doc = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code in {pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY}:
            raise LockedError from error
        return _mended(path, error)
    except OSError as error:
        raise SourceError(f"{name_of(path)} can't be opened: {error.strerror or error}.") from error
    logging.getLogger("pypdfium2").setLevel(logging.CRITICAL)  # it remarks on forms and loops
    doc.init_forms()
    if len(doc) == 0:
        doc.close()
        return _mended(path, None)
    return doc


def _mended(path: Path, cause: Exception | None) -> Pdfium:
    """Write the file anew with pypdf, which rebuilds a lost index, and open that."""
    broken = SourceError(
        f"{name_of(path)} is damaged and could not be repaired.",
        hint="Open it in a PDF viewer and save it again, or get another copy.",
    )
    status = path.stat()
    if status.st_size > _MENDING_LIMIT_BYTES:
        raise broken from cause
    try:
        doc = pdfium.PdfDocument(rewritten(path, (status.st_dev, *version_of(status))))
    except Exception as error:
        raise broken from error
    if len(doc) == 0:
        doc.close()
        raise SourceError(f"{name_of(path)} has no pages.") from cause
    return doc


@lru_cache(maxsize=1)
def rewritten(path: Path, stamp: tuple[int, ...]) -> bytes:
    """Return the file as pypdf writes it; the last one is kept, for its pages are drawn one by one.

    Raises nearly anything: pypdf documents no closed set of errors.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it remarks on each damage it mends
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(path, strict=False).pages:
        writer.add_page(page)
    mended = io.BytesIO()
    writer.write(mended)
    return mended.getvalue()


def frame_of(page: Pdfium) -> Frame:
    """Return how the page is displayed. Raises PdfiumError, ValueError for a page without area."""
    left, bottom, right, top = page.get_bbox()
    if not (right - left > 1 and top - bottom > 1):
        raise ValueError("the page has no area")
    rotation = page.get_rotation() % 360
    return Frame(left=left, bottom=bottom, right=right, top=top, rotation=rotation)


def claimed_title(doc: Pdfium, *, stem: str) -> str:
    """Return the title in the file's metadata; empty where it is a program's or a file's name."""
    title = meaningful_title(_CONTROLS.sub(" ", doc.get_metadata_value("Title")))
    is_name = bool(_NAME.fullmatch(title)) or title.lower() == stem.lower()
    return "" if is_name or sum(map(str.isalpha, title)) < 4 else title


def claimed_day(doc: Pdfium) -> str:
    """Return the day (ISO) of the last change in the metadata, else of the making, else ""."""
    dates = (doc.get_metadata_value(key) for key in ("ModDate", "CreationDate"))
    return next(filter(None, map(day_in, dates)), "")


def outline_of(doc: Pdfium) -> list[tuple[str, int]]:
    """Return the titles of the file's bookmarks with their depths from 1, in their order."""
    marks = islice(doc.get_toc(max_depth=6), _MAX_ENTRIES)
    return [
        (" ".join(_CONTROLS.sub(" ", mark.get_title()).split()), mark.level + 1) for mark in marks
    ]


_MAX_PIXELS: Final = 24_000_000
"""Most pixels of a rendered page (a poster at 4000 x 6000)."""

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


def _scale_of_scan(page: Pdfium) -> float:
    width_pt, height_pt = page.get_size()
    pictures = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4)
    sizes = [picture.get_px_size() for picture in islice(pictures, 100)]
    own = sum(width * height for width, height in sizes) / SHEET_PX or _MAX_SHEETS
    sheets = max(1.0, min(width_pt * height_pt / _SHEET_PT, own, _MAX_SHEETS))
    return float((sheets * SHEET_PX / (width_pt * height_pt)) ** 0.5)


def _draw(page: Pdfium, scale_of: Callable[[Pdfium], float]) -> Pixels:
    width_pt, height_pt = page.get_size()
    if min(width_pt, height_pt) <= 0:
        raise ValueError("the page has no area")
    scale = min(
        scale_of(page),
        16_000 / max(width_pt, height_pt),
        (_MAX_PIXELS / (width_pt * height_pt)) ** 0.5,
    )
    with closing(page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)) as bitmap:
        pixels: Pixels = bitmap.to_numpy()  # (height, width, 3)
        return pixels
