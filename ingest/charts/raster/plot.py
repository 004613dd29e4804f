"""The plot of a chart's picture, and the lines and areas of each colour that run through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.axes import Scale
from ingest.charts.categories import unused
from ingest.charts.ink import Box, Colour, Fill, Ink, Label, hue_of, size_of
from ingest.charts.legend import Legend
from ingest.charts.raster.line_marks import with_points
from ingest.charts.raster.palette import Mask, Palette, between, is_grey
from ingest.charts.raster.shapes import HUELESS
from ingest.charts.raster.traces import THICKEST_EM, Band, Trace, band_of, trace_of

_RULE_SIDE_PX: Final = 3.0
"""So far beside its middle a rule and its shade reach."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A picture as far as it is known before lines are followed through it."""

    ink: Ink
    palette: Palette
    legend: Legend
    ocr_mask: Mask


def plot_of(seen: Seen, upright: Scale) -> Box:
    """Return the box within the axes: as far as long level lines reach.

    Else all that is drawn beside the scale.
    """
    top, bottom = upright.ends
    step = (bottom - top) / (len(upright.places) - 1)
    strokes = seen.ink.strokes
    levels = [s.box for s in strokes if s.is_level and size_of(s.box)[0] > 8 * seen.ink.em]
    rights = [box[2] for box in levels if top - 2 * step < box[1] < bottom + 2 * step]
    drawn = seen.palette.ground | seen.ocr_mask
    columns = np.flatnonzero(~drawn[_slice(top - step, bottom + step)].all(axis=0))
    ends = columns[-1:].astype(float).tolist()
    right = max(rights or [*ends, upright.box[2]])
    uprights = [s.box for s in strokes if s.is_upright]
    frames = [box for box in uprights if box[3] - box[1] > 0.5 * (bottom - top)]
    low = max([bottom, *(min(box[3], bottom + step) for box in frames)])
    high = min([top - 0.5 * step, *(box[1] for box in frames if box[1] > top - 2 * step)])
    if not any(abs(box[0] - right) < _RULE_SIDE_PX for box in frames):
        right = max([right, *(min(end, _end_of_names(seen.ink, upright, low)) for end in ends)])
    if not frames:
        room = (upright.box[2], top - step, right, bottom + step)
        words = unused(seen.ink, seen.legend.labels)
        high, low = _between_words(words, room, (high, low), seen.ink.em)
    return upright.box[2], high, right, low


def _end_of_names(ink: Ink, upright: Scale, low: float) -> float:
    """Return how far right the row of names or numbers below a plot reaches, and one step more."""
    free = unused(ink, upright.labels)
    below = [x for x in free if not x.angle and x.box[1] > low - 0.5 * ink.em]
    top = min((x.middle[1] for x in below), default=0.0)
    row = sorted(x.middle[0] for x in below if x.middle[1] - top < 0.5 * ink.em)
    return row[-1] + float(np.median(np.diff(row))) if len(row) > 1 else 0.0


def _between_words(
    words: Sequence[Label], room: Box, least: tuple[float, float], em: float
) -> tuple[float, float]:
    """Return how high and low marks without a frame may stand: between words, past `least`."""
    high, low = least
    level = [x.box for x in words if not x.angle and room[0] < x.middle[0] < room[2]]
    over = [box[3] for box in level if box[3] <= high + 0.5 * em]
    under = [box[1] for box in level if box[1] >= low - 0.5 * em]
    return min(high, max([room[1], *over])), max(low, min([room[3], *under]))


def is_within(plot: Box, shape: tuple[int, ...]) -> bool:
    """Tell whether some of a plot is in a picture of this shape: OpenCV may crash on no pixels."""
    sides = zip(part_of(plot), shape, strict=True)
    return all(len(range(*side.indices(pixels))) for side, pixels in sides)


def lines_in(seen: Seen, plot: Box) -> list[Trace | Band]:
    """Return areas, or where there are none the lines, of each colour, but for their edges."""
    found = list(_followed(seen, plot))
    return [one for one in found if isinstance(one, Band)] or found


