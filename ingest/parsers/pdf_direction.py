"""Text that runs from right to left: Hebrew, Arabic and their kin. Pure.

pdfium gives its letters in the order in which they are read, but for some signs. A page of such
text is read in a mirrored frame, where lines, columns and the cells of tables run to the right
as on other pages.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LEFTWARDS: Final = re.compile(
    "[\u0590-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
)
"""Letters and marks, but no digits: those run to the right (Unicode Standard Annex 9)."""

_LAM_ALEF: Final = re.compile("[\u0627\u0622\u0623\u0625]\u0644")
_MARK_FIRST: Final = re.compile("(\\s?)([\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670])(\\w)")
_NOTHING: Final = "\u200b"

Boxes = NDArray[np.float64]
"""(letters, 4): x0, y0, x1, y1."""


def runs_leftwards(text: str) -> bool:
    """Whether most letters are of a script that runs from right to left."""
    count = len(_LEFTWARDS.findall(text))
    return count > 0 and 2 * count > sum(letter.isalpha() for letter in text)


def is_against(word: str, *, leftwards: bool) -> bool:
    """Whether a word's letters run against those of the page, which runs `leftwards` or not."""
    own = _LEFTWARDS.search(word) is not None
    return not own and any(map(str.isalpha, word)) if leftwards else own


def in_order(text: str, boxes: Boxes) -> tuple[str, Boxes]:
    """Return letters and boxes with the signs in order that pdfium turns round.

    Lam and alef that are one sign, and marks, which it puts before the letter that they stand
    on. No letter is added or left out.
    """
    if not _LEFTWARDS.search(text):
        return text, boxes
    text = _LAM_ALEF.sub(lambda match: _lam_first(match, boxes), text)
    boxes = boxes.copy()
    return _MARK_FIRST.sub(lambda match: _mark_last(match, boxes), text), boxes


def _lam_first(match: re.Match[str], boxes: Boxes) -> str:
    same = np.array_equal(boxes[match.start()], boxes[match.start() + 1])
    return match[0][::-1] if same else match[0]


def _mark_last(match: re.Match[str], boxes: Boxes) -> str:
    """Put the mark after its letter, and in its box; a space that stands amid it is none."""
    space, mark, letter = match.groups()
    left, _, right, _ = boxes[match.start(3)]
    middles = (boxes[match.start() : match.end(), 0] + boxes[match.start() : match.end(), 2]) / 2
    if not left <= middles[-2] <= right:
        return match[0]
    amid = bool(space) and left < middles[0] < right
    boxes[match.start() if amid else match.start(2) : match.end()] = boxes[match.start(3)]
    return f"{letter}{mark}{_NOTHING}" if amid else f"{space}{letter}{mark}"
