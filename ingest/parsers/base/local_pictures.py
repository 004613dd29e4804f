"""The pictures that a page or note refers to, read only inside the corpus folder.

Never goes online, never leaves the folder: not by `..`, not by an absolute path, not by a link.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from rag.datamodel import SourceFile
from rag.settings import Settings

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\")
_EMBEDDED: Final = re.compile(r"data:image/(png|jpe?g|gif|webp|bmp|tiff)[^,]{0,80},", re.IGNORECASE)


class LocalPictures:
    """Finds the pictures of one file."""

    def __init__(self, file: SourceFile, *, settings: Settings) -> None:
        self._folder = file.at.parent
        self._root = Path(file.root).resolve()
        self._most_bytes = settings.file_mb * 1_000_000

    def fetch(self, address: str) -> bytes | None:
        """Return the bytes of a picture that the page embeds or that lies in the folder."""
        if _EMBEDDED.match(address):
            return embedded_picture(address)
        if _SCHEME.match(address):
            return None
        bare = re.split(r"[?#]", address, maxsplit=1)[0]
        candidates = dict.fromkeys([unquote(bare), bare, unquote(address), address])
        return next((data for name in candidates if (data := self._read(name))), None)

    def _read(self, name: str) -> bytes | None:
        try:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._root) or not path.is_file():
                return None
            return path.read_bytes() if path.stat().st_size <= self._most_bytes else None
        except (OSError, ValueError):  # a name too long, or with a NUL
            return None


def embedded_picture(address: str) -> bytes | None:
    """Return the bytes of a `data:` address; None where it is damaged."""
    head, _, body = address.partition(",")
    if not head.rstrip().endswith("base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote(body), validate=False)
    except (binascii.Error, ValueError):
        return None
