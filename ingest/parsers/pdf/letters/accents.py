"""Accents that a PDF draws apart from their letters, as TeX's older fonts have them. Pure.

There "ä" is a diaeresis and an "a" beneath it: pdfium gives the two one after the other, or the
accent at the end of the line. What stands right over (or under) a letter is one sign with it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf.letters.direction import NOTHING
from ingest.parsers.pdf.letters.geometry import Boxes

_COMBINING: Final = {
    "`": "\u0300",
    "\u00b4": "\u0301",
    "\u02c6": "\u0302",
    "\u02dc": "\u0303",
    "\u00af": "\u0304",
    "\u02d8": "\u0306",
    "\u02d9": "\u0307",
    "\u00a8": "\u0308",
    "\u02da": "\u030a",
    "\u02dd": "\u030b",
    "\u02c7": "\u030c",
    "\u00b8": "\u0327",
    "\u02db": "\u0328",
}
_ACCENT: Final = re.compile(f"[{re.escape(''.join(_COMBINING))}]")
_DOTLESS: Final = {"\u0131": "i", "\u0237": "j"}

_OFF_MIDDLE: Final = 0.3
"""How far the middle of an accent may stand from its letter's, in widths of the letter."""

_SHARED: Final = 0.3
"""How much of the lower of the two cells accent and letter share in height."""

_MIN_SPACE: Final = 0.12
"""A space is at least so wide, in heights of a letter's cell."""


def composed(text: str, boxes: Boxes) -> tuple[str, Boxes]:
    """Return letters and boxes with each accent in the letter that it stands on.

    In the accent's own place stands nothing then. No letter is added or left out.
    """
    accents = [found.start() for found in _ACCENT.finditer(text)]
    if not accents:
        return text, boxes
    bases = np.array([n for n, letter in enumerate(text) if letter.isalpha()], dtype=np.int64)
    letters, boxes = list(text), boxes.copy()
    used: dict[int, int] = {}
    for at in accents:
        base = _beneath(boxes[at], bases, boxes)
        whole = _whole(letters[base], text[at]) if base is not None else ""
        if base is not None and whole:
            letters[base], letters[at] = whole, " "
            used[at] = base
    for base in used.values():
        for step in (-1, 1):
            _close_up(letters, boxes, base, step, used)
    return "".join(letters), boxes


def _beneath(accent: NDArray[np.float64], bases: NDArray[np.int64], boxes: Boxes) -> int | None:
    """Return the letter that an accent stands on; None for an accent by itself."""
    x0, y0, x1, y1 = boxes[bases].T
    off = np.abs((accent[0] + accent[2]) - (x0 + x1)) / 2
    shared = np.minimum(y1, accent[3]) - np.maximum(y0, accent[1])
    lower = np.minimum(y1 - y0, accent[3] - accent[1])
    fits = (off <= _OFF_MIDDLE * (x1 - x0)) & (shared >= _SHARED * lower)
    if not fits.any():
        return None
    return int(bases[np.where(fits, off, np.inf).argmin()])


def _whole(letter: str, accent: str) -> str:
    """Return the one sign that a letter and an accent are; "" where there is none."""
    found = normalize("NFC", _DOTLESS.get(letter, letter) + _COMBINING[accent])
    return found if len(found) == 1 else ""


def _close_up(letters: list[str], boxes: Boxes, base: int, step: int, used: Container[int]) -> None:
    """Leave nothing between a letter and the one beside it where only accents parted them."""
    at = base + step
    while 0 <= at < len(letters) and letters[at].isspace():
        at += step
    amid = range(base + step, at, step)
    if not any(n in used for n in amid) or not 0 <= at < len(letters):
        return
    left, right = sorted((boxes[at], boxes[base]), key=lambda box: float(box[0]))
    high = boxes[base, 3] - boxes[base, 1]
    shared = min(left[3], right[3]) - max(left[1], right[1])
    if abs(right[0] - left[2]) < _MIN_SPACE * high and shared > high / 2:
        for n in amid:
            letters[n], boxes[n] = NOTHING, boxes[base]
