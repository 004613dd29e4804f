"""Where the points of lines stand along x: at the ticks of a scale, between them, or at names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from ingest.charts.axes import Scale
from ingest.charts.categories import anchor
from ingest.charts.ink import Box, Label
from ingest.pixels.traces import Trace, are_straight, straightness

_DIVISIONS: Final = (1, 2, 3, 4, 5, 10)
_CLOSEST_PX: Final = 4.0
_MOST: Final = 60
_WHOLE: Final = 0.999
"""Steps are not divided below one: years have no parts."""


def places_of(
    labels: Sequence[Label], level: Scale | None, traces: Sequence[Trace], plot: Box, em: float
) -> list[float]:
    """Return where the points of lines stand; none where that is not known."""
    begin, end = min(t.ends[0] for t in traces), max(t.ends[1] for t in traces)
    if level is not None and level.kind == "linear":
        return _of_scale(level, traces, begin, end)
    names = _anchors(labels, plot, em)
    if len(names) < 2:
        return []
    return max(_spreads(names, begin, end), key=lambda places: straightness(traces, places))


def _of_scale(level: Scale, traces: Sequence[Trace], begin: float, end: float) -> list[float]:
    """Return ticks, or what divides their steps into whole ones, so that lines are straight."""
    values = sorted(level.value(at) for at in level.places)
    step = float(np.median(np.diff(values)))
    found: list[float] = []
    for parts in _DIVISIONS:
        fine = step / parts
        if parts > 1 and (abs(fine - round(fine)) > 1e-6 * step or fine < _WHOLE):
            continue
        found = _ticks(level, values[0], fine, begin, end)
        close = len(found) > 1 and found[1] - found[0] < _CLOSEST_PX
        if close or len(found) > _MOST:
            break
        if are_straight(traces, found):
            return found
    return _ticks(level, values[0], step, begin, end)


def _ticks(level: Scale, first: float, step: float, begin: float, end: float) -> list[float]:
    low, high = sorted((level.value(begin - 2), level.value(end + 2)))
    steps = range(int(np.ceil((low - first) / step)), int(np.floor((high - first) / step)) + 1)
    return sorted(level.place(first + step * n) for n in steps[: 4 * _MOST])


def _anchors(labels: Sequence[Label], plot: Box, em: float) -> list[float]:
    """Return where the names of the row right under a plot point to."""
    below = [x for x in labels if x.box[1] > plot[3] - 0.5 * em]
    below = [x for x in below if plot[0] - 3 * em < x.middle[0] < plot[2] + 3 * em]
    top = min((x.box[1] for x in below), default=0.0)
    row = [x for x in below if x.box[1] - top < 0.8 * em]
    return sorted(anchor(label, 1, em) for label in row)


def _spreads(names: Sequence[float], begin: float, end: float) -> list[list[float]]:
    """Return where points may stand: evenly to the ends of lines, as names do, or at the names.

    Marks reach beyond the first and the last point, and names on a slant stand beside them.
    """
    pitch = float(np.median(np.diff(names)))
    count = len(names)
    middle = (begin + end) / 2
    ends = np.linspace(begin + 0.5, end - 0.5, count).tolist()
    apart = [middle + pitch * (n - (count - 1) / 2) for n in range(count)]
    even = max(abs(b - a - pitch) for a, b in pairwise(names)) < 0.3 * pitch
    whole = abs(end - begin - pitch * (count - 1)) < 0.5 * pitch
    return [ends, apart, list(names)] if even and whole else [list(names)]