def part_of(plot: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a picture's pixels that a plot takes."""
    x0, y0, x1, y1 = (max(0, round(side)) for side in plot)
    return slice(y0, y1 + 2), slice(x0, x1 + 1)


def _followed(seen: Seen, plot: Box) -> Iterator[Trace | Band]:
    """Yield the lines and areas of each colour."""
    part = part_of(plot)
    clear, bare = ~covered(seen)[part], ~sampled(seen)[part]
    for n, colour in _of_data(seen):
        may_be_rule = hue_of(colour) < HUELESS
        line = _line(seen, n, part, clear if may_be_rule else bare)
        band = _band(seen, n, part, clear)
        is_line = line and (line.marks or (band and band.upper.colour == colour))
        if found := line if is_line else band or line:
            yield found


def _line(seen: Seen, n: int, part: tuple[slice, slice], clear: Mask) -> Trace | None:
    """Return the line that a colour makes, with its marks; shades of darker greys are none."""
    palette, em = seen.palette, seen.ink.em
    colour, top, left = palette.colours[n], part[0].start, part[1].start
    shown = palette.mask(n)[part] & clear
    if is_grey(colour):
        shown &= ~palette.edges(n)[part]
    own = shown & ~seen.ocr_mask[part]
    found = trace_of(own, colour, left=left, top=top, em=em, marked=True)
    marked = with_points(found, shown, top=top) if found else None
    if marked and marked.marks:
        return marked
    return trace_of(own, colour, left=left, top=top, em=em)


def _band(seen: Seen, n: int, part: tuple[slice, slice], clear: Mask) -> Band | None:
    """Return the area that a colour makes in a part, in its legend's colour; None for none."""
    palette, em = seen.palette, seen.ink.em
    colour = palette.colours[n]
    named = _named(colour, palette.colours[palette.grounds[0]], seen.legend)
    least = THICKEST_EM * em if named == colour else 3.0
    whole = _through(palette.mask(n)[part] & clear, clear, palette.ground[part])
    return band_of(whole, named, left=part[1].start, top=part[0].start, least=least)


def _of_data(seen: Seen) -> list[tuple[int, Colour]]:
    """Return the numbers and the colours that lines may have: greys where no line has a hue."""
    drawn = seen.palette.drawn
    coloured = [(n, c) for n, c in drawn if not is_grey(c) or seen.legend.name(c)]
    return coloured or drawn


def _through(mask: Mask, clear: Mask, ground: Mask) -> Mask:
    """Return an area with the lines of the grid that are drawn over it, known ones or others."""
    found: Mask = mask | (_closed(mask, 13) & ~clear) | (_closed(mask, 7) & ~ground)
    return found


def _closed(mask: Mask, height_px: int) -> Mask:
    kernel = np.ones((height_px, 1), dtype=np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel).astype(bool)


def _named(colour: Colour, ground: Colour, legend: Legend) -> Colour:
    """Return the legend's colour that a faint area has, if one alone may be it."""
    if legend.name(colour):
        return colour
    faint = [one for one, _ in legend.names if between(colour, ground, one) < 8.0]
    return faint[0] if len(faint) == 1 else colour


def covered(seen: Seen) -> Mask:
    """Return where rules, lettering and the samples of a legend stand."""
    ink, legend = seen.ink, seen.legend
    found = seen.ocr_mask | sampled(seen)
    for stroke in ink.strokes:
        x0, y0, x1, y1 = stroke.box
        is_sample = any(stroke is one for one in legend.samples)
        by = ink.em if is_sample else _RULE_SIDE_PX
        if stroke.is_level or stroke.is_upright:
            found[_slice(y0 - by, y1 + by), _slice(x0 - 1, x1 + 1)] = True
    return found


def sampled(seen: Seen) -> Mask:
    """Return where the samples of a legend stand."""
    found = np.zeros_like(seen.ocr_mask)
    for thing in seen.legend.samples:
        x0, y0, x1, y1 = thing.box
        by = 1.0 if isinstance(thing, Fill) else seen.ink.em
        found[_slice(y0 - by, y1 + by), _slice(x0 - 1, x1 + 1)] = True
    return found


def _slice(first: float, last: float) -> slice:
    return slice(max(0, round(first)), max(0, round(last)))
