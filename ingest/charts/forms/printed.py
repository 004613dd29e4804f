"""Values that are printed at the points of lines, and the scale that they tell together.

Many charts have no axis of numbers, or one of two, and print a value at each point or most. Where
nearly all of these lie on one scale, it is trusted: the other points are read by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ingest.charts.axes import agreeing
from ingest.charts.ink import Box, Ink, Label, Point, paired
from ingest.charts.lines import DrawnLine
from ingest.charts.numbers import amount
from ingest.charts.scale import Scale, scale_through

_MIN_PAIRS: Final = 4
_SHARE: Final = 0.8
"""So many of the values must lie on their scale."""

_OFF_EM: Final = 0.2
"""A value lies on it where its point stands so near to where it belongs."""

_ASIDE_EM: Final = 1.2
_ABOVE_EM: Final = 1.5
"""How far a value may stand from its point."""

Key = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Printed:
    """Labels that are values of points, by the places of these, and the scale that they tell."""

    scale: Scale
    labels: tuple[Label, ...]
    texts: Mapping[Key, str] = field(default_factory=dict)

    def at(self, point: Point) -> str:
        """Return what is printed at a point and lies on the scale; "" where nothing does."""
        return self.texts.get(_key(point), "")


def printed_at(lines: Sequence[DrawnLine], labels: Sequence[Label], ink: Ink) -> Printed | None:
    """Return the values at the points of lines; None where they are few, or tell no scale."""
    pairs = _pairs(lines, labels, ink.em)
    if len(pairs) < _MIN_PAIRS:
        return None
    at = np.array([point[1] for point, _ in pairs])
    found = [amount(label.text) for _, label in pairs]
    values = np.array([one.value for one in found if one is not None])
    chosen = agreeing(at, values, _OFF_EM * ink.em)
    if chosen is None or chosen.sum() < max(_MIN_PAIRS, _SHARE * len(pairs)):
        return None
    on = [pairs[n] for n in np.flatnonzero(chosen).tolist()]
    scale = scale_through(tuple(label for _, label in on), values[chosen], at[chosen], 1)
    if scale is None or scale.slope > 0:  # values grow upwards, y downwards
        return None
    labels = tuple(label for _, label in pairs)
    texts = {_key(point): label.text for point, label in on}
    return Printed(scale=scale, labels=labels, texts=texts)


def _pairs(
    lines: Sequence[DrawnLine], labels: Sequence[Label], em: float
) -> list[tuple[Point, Label]]:
    """Return points with the number that stands nearest; each has one, and is of one."""
    points = list({_key(point): point for line in lines for point in line.points}.values())
    numbers = [x for x in labels if not x.angle and amount(x.text) is not None]
    return paired(points, numbers, lambda point, label: _gap(point, label.box, em))


def _gap(point: Point, box: Box, em: float) -> float | None:
    """Return how far a value stands from a point; None where it is not at it."""
    x, y = point
    aside = max(box[0] - x, x - box[2], 0.0)
    away = max(box[1] - y, y - box[3], 0.0)
    if aside > _ASIDE_EM * em or away > _ABOVE_EM * em:
        return None
    return float(np.hypot(aside + 0.3 * abs((box[0] + box[2]) / 2 - x), away))


def _key(point: Point) -> Key:
    return round(2 * point[0]), round(2 * point[1])
