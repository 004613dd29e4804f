"""The drawings of pages, kept on disk as far as a limit allows; what was not looked at goes first.

Knows folders, sizes and times; knows nothing of documents or of how pages are drawn.
"""

from __future__ import annotations

import io
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from rag.protocols import Pixels
from rag.storage.files.folder import write_whole

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
