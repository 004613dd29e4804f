"""Page pictures: the original found again and checked, one page drawn, the drawing kept.

Knows the folder, the workspace's `renders/` and a renderer; knows nothing of HTML or servers. A
request reaches the disk only through ids that the index knows.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.datamodel import Document
from rag.errors import SourceError
from rag.index.members import FOLDER, MemberStore
from rag.protocols import PageRenderer, Pixels

if TYPE_CHECKING:
    from ui.seams import Library

logger = logging.getLogger(__name__)

WIDTHS_PX: Final = (900, 1600, 2400)
"""Widths that pages are drawn at: a request gets the next of these, so few are kept."""

PAGED: Final = frozenset({"application/pdf"})
"""Media types whose pages are drawn from the original."""

_ID: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """A drawn page on disk."""

    path: Path
    width_px: int
    height_px: int


class Pages:
    """Draws pages of documents that the index holds. Safe for several threads: one draws."""

    def __init__(
        self,
        library: Library,
        *,
        renderer: PageRenderer,
        folder: Callable[[], Path | None],
        renders: Path,
    ) -> None:
        self._library = library
        self._renderer = renderer
        self._folder = folder
        self._renders = renders
        self._members = MemberStore(renders.parent / FOLDER)
        self._lock = threading.Lock()  # pdfium is not thread-safe
        self._hashes: dict[tuple[str, int, int], str] = {}

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

    def _draw(self, doc: Document, page: int, *, width_px: int, path: Path) -> bool:
        original = self.original(doc)
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
        """Return the file with the very bytes of `doc`; None if it is gone.

        It lies in the folder, or in an archive or mail there: then what was unpacked of it.
        """
        folder = self._folder()
        if folder is None:
            return None
        root = folder.resolve()
        for source in doc.sources:
            path = (root / source).resolve()
            if path.is_relative_to(root) and path.is_file() and self._hash(path) == doc.id:
                return path
        member = self._members.path(doc.id)
        return member if member.is_file() and self._hash(member) == doc.id else None

    def _hash(self, path: Path) -> str:
        """Return the SHA-256 of a file, read once for each size and time of change."""
        stat = path.stat()
        key = (str(path), stat.st_size, stat.st_mtime_ns)
        if key not in self._hashes:
            with path.open("rb") as file:
                self._hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._hashes[key]


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
