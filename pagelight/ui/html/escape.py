"""Text into HTML: every word of a document, a file name or a model goes through here."""

from __future__ import annotations

import html
import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def escaped(text: str) -> str:
    """Return `text` as harmless HTML, on one line, fit for content and for quoted attributes.

    Line ends become character references: a blank line would end the HTML block that the chat's
    Markdown leaves alone. Letters that HTML can't carry become U+FFFD.
    """
    safe = html.escape(printable(text), quote=True)
    return safe.replace("\r", "").replace("\n", "&#10;")


def printable(text: str) -> str:
    """Return text whose letters HTML and XML can carry: U+FFFD stands for those that they can't."""
    return _CONTROL.sub("\ufffd", text)
