"""Page pictures: the original found again and checked, one page drawn, the drawing kept or shown.

Knows the folder, the workspace's `renders/` and a renderer; knows nothing of HTML or servers, and
decodes no stranger's file itself. A request reaches the disk only through ids that the index knows.
"""

from __future__ import annotations

import copy
import io
import logging
import os
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

import numpy as np

from pagelight.services.rendering.originals import PAGED, Fetch, Originals
from pagelight.services.rendering.slides import draw_slide
from rag.datamodel import BBox, Document, ImageAsset, PageView
from rag.errors import BusyError, PassingError, SourceError
from rag.pipeline.engine.attached import AttachedFiles
from rag.protocols import PageRenderer, PictureRenderer, Pixels
from rag.storage.files.folder import write_whole
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)


MAX_BYTES: Final = 1_000_000_000
"""A thousand pages and more, each drawn anew in less than a second where it went."""

IN_USE_S: Final = 60.0
"""A drawing that was looked at so lately is not let go: it may be on its way to a browser."""

WIDEST: Final = 4
"""Times its height is the widest that a shrunk picture is."""

_HEADER: Final = struct.Struct(">16xII")
"""Signature and beginning of a PNG's first chunk, then its width and height (RFC 2083)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """A drawn page on disk."""

    path: Path
    width_px: int
    height_px: int


class Renders:
    """Drawings of one workspace, of at most `max_bytes`. Safe for several threads."""

    def __init__(
        self, folder: Path, *, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` is that of the system's files."""
        self._folder = folder
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._held_bytes: int | None = None
        """Guarded by the lock; None until it is counted."""

    def find(self, doc_id: str, page: int, *, width_px: int) -> PagePicture | None:
        """Return a drawing that is kept, which counts as looked at now."""
        path = self._path(doc_id, page, width_px)
        try:
            with path.open("rb") as file:
                width, height = _HEADER.unpack(file.read(_HEADER.size))
            self._use(path)
        except (OSError, struct.error):
            return None
        return PagePicture(path=path, width_px=width, height_px=height)

    def put(self, pixels: Pixels, doc_id: str, page: int, *, width_px: int) -> None:
        """Keep a drawing; what was not looked at for longest goes for it."""
        path = self._path(doc_id, page, width_px)
        write_whole(path, encoded(pixels))
        self._use(path)
        with self._lock:
            if self._held_bytes is None:
                self._held_bytes = sum(status.st_size for status, _ in self._kept())
            else:
                self._held_bytes += path.stat().st_size
            if self._held_bytes > self._max_bytes:
                self._held_bytes = self._make_room()

    def _path(self, doc_id: str, page: int, width_px: int) -> Path:
        return self._folder / doc_id / f"{page}-{width_px}.png"

    def _use(self, path: Path) -> None:
        os.utime(path, ns=(int(self._clock() * 1e9), path.stat().st_mtime_ns))

    def _make_room(self) -> int:
        """Delete until what is kept is within the limit; return its bytes."""
        kept = sorted(self._kept(), key=lambda each: each[0].st_atime)
        held = sum(status.st_size for status, _ in kept)
        for status, path in kept:
            if held <= self._max_bytes or self._clock() - status.st_atime < IN_USE_S:
                break
            path.unlink(missing_ok=True)
            held -= status.st_size
        return held

    def _kept(self) -> Iterator[tuple[os.stat_result, Path]]:
        for path in self._folder.glob("*/*"):
            try:
                yield path.stat(), path
            except OSError:  # deleted meanwhile
                continue


def shrunk(path: Path, *, height_px: int) -> Pixels:
    """Return a picture that we stored, at most so high; JPEG is decoded no larger than needed."""
    from PIL import Image  # noqa: PLC0415 - only where pictures are read

    with Image.open(path) as image:
        image.thumbnail((WIDEST * height_px, height_px))
        return np.asarray(image.convert("RGB"))


def encoded(pixels: Pixels) -> bytes:
    """Return pixels as a PNG file."""
    from PIL import Image  # noqa: PLC0415 - only where pixels are written

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


WIDTHS_PX: Final = (200, 900, 1600, 2400)
"""Widths that pages are drawn at: a request gets the next of these, so few are kept."""

CROP_WIDTH_PX: Final = 900
"""A part of a page is drawn at least so wide, as far as `WIDTHS_PX` go."""

MAX_UNDRAWABLE: Final = 1000
"""Pages that are remembered not to be drawn: who looks again does not wait for it again."""

_ID: Final = re.compile(r"[0-9a-f]{64}")


MAX_WAITING: Final = 6
"""A browser asks for no more at a time (HTTP/1.1)."""


class DrawingTurns:
    """Safe for several threads."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(1 + MAX_WAITING)
        self._drawing = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn. Raises BusyError where too many drawings wait."""
        if not self._places.acquire(blocking=False):
            raise BusyError(
                f"{MAX_WAITING} pages wait to be drawn already.", hint="Look again in a while."
            )
        try:
            with self._drawing:
                yield
        finally:
            self._places.release()


