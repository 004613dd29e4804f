"""The pictures that a page or note refers to, out of its own collection. Never goes online."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from ingest.parsers.base.local_files import LocalFiles

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
