"""Lines and areas of one colour followed through a plot, column by column.

A line of data is straight between its points, so a value at a point is where the straight parts
beside it meet: that is surer than what one column of pixels shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Colour, Point, hue_of
from ingest.charts.raster.palette import Mask

Heights = NDArray[np.float64]
"""The middle of a line, or the side of an area, for each column of pixels; NaN where none is."""


THICKEST_EM: Final = 0.6
"""Of the pixels of a colour so many belong to the line that was followed, or it is no line.

The second where it has marks: a line that rises between close ones is seen beside them.
"""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A line in pixels of the picture: `heights[n]` is that at column `left + n`.

    `marks` are the middles of those that stand at its points; `hidden` columns have one.
    """

    colour: Colour
    left: int
    heights: Heights
    marks: tuple[Point, ...] = ()
    hidden: NDArray[np.bool_] | None = None

    @property
    def bare(self) -> Heights:
        """The heights where no mark hides the line."""
        return self.heights if self.hidden is None else np.where(self.hidden, np.nan, self.heights)

    @property
    def ends(self) -> tuple[float, float]:
        """Where the line begins and ends."""
        seen = np.flatnonzero(~np.isnan(self.heights))
        return self.left + float(seen[0]), self.left + float(seen[-1]) + 1.0


def trace_of(
    mask: Mask, colour: Colour, *, left: int, top: int, em: float, marked: bool = False
) -> Trace | None:
    """Follow the line that the pixels of a colour make; None where they make none, or several.

    `mask` is that of a plot whose corner is at `left`, `top`. Beside marks a line leaps.
    """
    columns = np.flatnonzero(mask.any(axis=0))
    if not columns.size or len(columns) < 0.12 * mask.shape[1]:  # marks
        return None
    if len(columns) < 0.6 * (columns[-1] - columns[0]):  # marks apart
        return None
    runs = _followed(mask, columns)
    heights = np.full(mask.shape[1], np.nan)
    heights[columns] = runs.mean(axis=1)
    explained = int(np.diff(runs, axis=1).sum())
    length = np.hypot(np.diff(columns), np.diff(heights[columns])).sum()
    least, leap = (0.7, em) if marked else (0.85, 8.0)
    if explained > THICKEST_EM * em * length or explained < least * mask.sum():
        return None
    steepest = (
        12 if hue_of(colour) > 24 else 12 / 4  # frames have no hue either
    )  # frames have no hue either
    breaks = _leaps(columns, runs, leap, steepest)
    heights[~np.isin(np.arange(len(heights)), _joined(columns, breaks))] = np.nan
    return Trace(colour=colour, left=left, heights=heights + top)


