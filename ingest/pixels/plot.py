"""The plot of a chart's picture, and the lines and areas of each colour that run through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.axes import Scale
from ingest.charts.ink import Box, Colour, Fill, Ink, size_of
from ingest.charts.legend import Legend
from ingest.pixels.line_marks import with_points
from ingest.pixels.palette import Mask, Palette, between, panel_of
from ingest.pixels.traces import THICKEST_EM, Band, Trace, band_of, trace_of

GREY: Final = 24
"""The channels of a colour that is grey differ by less."""

_RULE_SIDE_PX: Final = 3.0
"""So far beside its middle a rule and its shade reach."""

_LINE_PX: Final = 7
_GRID_PX: Final = 13
"""Lines of the grid are thinner, and with what is left out beside known ones."""

_PALER: Final = 32.0
_ALONG: Final = 0.5
_BESIDE_PX: Final = 6.0
"""A line so near to another over so much of its length, and so near to its shades, is its edge."""

_FAINT: Final = 8.0
_FAINT_PX: Final = 3.0
"""An area that is fainter than its legend is known as one, however thin it is."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A picture as far as it is known before lines are followed through it."""

    ink: Ink
    palette: Palette
    legend: Legend
    lettering: Mask


def plot_of(seen: Seen, upright: Scale) -> Box:
    """Return the box within the axes: as far as long level lines or its panel reach.

    Else all that is drawn beside the scale.
    """
    top, bottom = upright.ends
    step = (bottom - top) / (len(upright.places) - 1)
    strokes = seen.ink.strokes
    levels = [s.box for s in strokes if s.is_level and size_of(s.box)[0] > 8 * seen.ink.em]
    rights = [box[2] for box in levels if top - 2 * step < box[1] < bottom + 2 * step]
    panel = panel_of(seen.palette)
    if panel is not None and panel[1] < (top + bottom) / 2 < panel[3]:
        rights.append(panel[2])  # lines of data divide those of a grid
    drawn = seen.palette.ground | seen.lettering
    columns = np.flatnonzero(~drawn[_slice(top - step, bottom + step)].all(axis=0))
    right = max(rights or [*columns[-1:].astype(float).tolist(), upright.box[2]])
    uprights = [s.box for s in strokes if s.is_upright]
    frames = [box for box in uprights if box[3] - box[1] > 0.5 * (bottom - top)]
    low = max([bottom, *(min(box[3], bottom + step) for box in frames)])
    high = min([top - 0.5 * step, *(box[1] for box in frames if box[1] > top - 2 * step)])
    room = (upright.box[2], top - step, right, bottom + step)
    above, below = _between_words(seen.ink, room, (high, low))
    return (upright.box[2], *((high, right, low) if frames else (above, right, below)))


def _between_words(ink: Ink, room: Box, least: tuple[float, float]) -> tuple[float, float]:
    """Return how high and how low the marks of a plot without a frame may stand in some room.

    The words above and below it end the plot, but no nearer than `least`, its top and bottom.
    """
    high, low = least
    level = [x.box for x in ink.labels if not x.angle and room[0] < x.middle[0] < room[2]]
    over = [box[3] for box in level if box[3] <= high + 0.5 * ink.em]
    under = [box[1] for box in level if box[1] >= low - 0.5 * ink.em]
    return min(high, max([room[1], *over])), max(low, min([room[3], *under]))


def lines_in(seen: Seen, plot: Box) -> list[Trace | Band]:
    """Return areas, or where there are none the lines, of each colour, but for their edges."""
    return _areas_alone(_no_shades(list(_followed(seen, plot)), seen.palette))


def _followed(seen: Seen, plot: Box) -> Iterator[Trace | Band]:
    """Yield the lines and areas of each colour."""
    palette, legend, em = seen.palette, seen.legend, seen.ink.em
    x0, y0, x1, y1 = (max(0, round(side)) for side in plot)
    clear = ~covered(seen)
    for n, colour in _of_data(seen):
        part = (slice(y0, y1 + 2), slice(x0, x1 + 1))
        own = palette.mask(n)[part]
        shown = own & (clear if _is_grey(colour) else ~sampled(seen))[part]
        line = _line(own & clear[part], shown, colour, at=(x0, y0), em=em)
        named = _named(colour, palette.colours[palette.grounds[0]], legend)
        least = THICKEST_EM * em if named == colour else _FAINT_PX
        whole = _through(own & clear[part], clear[part], palette.ground[part])
        band = band_of(whole, named, left=x0, top=y0, least=least)
        if found := line if line and line.marks else band or line:
            yield found


