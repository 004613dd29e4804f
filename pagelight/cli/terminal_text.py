"""Text at a terminal: the words of documents, names of files and models steer nothing there."""

from __future__ import annotations

import re
from typing import Final

from rich.text import Text

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Escape and its kin (C0 and C1): they set titles and clipboards, and hide what stands there."""


def printable(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def worded(text: str, style: str = "") -> Text:
    """Return text in a style, all of its letters shown as they are."""
    return Text(printable(text), style)
