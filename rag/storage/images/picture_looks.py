"""What kind of picture each stored one is: as it was stored, else told once, and kept.

Knows chunks and the store.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final, Protocol

from rag.datamodel import Chunk, ImageAsset
from rag.protocols import Pixels
from rag.storage.images.picture_kind import picture_kind

KEPT: Final = 4096


class StoredPixels(Protocol):
    """What reads a stored picture; raises OSError where it is gone or damaged."""

    def pixels(self, image: ImageAsset) -> Pixels: ...


class PictureLooks:
    """The kinds of the last `most_kept` pictures. Safe for several threads."""

    def __init__(self, pictures: StoredPixels, *, most_kept: int = KEPT) -> None:
        self._pictures = pictures
        self._most_kept = most_kept
        self._kinds: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, chunk: Chunk) -> str:
        """Return the kind of a chunk's picture; "" where it has none, or none that can be read."""
        image = chunk.image
        if image is None or chunk.kind:
            return chunk.kind if image else ""
        with self._lock:
            known = self._kinds.get(image.id)
        return self._told(image, chunk.text) if known is None else known

    def _told(self, image: ImageAsset, lettering: str) -> str:
        try:
            kind = picture_kind(self._pictures.pixels(image), lettering)
        except OSError:
            return ""
        with self._lock:
            self._kinds[image.id] = kind
            while len(self._kinds) > self._most_kept:
                self._kinds.popitem(last=False)
        return kind