class Pages:
    """Draws pages of documents that the index holds. Safe for several threads."""

    def __init__(
        self,
        library: WorkspaceIndex,
        *,
        renderer: PictureRenderer,
        attached: AttachedFiles | None = None,
        fetch: Fetch = lambda _: None,
    ) -> None:
        """`attached` holds what came with questions: its pages are drawn, too.

        `fetch` brings originals that lie on no disk of this machine.
        """
        self._library = library
        self._renderer = renderer
        self._renders = Renders(library.workspace / "renders")
        self._attached = attached
        bytes_of = attached.bytes_of if attached is not None else None
        self.originals = Originals(
            lambda: library.roots, library.workspace, came_with=bytes_of, fetch=fetch
        )
        self._undrawable: dict[tuple[str, int], None] = {}
        self.turns = DrawingTurns()

    def of_one_person(self) -> Self:
        """Return the same pages with turns of their own: one person's drawings wait for theirs."""
        theirs = copy.copy(self)
        theirs.turns = DrawingTurns()
        return theirs

    def picture(self, doc: Document, page: int, *, width_px: int = 1600) -> PagePicture | None:
        """Return the page drawn at about `width_px`; None if it can't be. Raises BusyError."""
        if doc.media_type not in PAGED or not 1 <= page <= doc.page_count:
            return None
        width_px = next((w for w in WIDTHS_PX if w >= width_px), WIDTHS_PX[-1])
        draw = partial(self._draw, doc, page, width_px=width_px)
        return self._kept(doc, page, width_px=width_px, draw=draw)

    def thumbnail(self, doc: Document) -> Path | None:
        """Return a small picture of the first page, or of the picture that the document is."""
        width_px = WIDTHS_PX[0]
        drawn = self.picture(doc, 1, width_px=width_px)
        stored = None if drawn else self._stored(doc, 1)
        if stored:
            draw = partial(shrunk, stored, height_px=width_px)
            drawn = self._kept(doc, 1, width_px=width_px, draw=draw)
        return drawn.path if drawn else None

    def crop(self, doc: Document, page: int, bbox: BBox) -> Pixels | None:
        """Return a part of a drawn page or picture; None for neither. Raises BusyError."""
        width_px = round(CROP_WIDTH_PX / (bbox.x1 - bbox.x0))
        drawn = self.picture(doc, page, width_px=width_px)
        path = drawn.path if drawn else self._stored(doc, page)
        if path is None:
            return None
        with self.turns.turn():
            try:
                return self._renderer.crop(path, bbox)
            except SourceError as error:
                logger.warning("a picture can't be shown: %s", error)
                return None

    def _kept(
        self, doc: Document, page: int, *, width_px: int, draw: Callable[[], Pixels | None]
    ) -> PagePicture | None:
        """Return a drawing that is kept, or made now, unless that failed, or another does it."""
        kept = partial(self._renders.find, doc.id, page, width_px=width_px)
        if (found := kept()) or (doc.id, page) in self._undrawable:
            return found
        with self.turns.turn():
            if (found := kept()) or (doc.id, page) in self._undrawable:
                return found
            pixels = draw()
            if pixels is not None:
                self._renders.put(pixels, doc.id, page, width_px=width_px)
            return kept()

    def _draw(self, doc: Document, page: int, *, width_px: int) -> Pixels | None:
        """Draw a page of a PDF; None if its file is gone, or it can't be drawn: remembered then."""
        draw = partial(self._renderer.render, page=page, width_px=width_px)
        try:
            return self.originals.read(doc, draw)
        except SourceError as error:
            logger.warning("page %d of %s can't be drawn: %s", page, doc.id, error)
            if not isinstance(error, PassingError):
                if len(self._undrawable) >= MAX_UNDRAWABLE:
                    self._undrawable.clear()
                self._undrawable[doc.id, page] = None
            return None

    def _stored(self, doc: Document, page: int) -> Path | None:
        image = whole_picture(doc, page)
        found = self._library.assets.find(image.id) if image else None
        if image and found is None and self._attached is not None:
            found = self._attached.picture(image.id, among=(doc.id,))
        return found[0] if found else None


def is_drawn(media_type: str) -> bool:
    """Tell whether pages of such documents can be shown as they look."""
    return media_type in PAGED or media_type.startswith("image/")


def is_slides(media_type: str) -> bool:
    return "presentation" in media_type or "powerpoint" in media_type


def whole_picture(doc: Document, page: int) -> ImageAsset | None:
    """Return the picture that a page of the document itself is; None for other documents."""
    if not doc.media_type.startswith("image/"):
        return None
    return next((e.image for e in doc.elements if e.image and e.page == page), None)


def is_id(text: str) -> bool:
    """Tell whether the text has the form of a document's or picture's id."""
    return _ID.fullmatch(text) is not None


VIEW_WIDTH_PX: Final = 1400
"""170 dots an inch of A4: more than a model is shown of one page."""


@dataclass(frozen=True, slots=True)
class PageViews:
    """Draws pages. Implements `rag.pipeline.engine.seeing.PageDrawer`."""

    document: Callable[[str], Document | None]
    pixels_of: Callable[[ImageAsset], Pixels]
    originals: Originals
    renderer: PageRenderer

    def can_draw(self, media_type: str) -> bool:
        """Tell whether documents of this type have pages that can be drawn."""
        return is_drawn(media_type) or is_slides(media_type)

    def draw(self, view: PageView) -> Pixels:
        """Return the page. Raises OSError where it is gone, or can't be drawn."""
        doc = self.document(view.doc_id)
        if doc is None or not 1 <= view.page <= doc.page_count:
            raise FileNotFoundError(f"page {view.page} of {view.doc_id} is gone")
        if doc.media_type.startswith("image/"):
            image = whole_picture(doc, view.page)
            if image is None:
                raise FileNotFoundError(f"the picture of {doc.id} is not stored")
            return self.pixels_of(image)
        if is_slides(doc.media_type):
            return draw_slide(doc, view.page, self.pixels_of, width_px=VIEW_WIDTH_PX)
        draw = partial(self.renderer.render, page=view.page, width_px=VIEW_WIDTH_PX)
        try:
            pixels = self.originals.read(doc, draw)
        except SourceError as error:
            raise OSError(str(error)) from error
        if pixels is None:
            raise FileNotFoundError(f"the file of {view.doc_id} is gone, or was changed")
        return pixels
