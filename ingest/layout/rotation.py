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
    steps = list(pairwise(worded))
    if sum(_is_tall(box, aspect) for box in worded) > len(worded) / 2:
        leftwards = sum(after.x0 < before.x0 for before, after in steps)
        return 90 if leftwards > len(steps) / 2 else 270
    upwards = sum(after.y1 < before.y0 + _SLACK for before, after in steps)
    return 180 if upwards > len(steps) / 2 else 0


def _is_tall(box: BBox, aspect: float) -> bool:
    return box.y1 - box.y0 > (box.x1 - box.x0) * aspect
