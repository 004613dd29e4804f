"""The plot of a chart's picture: the lines, the areas and the round marks that stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.axes import Scale
from ingest.charts.categories import unused
from ingest.charts.ink import Box, Fill, Ink, hue_of, size_of
from ingest.charts.legend import Legend
from ingest.charts.raster.palette import (
    Mask,
    Palette,
    between,
    closed,
    connected,
    flat_kernel,
    is_grey,
    part_of,
    round_kernel,
)
from ingest.charts.raster.shapes import HUELESS
from ingest.charts.raster.traces import THICKEST_EM, Band, Trace, band_of, trace_of, with_marks

Pixels = tuple[slice, slice]
"""Rows and columns."""

_RULE_SIDE_PX: Final = 3.0
"""So far beside its middle a rule and its shade reach."""

_SMALLEST_PX: Final = 3
_MIN_DOTS: Final = 5
_MAX_DOTS: Final = 400
_ALIKE: Final = 0.3
"""Marks are of one size, but for this."""

_CORNERS: Final = np.linspace(0, 2 * np.pi, 12, endpoint=False)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A picture as far as it is known before lines are followed through it."""

    ink: Ink
    palette: Palette
    legend: Legend
    ocr_mask: Mask

    @cached_property
    def sampled(self) -> Mask:
        """Where the samples of a legend stand."""
        found: Mask = np.zeros_like(self.ocr_mask)
        for thing in self.legend.samples:
            x0, y0, x1, y1 = thing.box
            by = 1.0 if isinstance(thing, Fill) else self.ink.em
            found[part_of((x0 - 1, y0 - by, x1 + 1, y1 + by))] = True
        return found

    @cached_property
    def covered(self) -> Mask:
        """Where rules, lettering and the samples of a legend stand."""
        found: Mask = self.ocr_mask | self.sampled
        for stroke in self.ink.strokes:
            if stroke.is_level or stroke.is_upright:
                x0, y0, x1, y1 = stroke.box
                is_sample = any(stroke is one for one in self.legend.samples)
                by = self.ink.em if is_sample else _RULE_SIDE_PX
                found[part_of((x0 - 1, y0 - by, x1 + 1, y1 + by))] = True
        return found


def plot_of(seen: Seen, upright: Scale) -> Box:
    """Return the box within the axes: as far as long level lines reach.

    Else all that is drawn beside the scale.
    """
    ink, em, left = seen.ink, seen.ink.em, upright.box[2]
    top, bottom = upright.ends
    step = (bottom - top) / (len(upright.places) - 1)
    levels = [s.box for s in ink.strokes if s.is_level and size_of(s.box)[0] > 8 * em]
    rights = [box[2] for box in levels if top - 2 * step < box[1] < bottom + 2 * step]
    rows, _ = part_of((0.0, top - step, 0.0, bottom + step))
    empty = (seen.palette.ground | seen.ocr_mask)[rows].all(axis=0)
    ends = np.flatnonzero(~empty)[-1:].astype(float).tolist()
    right = max(rights or [*ends, left])
    uprights = [s.box for s in ink.strokes if s.is_upright]
    frames = [box for box in uprights if box[3] - box[1] > 0.5 * (bottom - top)]
    low = max([bottom, *(min(box[3], bottom + step) for box in frames)])
    high = min([top - 0.5 * step, *(box[1] for box in frames if box[1] > top - 2 * step)])
    if not any(abs(box[0] - right) < _RULE_SIDE_PX for box in frames):
        right = max([right, *(min(end, _end_of_names(ink, upright, low)) for end in ends)])
    if frames:
        return left, high, right, low
    # marks without a frame stand between words
    words = [x.box for x in unused(ink, seen.legend.labels) if not x.angle]
    words = [box for box in words if left < (box[0] + box[2]) / 2 < right]
    over = max([top - step, *(box[3] for box in words if box[3] <= high + 0.5 * em)])
    under = min([bottom + step, *(box[1] for box in words if box[1] >= low - 0.5 * em)])
    return left, min(high, over), right, max(low, under)


def _end_of_names(ink: Ink, upright: Scale, low: float) -> float:
    """Return how far right the row of names or numbers below a plot reaches, and one step more."""
    free = unused(ink, upright.labels)
    below = [x for x in free if not x.angle and x.box[1] > low - 0.5 * ink.em]
    top = min((x.middle[1] for x in below), default=0.0)
    row = sorted(x.middle[0] for x in below if x.middle[1] - top < 0.5 * ink.em)
    return row[-1] + float(np.median(np.diff(row))) if len(row) > 1 else 0.0


def pixels_of(plot: Box) -> Pixels:
    """Return the rows and columns of a picture's pixels that a plot takes."""
    rows, columns = part_of(plot)
    return slice(rows.start, rows.stop + 2), slice(columns.start, columns.stop + 1)


def is_within(plot: Box, shape: tuple[int, ...]) -> bool:
    """Tell whether some of a plot is in a picture of this shape: OpenCV may crash on no pixels."""
    sides = zip(pixels_of(plot), shape, strict=True)
    return all(len(range(*side.indices(pixels))) for side, pixels in sides)


