"""Powers that stand raised beside their ten, told by the pixels: letters are read without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from ingest.charts.ink import Colour, Label
from ingest.charts.numbers import is_raised, power_of_ten, raised
from ingest.pixels.palette import Mask
from rag.protocols import Pixels

_LEAST_CONTRAST: Final = 48
_LEAST_PX: Final = 8
_RAISED: Final = 0.25
"""A raised power ends so far above the foot of its ten, in heights of the ten."""

_LEAST_WIDE: Final = 0.12
_MOST_WIDE: Final = 0.5
"""How wide it is, in parts of all of the label."""


def with_raised(labels: Sequence[Label], pixels: Pixels, ground: Colour) -> list[Label]:
    """Return labels, tens with a power told as raised where it is seen to stand so."""
    return [
        replace(label, text=raised(label.text)) if _is_seen_raised(label, pixels, ground) else label
        for label in labels
    ]


def _is_seen_raised(label: Label, pixels: Pixels, ground: Colour) -> bool:
    if power_of_ten(label.text) is None or is_raised(label.text) or label.angle:
        return False
    x0, y0, x1, y1 = (max(0, round(side)) for side in label.box)
    off = np.abs(pixels[y0:y1, x0:x1].astype(np.int16) - np.array(ground)).max(axis=2, initial=0)
    drawn: Mask = off > max(_LEAST_CONTRAST, off.max(initial=0) / 2)
    columns = np.flatnonzero(drawn.any(axis=0))
    if len(columns) < _LEAST_PX:
        return False
    return _ends_raised(drawn[:, columns[0] : columns[-1] + 1])


def _ends_raised(drawn: Mask) -> bool:
    """Whether what ends a label stands above the foot of what begins it, and as high as its top.

    `drawn` begins and ends with a column that has letters.
    """
    high, wide = drawn.shape
    first = np.flatnonzero(drawn[:, : wide // 2].any(axis=1))
    top, foot = first[0], first[-1]
    feet = np.where(drawn.any(axis=0), high - drawn[::-1].argmax(axis=0) - 1, 0)
    low = np.flatnonzero(feet > foot - _RAISED * (foot - top))
    begin = low[-1] + 1
    after = np.flatnonzero(drawn[:, begin:].any(axis=1))
    is_wide = _LEAST_WIDE * wide < wide - begin < _MOST_WIDE * wide
    return bool(is_wide and len(after) and after[0] < (top + foot) / 2)
