"""Quarter turns of pictures and boxes: from a turned page to the upright one and back.

A turn is how far, clockwise, the upright page was turned to give the page as displayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from rag.datamodel import BBox
from rag.protocols import OcrLine, Pixels

Turn = Literal[0, 90, 180, 270]

_BACK: Final[dict[Turn, Turn]] = {0: 0, 90: 270, 180: 180, 270: 90}
_WORDED_CHARS: Final = 4
_MIN_LINES: Final = 3
_SLACK: Final = 0.003
"""How far boxes of two lines, one above the other, may overlap."""


def turned_back(pixels: Pixels, turn: Turn) -> Pixels:
    """Return the upright picture of one that is turned."""
    return np.rot90(pixels, turn // 90)  # counter-clockwise


def turned_box(box: BBox, turn: Turn) -> BBox:
    """Return where a box of the upright page lies on the page as displayed."""
    match turn:
        case 0:
            return box
        case 90:
            return BBox(x0=1 - box.y1, y0=box.x0, x1=1 - box.y0, y1=box.x1)
        case 180:
            return BBox(x0=1 - box.x1, y0=1 - box.y1, x1=1 - box.x0, y1=1 - box.y0)
        case 270:
            return BBox(x0=box.y0, y0=1 - box.x1, x1=box.y1, y1=1 - box.x0)


def upright_box(box: BBox, turn: Turn) -> BBox:
    """Return where a box of the page as displayed lies on the upright page."""
    return turned_box(box, _BACK[turn])


def turn_of(lines: Sequence[OcrLine], *, aspect: float) -> Turn:
    """Tell how far a page is turned from its lines in the order of the upright page.

    `aspect` is the width of the page as displayed through its height.
    """
    worded = [line.bbox for line in lines if len(line.text) >= _WORDED_CHARS]
    if len(worded) < _MIN_LINES:
        return 0
    tall = [box for box in worded if box.y1 - box.y0 > (box.x1 - box.x0) * aspect]
    stand = len(tall) > len(worded) / 2
    turns: tuple[Turn, Turn] = (90, 270) if stand else (0, 180)
    steps = {turn: _steps_on([upright_box(box, turn) for box in worded]) for turn in turns}
    best = max(turns, key=steps.__getitem__)
    is_sure = stand or 2 * steps[best] > len(worded) - 1  # names in a row below a chart have none
    return best if is_sure else 0


def _steps_on(boxes: Sequence[BBox]) -> int:
    """Count how often a line stands below the one before, or to the right of it in its row."""
    return sum(
        after.y0 > before.y1 - _SLACK
        or (after.y1 >= before.y0 + _SLACK and after.x0 > before.x1 - _SLACK)
        for before, after in pairwise(boxes)
    )
