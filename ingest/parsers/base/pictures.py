"""Pictures that a document holds, or refers to in its own collection. Never goes online.

They are stored and made figures, unless they are mere decoration.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from collections import Counter
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from PIL import Image

from ingest.parsers.base.elements import figure_element
from ingest.parsers.base.local_files import LocalFiles
from rag.datamodel import BBox, Element
from rag.protocols import Assets

MIN_SIDE_PX: Final = 24
"""Thinner ones are rules, bullets and icons."""

MIN_AREA_PX: Final = 3_000
MAX_REPEATS: Final = 2
"""A picture that comes again and again is a logo."""


class Pictures:
    """Collects the pictures of one document, and what could not be read of them."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._seen: Counter[str] = Counter()
        self._unreadable = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        if not self._unreadable:
            return ()
        pictures = "1 picture" if self._unreadable == 1 else f"{self._unreadable} pictures"
        return (f"{pictures} could not be decoded (damaged, too large, or WMF, EMF or SVG)",)

    def figure(
        self, data: bytes, *, page: int | None = None, bbox: BBox | None = None
    ) -> list[Element]:
        """Return the figure of an encoded picture, or none."""
        key = hashlib.sha256(data).hexdigest()
        self._seen[key] += 1
        if self._seen[key] > MAX_REPEATS or _is_decoration(data):
            return []
        try:
            image = self._assets.put_encoded(data)
        except OSError:
            self._unreadable += 1
            return []
        return [figure_element(image, page=page, bbox=bbox)]


def _is_decoration(data: bytes) -> bool:
    """Say whether a picture is too small to say anything; False where that can't be told."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width_px, height_px = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return min(width_px, height_px) < MIN_SIDE_PX or width_px * height_px < MIN_AREA_PX


_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\")
_EMBEDDED: Final = re.compile(r"data:image/(png|jpe?g|gif|webp|bmp|tiff)[^,]{0,80},", re.IGNORECASE)


class LocalPictures(LocalFiles):
    """Finds the pictures of one file."""

    def fetch(self, address: str) -> bytes | None:
        """Return the bytes of a picture that the page embeds or that lies in its collection."""
        if _EMBEDDED.match(address):
            return embedded_picture(address)
        if _SCHEME.match(address):
            return None
        bare = re.split(r"[?#]", address, maxsplit=1)[0]
        candidates = dict.fromkeys([unquote(bare), bare, unquote(address), address])
        return next((data for name in candidates if (data := self.read(name))), None)


def embedded_picture(address: str) -> bytes | None:
    """Return the bytes of a `data:` address; None where it is damaged."""
    head, _, body = address.partition(",")
    if not head.rstrip().endswith("base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote(body), validate=False)
    except (binascii.Error, ValueError):
        return None
