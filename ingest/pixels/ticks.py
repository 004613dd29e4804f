"""Tick marks of axes that are pixels: short lines that stand on a long one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ingest.charts.ink import Label, Stroke
from ingest.charts.numbers import power_of_ten, raised
from ingest.pixels.palette import Mask

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


def ticks_of(drawn: Mask, rules: Sequence[Stroke], em: float) -> Ticks | None:
    """Return the ticks of the upright axis at the left; outer ones, or else inner ones.

    `drawn` is what has no colour. None where there are few.
    """
    axis = min((rule.points[0][0] for rule in rules if rule.is_upright), default=None)
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
