"""Letters that pdfium does not give as they are read: right to left, or accents apart. Pure.

Letters of Hebrew, Arabic and their kin come in the order in which they are read, but for some
signs, and for words that a file draws from their end (browsers print Arabic so). A page of such
text is read in a mirrored frame, where lines, columns and the cells of tables run to the right as
on other pages.

TeX's older fonts draw accents apart: "ä" is a diaeresis and an "a" beneath it, and pdfium gives the
two one after the other, or the accent at the end of the line. What stands right over (or under) a
letter is one sign with it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import pairwise
from typing import Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf.letters.geometry import Boxes

_LEFTWARDS: Final = re.compile(
    "[\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
)
"""Letters and marks, but no digits: those run to the right (Unicode Standard Annex 9)."""

_RUN: Final = re.compile(f"(?:(?=\\w){_LEFTWARDS.pattern}){{2,}}")
_LAM_ALEF: Final = re.compile("[\u0627\u0622\u0623\u0625]\u0644")
_MARK_FIRST: Final = re.compile("(\\s?)([\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670])(\\w)")
NOTHING: Final = "\u200b"
"""What stands in the place of a letter that is another's part; it is left out of words."""


def runs_leftwards(text: str) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    count = len(_LEFTWARDS.findall(text))
    return count > 0 and 2 * count > sum(letter.isalpha() for letter in text)


def is_against(word: str, *, leftwards: bool) -> bool:
    """Whether a word's letters run against those of the page, which runs `leftwards` or not."""
    own = not word.isascii() and _LEFTWARDS.search(word) is not None
    return not own and any(map(str.isalpha, word)) if leftwards else own


def are_adjacent(
    text: str, top: NDArray[np.float64], bottom: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell which letters stand beside the one before, both of a script from the right.

    Some of their fonts claim cells no higher than each letter: a low one beside a high one.
    """
    if not _LEFTWARDS.search(text):
        return np.zeros(len(text), dtype=bool)
    own = np.fromiter((_LEFTWARDS.match(letter) is not None for letter in text), bool, len(text))
    shared = np.minimum(bottom, np.roll(bottom, 1)) - np.maximum(top, np.roll(top, 1))
    lower = np.minimum(bottom - top, np.roll(bottom - top, 1))
    joined: NDArray[np.bool_] = own & np.roll(own, 1) & (shared > 0.5 * lower)
    return joined


def in_order(text: str, boxes: Boxes, *, mirrored: bool) -> tuple[str, Boxes]:
    """Return letters and boxes with the words and signs in order that pdfium turns round.

    Words that run to the right on the page; lam and alef that are one sign; and marks, which it
    puts before the letter that they stand on. No letter is added or left out. The boxes are those
    of a `mirrored` page or not.
    """
    if not _LEFTWARDS.search(text):
        return text, boxes
    boxes = boxes.copy()
    text = _RUN.sub(lambda match: _first_first(match, boxes, mirrored=mirrored), text)
    for match in _LAM_ALEF.finditer(text):
        if np.array_equal(*boxes[match.start() : match.end()]):
            text = f"{text[: match.start()]}{match[0][::-1]}{text[match.end() :]}"
    return _MARK_FIRST.sub(lambda match: _mark_last(match, boxes), text), boxes


def _first_first(match: re.Match[str], boxes: Boxes, *, mirrored: bool) -> str:
    """Turn letters and their boxes round where each stands before the one before it."""
    start, end = match.span()
    middles = (boxes[start:end, 0] + boxes[start:end, 2]) * (0.5 if mirrored else -0.5)
    ahead = np.flatnonzero(np.diff(middles).round(1) > 0) + 1
    letters = ""
    for first, last in pairwise([0, *ahead.tolist(), end - start]):
        is_turned = middles[last - 1] < middles[first] - 0.1
        part = slice(start + first, start + last)
        if is_turned:
            boxes[part] = boxes[part][::-1].copy()
        letters += match[0][first:last][:: -1 if is_turned else 1]
    return letters


def _mark_last(match: re.Match[str], boxes: Boxes) -> str:
    """Put the mark after its letter, and in its box; a space that stands amid it is none."""
    space, mark, letter = match.groups()
    left, _, right, _ = boxes[match.start(3)]
    middles = (boxes[match.start() : match.end(), 0] + boxes[match.start() : match.end(), 2]) / 2
    if not left <= middles[-2] <= right:
        return match[0]
    amid = bool(space) and left < middles[0] < right
    boxes[match.start() if amid else match.start(2) : match.end()] = boxes[match.start(3)]
    return f"{letter}{mark}{NOTHING}" if amid else f"{space}{letter}{mark}"


_COMBINING: Final = dict(
    zip(
        "`\u00b4\u02c6\u02dc\u00af\u02d8\u02d9\u00a8\u02da\u02dd\u02c7\u00b8\u02db",
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328",
        strict=True,
    )
)
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
    x0, y0, x1, y1 = boxes[bases].T
    off = np.abs((accent[0] + accent[2]) - (x0 + x1)) / 2
    shared = np.minimum(y1, accent[3]) - np.maximum(y0, accent[1])
    lower = np.minimum(y1 - y0, accent[3] - accent[1])
    fits = (off <= _OFF_MIDDLE * (x1 - x0)) & (shared >= _SHARED * lower)
    if not fits.any():
        return None
    return int(bases[np.where(fits, off, np.inf).argmin()])


def _whole(letter: str, accent: str) -> str:
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