def lines_in(seen: Seen, plot: Box) -> list[Trace] | list[Band]:
    """Return areas, or where there are none the lines, of each colour, but for their edges.

    Greys count where no line has a hue.
    """
    part = pixels_of(plot)
    drawn = seen.palette.drawn
    coloured = [n for n, c in drawn if not is_grey(c) or seen.legend.name(c)]
    lines: list[Trace] = []
    bands: list[Band] = []
    for n in coloured or [n for n, _ in drawn]:
        line, band = _line(seen, n, part), _band(seen, n, part)
        is_own = band and band.upper.colour == seen.palette.colours[n]
        if line and (line.marks or is_own or not band):
            lines.append(line)
        elif band:
            bands.append(band)
    return bands or lines


def _line(seen: Seen, n: int, part: Pixels) -> Trace | None:
    """Return the line that a colour makes, with its marks; shades of darker greys are none."""
    palette, em = seen.palette, seen.ink.em
    colour, top, left = palette.colours[n], part[0].start, part[1].start
    may_be_rule = hue_of(colour) < HUELESS
    shown = palette.mask(n)[part] & ~(seen.covered if may_be_rule else seen.sampled)[part]
    if is_grey(colour):
        shown &= ~palette.edges(n)[part]
    own = shown & ~seen.ocr_mask[part]
    if found := trace_of(own, colour, left=left, top=top, em=em, marked=True):
        marked = with_marks(found, shown, top=top)
        if marked.marks:
            return marked
    return trace_of(own, colour, left=left, top=top, em=em)


def _band(seen: Seen, n: int, part: Pixels) -> Band | None:
    """Return the area that a colour makes in a part, in its legend's colour; None for none.

    With the lines of the grid that are drawn over it, known ones or others.
    """
    palette, legend, clear = seen.palette, seen.legend, ~seen.covered[part]
    colour, ground = palette.colours[n], palette.colours[palette.grounds[0]]
    faint = [one for one, _ in legend.names if between(colour, ground, one) < 8]
    named = faint[0] if len(faint) == 1 and not legend.name(colour) else colour
    own = palette.mask(n)[part] & clear
    whole: Mask = own | (closed(own, flat_kernel(1, 13)) & ~clear)
    whole |= closed(own, flat_kernel(1, 7)) & ~palette.ground[part]
    least = THICKEST_EM * seen.ink.em if named == colour else 3.0
    return band_of(whole, named, left=part[1].start, top=part[0].start, least=least)


def dots_in(seen: Seen, plot: Box) -> list[Fill]:
    """Return the marks of a scatter plot; none where they are few, or shapes are others."""
    part = pixels_of(plot)
    bare = ~seen.sampled[part]
    drawn = seen.palette.drawn
    found: list[Fill] = []
    for n, colour in [one for one in drawn if not is_grey(one[1])] or drawn:
        mask = seen.palette.mask(n)[part] & bare & ~seen.palette.edges(n)[part]
        for x, y, size in _dots(mask, 1.2 * seen.ink.em):
            xs = part[1].start + x + size / 2 * np.cos(_CORNERS)
            ys = part[0].start + y + size / 2 * np.sin(_CORNERS)
            points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
            found.append(Fill(points=points, colour=colour))
    return found if _MIN_DOTS <= len(found) <= _MAX_DOTS else []


def _dots(mask: Mask, largest: float) -> Iterator[tuple[float, float, float]]:
    """Yield the middle and the width of each mark of a colour, those that overlap apart."""
    shapes = list(connected(mask))
    alone = [max(shape.shape) for _, area, shape in shapes if _is_round(shape, area)]
    size = float(np.median(alone)) if len(alone) >= _MIN_DOTS else 0.0
    if not _SMALLEST_PX <= size <= largest:
        return
    for (x0, y0, x1, y1), area, shape in shapes:
        side = max(shape.shape)
        if _is_round(shape, area) and abs(side - size) <= max(1.5, _ALIKE * size):
            yield (x0 + x1) / 2, (y0 + y1) / 2, size
        elif side > size:
            for across, down in _apart(shape, size):
                yield x0 + across, y0 + down, size


def _is_round(shape: Mask, area: int) -> bool:
    high, wide = shape.shape
    is_square = abs(wide - high) <= max(1, _ALIKE * max(wide, high))
    is_full = area > 0.65 * shape.size  # a disc has .79 of its box
    return is_square and min(wide, high) >= _SMALLEST_PX and is_full


def _apart(mask: Mask, size: float) -> Iterator[tuple[float, float]]:
    """Yield the middles of marks that overlap: discs of a size, most of what is left under each."""
    reach = round(size)
    left = np.pad(mask, reach).astype(np.float32)
    spot = round_kernel(reach | 1).astype(np.float32)
    for _ in range(_MAX_DOTS):
        under = cv2.filter2D(left, -1, spot, borderType=cv2.BORDER_CONSTANT)
        y, x = np.unravel_index(int(under.argmax()), under.shape)
        if under[y, x] < 0.3 * spot.sum():  # the rest lies under others
            return
        yield float(x) - reach + 0.5, float(y) - reach + 0.5
        cv2.circle(left, (int(x), int(y)), round(size / 2), 0.0, thickness=-1)
