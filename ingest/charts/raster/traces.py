"""Lines and areas of one colour followed through a plot, column by column; the marks on lines.

A line of data is straight between its points, so a value at a point is where the straight parts
beside it meet: that is surer than what one column of pixels shows. Where a line has marks, thicker
than itself, these tell its points better.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Colour, Point
from ingest.charts.raster.palette import (
    Mask,
    PixelBox,
    closed,
    connected,
    is_grey,
    opened,
    round_kernel,
)

Heights = NDArray[np.float64]
"""The middle of a line, or the side of an area, for each column of pixels; NaN where none is."""

Part = tuple[float, float]
"""Slope and start of a straight part."""

THICKEST_EM: Final = 0.6
_MIN_MARKS: Final = 3


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
    def ends(self) -> tuple[float, float]:
        """Where the line begins and ends."""
        seen = np.flatnonzero(~np.isnan(self.heights))
        return self.left + float(seen[0]), self.left + float(seen[-1]) + 1.0


@dataclass(frozen=True, kw_only=True)
class Band:
    """An area: its upper and its lower side."""

    upper: Trace
    lower: Trace


def trace_of(
    mask: Mask, colour: Colour, *, left: int, top: int, em: float, marked: bool = False
) -> Trace | None:
    """Follow the line that the pixels of a colour make; None where they make none, or several.

    `mask` is that of a plot whose corner is at `left`, `top`. Beside marks a line leaps, and one
    that rises between close ones is seen beside them.
    """
    columns = np.flatnonzero(mask.any(axis=0))
    if not columns.size or len(columns) < 0.12 * mask.shape[1]:
        return None  # marks
    if len(columns) < 0.6 * (columns[-1] - columns[0]):
        return None  # marks apart
    found: list[tuple[int, int]] = []
    for x in columns.tolist():
        last = sum(found[-1]) / 2 if found else None
        found.append(min(_runs(mask[:, x]), key=lambda run: _apart(run, last)))
    runs = np.array(found, dtype=np.float64)  # first pixel and end in each column
    heights = np.full(mask.shape[1], np.nan)
    heights[columns] = runs.mean(axis=1)
    explained = int(np.diff(runs, axis=1).sum())
    length = np.hypot(np.diff(columns), np.diff(heights[columns])).sum()
    least, leap = (0.7, em) if marked else (0.85, 8.0)
    if explained > THICKEST_EM * em * length or explained < least * mask.sum():
        return None
    steepest = 3 if is_grey(colour) else 12  # frames have no hue either
    gaps = np.maximum(runs[1:, 0] - runs[:-1, 1], runs[:-1, 0] - runs[1:, 1])
    steps = np.diff(columns)
    far = np.maximum(steepest * np.minimum(steps, 6), leap)
    breaks = np.flatnonzero(gaps > np.where(steps > 1, far, leap))
    heights[~np.isin(np.arange(len(heights)), _joined(columns, breaks))] = np.nan
    return Trace(colour=colour, left=left, heights=heights + top)


def _joined(columns: NDArray[np.intp], breaks: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return columns without short pieces at either end that nothing joins to the line."""
    pieces = np.split(columns, breaks + 1)
    long = [n for n, piece in enumerate(pieces) if len(piece) >= 0.1 * len(columns)]
    return np.concatenate(pieces[long[0] : long[-1] + 1] if long else pieces[-1:])


