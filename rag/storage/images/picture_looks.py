"""What kind of picture each stored one is: as it was stored, else found out once, and kept.

Knows chunks and the store.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol

from rag.datamodel import Chunk, ImageAsset
from rag.protocols import Pixels
from rag.storage.images.picture_kind import picture_kind

MAX_KEPT: Final = 4096


class StoredPixels(Protocol):
    """What reads a stored picture; raises OSError where it is gone or damaged."""

    def pixels(self, image: ImageAsset) -> Pixels: ...


class PictureLooks:
    """The kinds of the last `max_kept` pictures. Safe for several threads."""

    def __init__(self, pictures: StoredPixels, *, max_kept: int = MAX_KEPT) -> None:
        self._kind = lru_cache(max_kept)(
            lambda image, lettering: picture_kind(pictures.pixels(image), lettering)
        )

    def __call__(self, chunk: Chunk) -> str:
        """Return the kind of a chunk's picture; "" where it has none, or none that can be read."""
        image = chunk.image
        if image is None or chunk.kind:
            return chunk.kind if image else ""
        try:
            return self._kind(image, chunk.text)
        except OSError:
            return ""
