"""Where the points of lines stand along x: at the ticks of a scale, between them, or at names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from ingest.charts.axes import Scale, are_firsts
from ingest.charts.categories import anchor
from ingest.charts.ink import Box, Label
from ingest.charts.numbers import first_of_month
from ingest.charts.raster.traces import Trace, bends_at, misfit, share_at

_MAX_PLACES: Final = 60
_STRAIGHT: Final = 0.8
"""Between its points so much of a line is straight; crossings and marks hide the rest."""

_ENDS_PX: Final = 4.0
"""A line may end so far before its last point: an axis hides its end."""

_MONTH_DAYS: Final = 30.44


def places_of(
    labels: Sequence[Label], level: Scale | None, traces: Sequence[Trace], plot: Box, em: float
) -> list[float]:
    """Return where the points of lines stand; none where that is not known."""
    begin, end = min(t.ends[0] for t in traces), max(t.ends[1] for t in traces)
    if level is not None and level.kind == "linear":
        return _of_scale(level, traces, begin, end)
    if level is not None and (days := _of_days(level, traces, begin, end)):
        return days
    below = [x for x in labels if x.box[1] > plot[3] - 0.5 * em]
    below = [x for x in below if plot[0] - 3 * em < x.middle[0] < plot[2] + 3 * em]
    top = min((x.box[1] for x in below), default=0.0)
    names = sorted(anchor(x, 1, em) for x in below if x.box[1] - top < 0.8 * em)
    if len(names) < 2:
        return []
    gaps = np.diff(names)
    pitch = float(np.median(gaps))
    if gaps.max() >= 1.6 * pitch or max(names[0] - begin, end - names[-1]) >= 0.7 * pitch:
        return []  # not every place along lines has a name
    even = np.linspace(begin + 0.5, end - 0.5, len(names)).tolist()
    near = np.abs(np.array(even) - names).max() < 0.45 * pitch
    tried = [_at_bends(names, traces), *([even] if near else []), names]
    return min(tried, key=lambda places: misfit(traces, places))


def _of_scale(level: Scale, traces: Sequence[Trace], begin: float, end: float) -> list[float]:
    """Return ticks, or what divides their steps into whole ones, so that lines are straight."""
    values = sorted(level.value(at) for at in level.places)
    wholes = [float(round(v)) if abs(v - round(v)) < 0.05 else v for v in values]
    first = min(wholes, key=lambda one: abs(one - round(one)))
    steps = _steps(float(np.median(np.diff(values))))
    best, straight = _ticks(level, first, steps[0], begin, end), 0.5
    for step in steps:
        found = _ticks(level, first, step, begin, end)
        close = len(found) > 1 and found[1] - found[0] < 4
        if close or len(found) > _MAX_PLACES or straight > _STRAIGHT:
            break
        share = share_at(traces, found)
        if share > straight:
            best, straight = found, share
    return best


def _steps(measured: float) -> list[float]:
    """Return a step, of few digits, and the whole ones that divide it: years have no parts.

    One, where it is larger and not whole.
    """
    plain = (float(f"{measured:.{digits}g}") for digits in (1, 2, 3))
    step = next((one for one in plain if abs(one - measured) < 0.005 * measured), measured)
    if abs(step - round(step)) >= 1e-6 * step:
        return [step] if step < 1 else [1.0]
    return [step, *(round(step) / n for n in (2, 3, 4, 5, 10) if round(step) % n == 0)]


def _ticks(level: Scale, first: float, step: float, begin: float, end: float) -> list[float]:
    low, high = sorted((level.value(begin - _ENDS_PX), level.value(end + _ENDS_PX)))
    steps = range(int(np.ceil((low - first) / step)), int(np.floor((high - first) / step)) + 1)
    return sorted(level.place(first + step * n) for n in steps[: 4 * _MAX_PLACES])


def _of_days(level: Scale, traces: Sequence[Trace], begin: float, end: float) -> list[float]:
    """Return the months between the ticks of a scale of months, if lines are bent there alone."""
    days = np.array(sorted(level.value(at) for at in level.places))
    months = round(float(np.median(np.diff(days))) / _MONTH_DAYS)
    if not are_firsts(level) or months < 2:
        return []
    first = date.fromordinal(round(first_of_month(days[0])))
    count = 12 * first.year + first.month - 1
    for step in (n for n in range(months, 0, -1) if months % n == 0):
        around = range(count - _MAX_PLACES // step * step, count + _MAX_PLACES * months, step)
        ordinals = [date(n // 12, n % 12 + 1, 1).toordinal() for n in around]
        reach = 0.45 * abs(step * _MONTH_DAYS / level.slope)
        near = [at for day in ordinals if begin - reach <= (at := level.place(day)) <= end + reach]
        if len(near) < 3:
            continue
        share = (np.array(near) - near[0]) / (near[-1] - near[0])
        whole = (begin + 0.5 + share * (end - begin - 1)).tolist()
        places = min([_at_bends(near, traces), whole], key=lambda one: misfit(traces, one))
        places = [at for at in places if begin - _ENDS_PX <= at <= end + _ENDS_PX]
        if len(near) <= _MAX_PLACES and share_at(traces, places) > _STRAIGHT:
            return places
    return []


def _at_bends(names: Sequence[float], traces: Sequence[Trace]) -> list[float]:
    """Return places, all moved (or stretched) as one to where lines bend near them."""
    bends = [bend for trace in traces for bend in bends_at(trace, names)]
    if not bends:
        return list(names)
    at = np.array([names[n] for n, _ in bends])
    moved = np.array([x for _, x in bends]) - at
    if len({n for n, _ in bends}) > 2 and np.ptp(at) > 0:
        slope, start = np.polyfit(at, moved, 1)
    else:
        slope, start = 0.0, float(np.median(moved))
    pitch = float(np.median(np.diff(names)))
    shifts = slope * np.array(names) + start
    off = np.abs(slope * at + start - moved).max()
    fits = np.abs(shifts).max() < 0.45 * pitch and off < pitch / 8
    return (np.array(names) + shifts).tolist() if fits else list(names)