def _line(
    mask: Mask, shown: Mask, colour: Colour, *, at: tuple[int, int], em: float
) -> Trace | None:
    """Return the line that a colour makes, with its marks; None where it makes none.

    `shown` are its pixels where the lines of a grid lie under it, too.
    """
    found = trace_of(mask, colour, left=at[0], top=at[1], em=em, marked=True)
    marked = with_points(found, shown, top=at[1]) if found else None
    if marked and marked.marks:
        return marked
    return trace_of(mask, colour, left=at[0], top=at[1], em=em)


def _is_grey(colour: Colour) -> bool:
    return max(colour) - min(colour) < GREY


def _of_data(seen: Seen) -> list[tuple[int, Colour]]:
    """Return the numbers and the colours that lines may have: greys where no line has a hue."""
    drawn = seen.palette.drawn
    coloured = [(n, c) for n, c in drawn if not _is_grey(c) or seen.legend.name(c)]
    return coloured or drawn


def _through(mask: Mask, clear: Mask, ground: Mask) -> Mask:
    """Return an area with the lines of the grid that are drawn over it, known ones or others."""
    found: Mask = mask | (_closed(mask, _GRID_PX) & ~clear) | (_closed(mask, _LINE_PX) & ~ground)
    return found


def _closed(mask: Mask, height_px: int) -> Mask:
    kernel = np.ones((height_px, 1), dtype=np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel).astype(bool)


def _no_shades(found: Sequence[Trace | Band], palette: Palette) -> list[Trace | Band]:
    """Return lines and areas without those that are the pale edges of others."""
    grounds = [palette.colours[n] for n in palette.grounds]
    return [one for one in found if not _is_shade(one, found, grounds)]


def _is_shade(one: Trace | Band, found: Sequence[Trace | Band], grounds: Sequence[Colour]) -> bool:
    """Whether a line runs along others, and has a colour between theirs and the ground's."""
    if isinstance(one, Band):
        return False
    others = [x for x in found if isinstance(x, Trace) and x is not one]
    paler = [
        np.abs(one.heights - x.heights)
        for x in others
        if any(between(one.colour, ground, x.colour) < _PALER for ground in grounds)
    ]
    along = one.heights[~np.isnan(one.heights)].size
    near = np.any([gap < _BESIDE_PX for gap in paler], axis=0) if paler else np.zeros(1)
    return bool(near.sum() > _ALONG * along)


def _areas_alone(found: Sequence[Trace | Band]) -> list[Trace | Band]:
    """Return areas without the lines along their edges; all where there are no areas."""
    areas = [one for one in found if isinstance(one, Band)]
    return [*areas] or list(found)


def _named(colour: Colour, ground: Colour, legend: Legend) -> Colour:
    """Return the legend's colour that a faint area has, if one alone may be it."""
    if legend.name(colour):
        return colour
    faint = [one for one, _ in legend.names if between(colour, ground, one) < _FAINT]
    return faint[0] if len(faint) == 1 else colour


def covered(seen: Seen) -> Mask:
    """Return where rules, lettering and the samples of a legend stand."""
    ink, legend = seen.ink, seen.legend
    found = seen.lettering | sampled(seen)
    for stroke in ink.strokes:
        x0, y0, x1, y1 = stroke.box
        is_sample = any(stroke is one for one in legend.samples)
        by = ink.em if is_sample else _RULE_SIDE_PX
        if stroke.is_level or stroke.is_upright:
            found[_slice(y0 - by, y1 + by), _slice(x0 - 1, x1 + 1)] = True
    return found


def sampled(seen: Seen) -> Mask:
    """Return where the samples of a legend stand."""
    found = np.zeros_like(seen.lettering)
    for thing in seen.legend.samples:
        x0, y0, x1, y1 = thing.box
        by = 1.0 if isinstance(thing, Fill) else seen.ink.em
        found[_slice(y0 - by, y1 + by), _slice(x0 - 1, x1 + 1)] = True
    return found


def _slice(first: float, last: float) -> slice:
    return slice(max(0, round(first)), max(0, round(last)))
