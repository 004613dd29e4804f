"""The names of OpenDocument's XML."""

from __future__ import annotations

from functools import cache
from typing import Final

_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
NAMES: Final = {
    "chart": f"{_OASIS}chart:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "draw": f"{_OASIS}drawing:1.0",
    "form": f"{_OASIS}form:1.0",
    "fo": f"{_OASIS}xsl-fo-compatible:1.0",
    "office": f"{_OASIS}office:1.0",
    "presentation": f"{_OASIS}presentation:1.0",
    "style": f"{_OASIS}style:1.0",
    "svg": f"{_OASIS}svg-compatible:1.0",
    "table": f"{_OASIS}table:1.0",
    "text": f"{_OASIS}text:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}


@cache
def name(prefixed: str) -> str:
    """Return the full name of `text:p` and the like."""
    prefix, _, local = prefixed.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"