def _followed(mask: Mask, columns: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the first pixel and the end of the line in each column, shape (columns, 2)."""
    found: list[tuple[int, int]] = []
    last = None
    for x in columns.tolist():
        found.append(min(_runs(mask[:, x]), key=lambda run: _apart(run, last)))
        last = sum(found[-1]) / 2
    return np.array(found, dtype=np.float64)


def _leaps(
    columns: NDArray[np.intp], runs: NDArray[np.float64], leap: float, steepest: float
) -> list[int]:
    """Return after which columns a line leaps."""
    gaps = np.maximum(runs[1:, 0] - runs[:-1, 1], runs[:-1, 0] - runs[1:, 1])
    steps = np.diff(columns)
    far = steepest * np.minimum(steps, 6)
    is_apart = gaps > np.where(steps > 1, np.maximum(far, leap), leap)
    return np.flatnonzero(is_apart).tolist()


def _joined(columns: NDArray[np.intp], breaks: Sequence[int]) -> NDArray[np.intp]:
    """Return columns without short pieces at either end that nothing joins to the line."""
    pieces = np.split(columns, np.array(breaks, dtype=np.intp) + 1)
    least = 0.1 * len(columns)
    while len(pieces) > 1 and len(pieces[0]) < least:
        pieces = pieces[1:]
    while len(pieces) > 1 and len(pieces[-1]) < least:
        pieces = pieces[:-1]
    return np.concatenate(pieces)


def _runs(column: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.pad(column.astype(np.int8), 1)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _apart(run: tuple[int, int], last: float | None) -> float:
    """Return how far a run is from where the line was; at its begin the longest run counts."""
    if last is None:
        return float(run[0] - run[1])
    return max(0.0, run[0] - last, last - run[1])


def points_at(trace: Trace, places: Sequence[float]) -> list[Point]:
    """Return the points of a line at places that lie within it."""
    begin, end = trace.ends
    reach = 0.3 * min((b - a for a, b in pairwise(places)), default=0.0)
    inside = [x for x in places if begin - reach <= x <= end + reach]
    parts = [None, *(_straight(trace, a, b) for a, b in pairwise(inside)), None]
    heights = [
        marked if (marked := _marked(trace, x, reach)) is not None else _height(trace, x, *sides)
        for x, sides in zip(inside, pairwise(parts), strict=True)
    ]
    return [(x, y) for x, y in zip(inside, heights, strict=True) if y is not None]


def _marked(trace: Trace, x: float, reach: float) -> float | None:
    """Return the height of the one mark at a place."""
    near = [y for at, y in trace.marks if abs(at - x) < reach]
    return near[0] if len(near) == 1 else None


Part = tuple[float, float]
"""Slope and start of a straight part."""


def _height(trace: Trace, x: float, before: Part | None, after: Part | None) -> float | None:
    """Return where straight parts meet at a place; else what stands there."""
    met = [slope * x + start for slope, start in filter(None, (before, after))]
    if met and max(met) - min(met) < 4.0:
        return sum(met) / len(met)
    return met[0] if len(met) == 1 else _seen(trace, x)


def _seen(trace: Trace, x: float) -> float | None:
    at = round(x - 0.5) - trace.left
    around = trace.heights[max(0, at - 1) : at + 2]
    return float(np.nanmean(around)) if (~np.isnan(around)).any() else None


def _straight(trace: Trace, begin: float, end: float) -> Part | None:
    """Return the straight part between two places; None where the line bends between them."""
    inset = 0.12 * (end - begin)
    first = max(0, round(begin + inset) - trace.left)
    heights = trace.bare[first : round(end - inset) - trace.left]
    seen = ~np.isnan(heights)
    if seen.sum() < max(3, 0.25 * len(seen)):  # the rest lies under other lines
        return None
    xs = trace.left + first + np.flatnonzero(seen) + 0.5
    slope, start = np.polyfit(xs, heights[seen], 1)
    off = np.abs(slope * xs + start - heights[seen])
    slack = 1.2 * (1 + 0.3 * abs(slope))
    return (float(slope), float(start)) if np.quantile(off, 0.9) < slack else None


def bends_at(trace: Trace, places: Sequence[float]) -> list[tuple[int, float]]:
    """Return where straight parts beside a place meet: its number, and where along x."""
    return [
        (n, (right[1] - left[1]) / (left[0] - right[0]))
        for n, (left, right) in enumerate(_joints(trace, places), 1)
        # they meet at a sure place
        if left is not None and right is not None and abs(left[0] - right[0]) > 0.3
    ]


def share_at(traces: Sequence[Trace], places: Sequence[float]) -> float:
    """Return how many of the points of lines stand at places: of the marks, where lines have some.

    Else how many of the parts between places are straight: bent nowhere else.
    """
    marks = [x for trace in traces for x, _ in trace.marks]
    if len(marks) < 3 or len(places) < 2:
        return straight_share(traces, places)
    apart = min(b - a for a, b in pairwise(places))
    off = np.abs(np.array(marks)[:, None] - np.array(places)[None, :]).min(axis=1)
    return float((off < 0.15 * apart).mean())


def straight_share(traces: Sequence[Trace], places: Sequence[float]) -> float:
    """Return how many of the parts of lines between places are straight: bent nowhere else."""
    parts = [
        _straight(trace, a, b)
        for trace in traces
        for a, b in pairwise(places)
        if trace.ends[0] <= a + 2 and b - 2 <= trace.ends[1]
    ]
    return sum(part is not None for part in parts) / max(1, len(parts))


def misfit(traces: Sequence[Trace], places: Sequence[float]) -> float:
    """Return how far apart, in pixels, the straight parts of lines end at places; ten at most."""
    gaps = [
        min(10.0, abs((a[0] - b[0]) * x + a[1] - b[1])) if a and b else 10.0
        for trace in traces
        for (a, b), x in zip(_joints(trace, places), places[1:-1], strict=True)
    ]
    return sum(gaps) / max(1, len(gaps))


def _joints(trace: Trace, places: Sequence[float]) -> Iterator[tuple[Part | None, Part | None]]:
    return pairwise([_straight(trace, a, b) for a, b in pairwise(places)])


@dataclass(frozen=True, kw_only=True)
class Band:
    """An area: its upper and its lower side."""

    upper: Trace
    lower: Trace


def band_of(mask: Mask, colour: Colour, *, left: int, top: int, least: float) -> Band | None:
    """Return the area, `least` pixels thick, that a colour makes; None where it makes none."""
    columns = np.flatnonzero(mask.any(axis=0))
    if len(columns) < 0.5 * mask.shape[1]:
        return None
    runs = [max(_runs(mask[:, x]), key=lambda run: run[1] - run[0]) for x in columns.tolist()]
    first, last = np.array(runs).T
    if (last - first).sum() < 0.85 * mask.sum() or np.median(last - first) < least:
        return None
    upper, lower = np.full(mask.shape[1], np.nan), np.full(mask.shape[1], np.nan)
    upper[columns], lower[columns] = first + top, last + top
    return Band(
        upper=Trace(colour=colour, left=left, heights=upper),
        lower=Trace(colour=colour, left=left, heights=lower),
    )
