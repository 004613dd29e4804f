"""Page pictures: the original found again and checked, one page drawn, the drawing kept.

Knows the folder, the workspace's `renders/` and a renderer; knows nothing of HTML or servers. A
request reaches the disk only through ids that the index knows.
"""

from __future__ import annotations

import io
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from rag.datamodel import FULL_PAGE, BBox, Document, ImageAsset
from rag.errors import SourceError
from rag.index.assets import perceptual_hash
from rag.index.ledger.source_folders import Roots
from rag.protocols import PageRenderer, Pixels
from service.pages.originals import PAGED, Fetch, Originals, is_here

logger = logging.getLogger(__name__)

WIDTHS_PX: Final = (200, 900, 1600, 2400)
"""Widths that pages are drawn at: a request gets the next of these, so few are kept."""

CROP_WIDTH_PX: Final = 900
"""A part of a page is drawn at least so wide, as far as `WIDTHS_PX` go."""

_ID: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """A drawn page on disk."""

    path: Path
    width_px: int
    height_px: int


class PicturesById(Protocol):
    """Where stored pictures are found by their ids."""

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type; None for an id that is unknown."""
        ...


class WithPictures(Protocol):
    """An index, as far as its stored pictures go."""

    @property
    def assets(self) -> PicturesById: ...


class CameWithQuestions(Protocol):
    """What was attached to questions, by everybody."""

    def picture(self, image_id: str, /, *, among: Collection[str]) -> tuple[Path, str] | None:
        """Return path and media type of a picture of the files `among` (ids); None elsewhere."""
        ...

    def bytes_of(self, doc_id: str, /) -> Path:
        """Return where the bytes of a file are kept, or would be."""
        ...


class Pages:
    """Draws pages of documents that the index holds. Safe for several threads: one draws."""

    def __init__(
        self,
        library: WithPictures,
        *,
        renderer: PageRenderer,
        roots: Callable[[], Roots],
        renders: Path,
        attached: CameWithQuestions | None = None,
        fetch: Fetch = is_here,
    ) -> None:
        """`attached` holds what came with questions: its pages are drawn, too.

        `fetch` brings originals that lie on no disk of this machine.
        """
        self._library = library
        self._renderer = renderer
        self._renders = renders
        self._attached = attached
        bytes_of = attached.bytes_of if attached is not None else None
        self._originals = Originals(roots, renders.parent, came_with=bytes_of, fetch=fetch)
        self._lock = threading.Lock()  # pdfium is not thread-safe

    def picture(self, doc: Document, page: int, *, width_px: int = 1600) -> PagePicture | None:
        """Return the page drawn at about `width_px`; None if it has none or its file is gone."""
        if doc.media_type not in PAGED or not 1 <= page <= doc.page_count:
            return None
        width_px = next((w for w in WIDTHS_PX if w >= width_px), WIDTHS_PX[-1])
        path = self._renders / doc.id / f"{page}-{width_px}.png"
        with self._lock:
            if not path.exists() and not self._draw(doc, page, width_px=width_px, path=path):
                return None
        return _sized(path)

    def look(self, doc: Document, page: int) -> str:
        """Return the perceptual hash of a page; "" where it can't be drawn."""
        drawn = self.picture(doc, page, width_px=WIDTHS_PX[0])
        return perceptual_hash(_cropped(drawn.path, FULL_PAGE)) if drawn else ""

    def crop(self, doc: Document, page: int, bbox: BBox) -> Pixels | None:
        """Return a part of a drawn page or of a picture; None where there is neither."""
        width_px = round(CROP_WIDTH_PX / (bbox.x1 - bbox.x0))
        drawn = self.picture(doc, page, width_px=width_px)
        path = drawn.path if drawn else self._stored(doc, page)
        return None if path is None else _cropped(path, bbox)

    def _stored(self, doc: Document, page: int) -> Path | None:
        """Return where the picture is stored that a page of the document itself is."""
        image = whole_picture(doc, page)
        found = self._library.assets.find(image.id) if image else None
        if image and found is None and self._attached is not None:
            found = self._attached.picture(image.id, among=(doc.id,))
        return found[0] if found else None

    def _draw(self, doc: Document, page: int, *, width_px: int, path: Path) -> bool:
        with self.lent(doc) as original:
            if original is None:
                return False
            try:
                pixels = self._renderer.render(original, page, width_px=width_px)
            except SourceError as error:
                logger.warning("page %d of %s can't be drawn: %s", page, doc.id, error)
                return False
        _write_png(pixels, path)
        return True

    def original(self, doc: Document) -> Path | None:
        """Return the file with the very bytes of `doc`; None if it is gone."""
        return self._originals.find(doc)

    def lent(self, doc: Document) -> AbstractContextManager[Path | None]:
        """Lend a path to these bytes, whatever comes in their file's place meanwhile."""
        return self._originals.lent(doc)


def is_drawn(media_type: str) -> bool:
    """Tell whether pages of such documents can be shown as they look."""
    return media_type in PAGED or media_type.startswith("image/")


def whole_picture(doc: Document, page: int) -> ImageAsset | None:
    """Return the picture that a page of the document itself is; None for other documents."""
    if not doc.media_type.startswith("image/"):
        return None
    return next((e.image for e in doc.elements if e.image and e.page == page), None)


def encoded(pixels: Pixels) -> bytes:
    """Return pixels as a PNG file."""
    from PIL import Image  # noqa: PLC0415 - only where pixels are written

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def _cropped(path: Path, bbox: BBox) -> Pixels:
    """Return a part of a picture that was encoded here, at least one pixel wide and high."""
    import numpy as np  # noqa: PLC0415 - only where pixels are read
    from PIL import Image  # noqa: PLC0415 - as above

    with Image.open(path, formats=("PNG", "JPEG")) as picture:
        left, top = int(bbox.x0 * picture.width), int(bbox.y0 * picture.height)
        right = max(left + 1, round(bbox.x1 * picture.width))
        bottom = max(top + 1, round(bbox.y1 * picture.height))
        return np.asarray(picture.crop((left, top, right, bottom)).convert("RGB"), dtype=np.uint8)


def is_id(text: str) -> bool:
    """Tell whether the text has the form of a document's or picture's id."""
    return _ID.fullmatch(text) is not None


def _write_png(pixels: Pixels, path: Path) -> None:
    """Write by renaming, so that a file under its final name is always whole."""
    from PIL import Image  # noqa: PLC0415 - only where pixels are written

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            Image.fromarray(pixels).save(file, "PNG", compress_level=3)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sized(path: Path) -> PagePicture:
    from PIL import Image  # noqa: PLC0415 - only where pixels are read

    with Image.open(path, formats=("PNG",)) as picture:
        return PagePicture(path=path, width_px=picture.width, height_px=picture.height)