def _runs(column: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.pad(column.astype(np.int8), 1)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _apart(run: tuple[int, int], last: float | None) -> float:
    """Return how far a run is from where the line was; at its begin the longest run counts."""
    if last is None:
        return float(run[0] - run[1])
    return max(0.0, run[0] - last, last - run[1])


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


def with_marks(trace: Trace, own: Mask, *, top: int) -> Trace:
    """Return a line with its marks; as it is where it has none.

    `own` are the pixels of its colour, of a plot whose corner is at `trace.left`, `top`.
    """
    columns = np.flatnonzero(~np.isnan(trace.heights))
    rows = np.clip(np.rint(trace.heights[columns] - top).astype(int), 0, len(own) - 1)
    inner = cv2.distanceTransform(own.astype(np.uint8), cv2.DIST_L2, 3)[rows, columns]
    width = max(1.0, 2 * float(np.quantile(inner, 0.15)))  # of the columns that have no mark
    thickness = round(max(2.4 * width, width + 3))  # at sharp bends a line is twice as thick
    thick = opened(closed(own, round_kernel(3)), round_kernel(thickness))
    boxes = [box for box, area, mask in connected(thick) if area > 0.5 * mask.size]
    even = _even(boxes)
    if len(boxes) < _MIN_MARKS or len(even) <= 0.6 * len(boxes):  # others hide the rest in part
        return trace
    hidden = np.zeros(own.shape[1], dtype=bool)
    for x0, _, x1, _ in boxes:
        hidden[max(0, x0 - 1) : x1 + 1] = True
    middles = sorted((trace.left + (x0 + x1) / 2, top + (y0 + y1) / 2) for x0, y0, x1, y1 in even)
    return replace(trace, marks=tuple(middles), hidden=hidden)


def _even(boxes: Sequence[PixelBox]) -> list[PixelBox]:
    """Return the boxes of the usual size, as wide as high."""
    sizes = np.array([(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes]).reshape(-1, 2)
    usual = np.median(sizes, axis=0) if boxes else np.ones(2)
    if not 1 / 2 < usual[0] / usual[1] < 2:
        return []
    off = np.abs(sizes - usual) - np.maximum(2, 0.25 * usual)
    return [box for box, by in zip(boxes, off.tolist(), strict=True) if max(by) <= 0]


def points_at(trace: Trace, places: Sequence[float]) -> list[Point]:
    """Return the points of a line at places that lie within it.

    Each is where its one mark stands; else where straight parts meet; else what is seen there.
    """
    begin, end = trace.ends
    reach = 0.3 * min((b - a for a, b in pairwise(places)), default=0.0)
    inside = [x for x in places if begin - reach <= x <= end + reach]
    if not inside:
        return []
    parts = [None, *(_straight(trace, a, b) for a, b in pairwise(inside)), None]
    found = []
    for x, sides in zip(inside, pairwise(parts), strict=True):
        marks = [y for at, y in trace.marks if abs(at - x) < reach]
        met = [part[0] * x + part[1] for part in sides if part]
        at = round(x - 0.5) - trace.left
        near = trace.heights[max(0, at - 1) : at + 2]
        if len(marks) == 1:
            found.append((x, marks[0]))
        elif met and (len(met) == 1 or abs(met[0] - met[1]) < 4):
            found.append((x, sum(met) / len(met)))
        elif (~np.isnan(near)).any():
            found.append((x, float(np.nanmean(near))))
    return found


def _straight(trace: Trace, begin: float, end: float) -> Part | None:
    """Return the straight part between two places; None where the line bends between them."""
    inset = 0.12 * (end - begin)
    first = max(0, round(begin + inset) - trace.left)
    part = slice(first, round(end - inset) - trace.left)
    heights = trace.heights[part]
    seen = ~np.isnan(heights)
    if trace.hidden is not None:
        seen &= ~trace.hidden[part]
    if seen.sum() < max(3, 0.25 * len(seen)):  # the rest lies under other lines
        return None
    xs = trace.left + first + np.flatnonzero(seen) + 0.5
    slope, start = np.polyfit(xs, heights[seen], 1)
    off = np.abs(slope * xs + start - heights[seen])
    is_straight = np.quantile(off, 0.9) < 1.2 * (1 + 0.3 * abs(slope))
    return (float(slope), float(start)) if is_straight else None


def bends_at(trace: Trace, places: Sequence[float]) -> list[tuple[int, float]]:
    """Return where straight parts beside a place meet: its number, and where along x."""
    return [
        (n, (right[1] - left[1]) / (left[0] - right[0]))
        for n, (left, right) in enumerate(_joints(trace, places), 1)
        if left and right and abs(left[0] - right[0]) > 0.3  # they meet at a sure place
    ]


def share_at(traces: Sequence[Trace], places: Sequence[float]) -> float:
    """Return how many of the points of lines stand at places: of the marks, where lines have some.

    Else how many of the parts between places are straight: bent nowhere else.
    """
    marks = np.array([x for trace in traces for x, _ in trace.marks])
    if len(marks) >= _MIN_MARKS and len(places) > 1:
        apart = min(b - a for a, b in pairwise(places))
        off = np.abs(marks[:, None] - np.array(places)[None, :]).min(axis=1)
        return float((off < 0.15 * apart).mean())
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
