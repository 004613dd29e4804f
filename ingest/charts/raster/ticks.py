"""Tick marks of axes that are pixels, short lines that stand on a long one; and raised powers.

Powers are read without being raised: ticks between them tell it, or their own pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ingest.charts.ink import Box, Colour, Label, Stroke
from ingest.charts.numbers import is_raised, power_of_ten, raised
from ingest.charts.raster.palette import Mask
from rag.protocols import Pixels

_LONGEST_EM: Final = 0.5
_LEAST_PX: Final = 3
_THICKEST_PX: Final = 5
_AXIS_PX: Final = 2
_LONG: Final = 0.75
"""Ticks that are shorter, in parts of the longest, stand between those with labels."""

_LEAST: Final = 3
_LEAST_POWERS: Final = 2
_BETWEEN: Final = 6
"""So many ticks or more between two powers of ten: there are eight."""

_LEAST_CONTRAST: Final = 48
_LEAST_WIDE_PX: Final = 8
_RAISED: Final = 0.25
"""A raised power ends so far above the foot of its ten, in heights of the ten."""

_LEAST_WIDE: Final = 0.12
_MOST_WIDE: Final = 0.5
_LEAST_HIGH: Final = 0.4
"""How wide it is, in parts of all of the label, and how high, in heights of the ten."""


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """Where the ticks of an axis stand along it; `long` ones have labels."""

    axis: float
    long: tuple[float, ...]
    all: tuple[float, ...]

    @property
    def strokes(self) -> list[Stroke]:
        """They as level lines."""
        reach = _LEAST_PX + 1.0
        return [
            Stroke(points=((self.axis - reach, y), (self.axis, y)), colour=(64, 64, 64))
            for y in self.all
        ]


def ticks_of(drawn: Mask, rules: Sequence[Stroke], panel: Box | None, em: float) -> Ticks | None:
    """Return the ticks of the upright axis at the left; outer ones, or else inner ones.

    `drawn` is what has no colour; a `panel` begins where its axis would be. None where there are
    few.
    """
    uprights = [rule.points[0][0] for rule in rules if rule.is_upright]
    axis = min([*uprights, *(panel[:1] if panel else ())], default=None)
    if axis is None:
        return None
    reach, near = round(_LONGEST_EM * em), round(axis)
    outer = drawn[:, max(0, near - _AXIS_PX - reach) : max(0, near - _AXIS_PX)][:, ::-1]
    inner = drawn[:, near + _AXIS_PX : near + _AXIS_PX + reach]
    for strip in (outer, inner):
        if len(found := _found(strip)) >= _LEAST:
            longest = max(length for _, length in found)
            long = tuple(y for y, length in found if length > _LONG * longest)
            return Ticks(axis=axis, long=long, all=tuple(y for y, _ in found))
    return None


def _found(strip: Mask) -> list[tuple[float, int]]:
    """Return the middle and the length of each thin line that begins at the first column.

    What reaches through all columns is a rule.
    """
    lengths = np.cumprod(strip, axis=1).sum(axis=1)
    rows = np.diff(np.pad(((lengths >= _LEAST_PX) & (lengths < strip.shape[1])).astype(np.int8), 1))
    begins, ends = np.flatnonzero(rows == 1).tolist(), np.flatnonzero(rows == -1).tolist()
    return [
        ((a + b) / 2, int(lengths[a:b].max()))
        for a, b in zip(begins, ends, strict=True)
        if b - a <= _THICKEST_PX
    ]


def with_powers(labels: Sequence[Label], ticks: Ticks) -> list[Label]:
    """Return labels, tens with raised powers told as such where ticks between them say so."""
    column = [x for x in labels if power_of_ten(x.text) is not None and x.box[2] < ticks.axis]
    ends = sorted(label.middle[1] for label in column)
    if len(column) < _LEAST_POWERS:
        return list(labels)
    between = [y for y in ticks.all if ends[0] < y < ends[-1]]
    if len(between) < _BETWEEN * (len(column) - 1):
        return list(labels)
    known = set(map(id, column))
    return [
        replace(label, text=raised(label.text)) if id(label) in known else label for label in labels
    ]


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
    if len(columns) < _LEAST_WIDE_PX:
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
    if not is_wide or not len(after):
        return False
    is_high = after[-1] - after[0] > _LEAST_HIGH * (foot - top)  # no tick, no end of a nought
    return bool(is_high and after[0] < top + _RAISED * (foot - top))
