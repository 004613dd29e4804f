"""What a box of pixels has beside its body: whiskers at its ends, and a line across it.

Rows of pixels run along the values: whoever has boxes that lie turns the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Colour
from rag.protocols import Pixels

Mask = NDArray[np.bool_]
"""(height, width)."""

Body = tuple[int, int, int, int]
"""The first pixel at the left and at the top, and the first beyond it at the right and below."""

Colours = NDArray[np.float64]
"""The channels of a colour, or of one for each row."""

SLACK_PX: Final = 2
OVER_PX: Final = 9
"""What is drawn stands where it should but for the first; a median at a body's end lies over so
much of its outline."""

DARK: Final = 128
"""All channels of a dark colour are less."""

_AMID: Final = 0.08
_THIN: Final = 2.5
_THIN_PX: Final = 4
_THICKEST: Final = 0.2
"""A whisker stands amid a body, but for the first in parts of its thickness; it is about as thin as
an outline, and much thinner than the body."""

_CAP: Final = 0.25
_WHOLE: Final = 0.9
_ALONE: Final = 0.4
_DASH: Final = 1.5
_LONGEST: Final = 0.6
_FEW: Final = 2
"""A whisker's cap is wider, and not as wide as the body; so much beside it is bare; between its
dashes is no more than so many of their length, and they are shorter than so much of the body."""

_STEP: Final = 20
_OTHER: Final = 60
_UNIFORM: Final = 0.9
_CLEARER: Final = 0.75
"""A line across a body is of another colour, but for so few pixels; others are as much fainter."""


def whisker_of(rows: Mask, ground: Mask, left: int, right: int) -> tuple[float, float]:
    """Return how far from a body's end a whisker reaches, 0 for none, and how thick it is.

    `rows` are those beyond the end, the nearest first, of outlines and of the ground. Where it has
    a cap, it ends amid it. Beside a whisker nothing else is drawn.
    """
    reach, line = _reach(rows, left, right)
    beside = ground[: int(reach), left:right]
    is_alone = not beside.size or beside.mean() > _ALONE
    return (reach, line) if is_alone else (0.0, 0.0)


def _reach(rows: Mask, left: int, right: int) -> tuple[float, float]:
    widths = _without_edge(_widths(rows, left, right), right - left)
    edges = np.flatnonzero(np.diff(np.pad((widths > 0).astype(np.int8), 1)))
    pieces = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if not pieces or pieces[0][0] > OVER_PX:  # a median at the end may lie over the outline
        return 0.0, 0.0
    own = widths[slice(*pieces[0])]
    line = float(min(np.median(own[own <= own.min() + SLACK_PX]), len(own)))
    if line > max(_THIN_PX, _THICKEST * (right - left)):
        return 0.0, 0.0
    return _end(widths, pieces, line, right - left), line


def _end(
    widths: NDArray[np.intp], pieces: Sequence[tuple[int, int]], line: float, thick: int
) -> float:
    """Return where a whisker of these pieces ends: amid its cap, or before a point beyond it."""
    most, reached = max(_THIN_PX, _THIN * line), 0.0
    is_dashed = pieces[0][1] - pieces[0][0] < _LONGEST * thick
    for n, (begin, end) in enumerate(pieces):
        if n and not (is_dashed and _goes_on(widths, pieces[: n + 1], line)):
            break
        wide = begin + np.flatnonzero(widths[begin:end] > most)
        if len(wide):
            is_point = widths[wide[0] : end].max() < _CAP * thick
            last = wide[wide < wide[0] + most][-1]
            return float(wide[0]) if is_point else float(wide[0] + last + 1) / 2
        reached = float(end)
    return reached


def _without_edge(widths: NDArray[np.intp], thick: int) -> NDArray[np.intp]:
    """Return widths without what is left of a body's edge in the first rows."""
    is_edge = widths[: SLACK_PX + 1] > _WHOLE * thick
    return np.concatenate([np.where(is_edge, 0, widths[: len(is_edge)]), widths[len(is_edge) :]])


def _widths(rows: Mask, left: int, right: int) -> NDArray[np.intp]:
    """Return for each row how many pixels beside each other stand amid a body, 0 for none."""
    within = rows[:, left:right]
    middle, reach = (right - left - 1) / 2, max(1, round(_AMID * (right - left)))
    first, last = max(0, round(middle) - reach), round(middle) + reach + 1
    amid = within[:, first:last].any(axis=1)
    start = np.where(amid, first + within[:, first:last].argmax(axis=1), 0)
    columns = np.arange(within.shape[1])[None]
    gaps = ~within
    before = np.where(gaps & (columns < start[:, None]), columns, -1).max(axis=1)
    after = np.where(gaps & (columns > start[:, None]), columns, within.shape[1]).min(axis=1)
    return np.where(amid, after - before - 1, 0)


def _goes_on(widths: NDArray[np.intp], pieces: Sequence[tuple[int, int]], line: float) -> bool:
    """Whether the last piece of what stands amid a body is the next dash of a whisker, or its cap.

    Gaps are about as long as the first dash, and no dash is longer.
    """
    first, (begin, end) = pieces[0][1] - pieces[0][0], pieces[-1]
    gap = begin - pieces[-2][1]
    if not first / _DASH - SLACK_PX <= gap <= _DASH * first:
        return False
    is_thin = widths[begin:end].max() <= line + SLACK_PX
    return end - begin < _DASH * first and (is_thin or len(pieces) > _FEW)


def median_of(pixels: Pixels, body: Body, line: float) -> tuple[float | None, Colour]:
    """Return where the line across a body stands, and the colour of the body.

    A body that is hardly thicker than its outline is its own median.
    """
    left, top, right, bottom = body
    edge = int(np.ceil(line)) + 1
    inner = pixels[top:bottom, left + edge : right - edge].astype(np.int16)
    if not inner.shape[1]:
        return None, (0, 0, 0)
    colours = np.median(inner, axis=1)  # (rows, 3)
    even = (np.abs(inner - colours[:, None]).max(axis=2) < _STEP).mean(axis=1) > _UNIFORM
    within = slice(edge, len(colours) - edge)
    if len(colours) <= 2 * edge + 1:
        return (top + bottom) / 2, _colour(colours[len(colours) // 2])
    own = np.median(colours[within], axis=0)
    off = np.where(even & ~_shades(colours, own), np.abs(colours - own).max(axis=1), 0.0)
    found = _clearest(off[within], most=_THIN * max(line, 1.0) + 2)
    at = top + edge + found if found is not None else _at_end(colours, own, body, edge)
    return at, _colour(own)


def _shades(colours: Colours, own: Colours) -> Mask:
    """Return which rows at either end are shades between its outline's colour and a body's."""
    return _first_shades(colours, own) | _first_shades(colours[::-1], own)[::-1]


def _first_shades(colours: Colours, own: Colours) -> Mask:
    off = colours - own
    size = np.abs(off).max(axis=1)
    outline = off[size[:OVER_PX].argmax()]
    share = np.clip(off @ outline / max(1.0, outline @ outline), 0, 1)
    between = np.abs(off - share[:, None] * outline).max(axis=1) < _STEP
    shades = between & (size > _STEP)
    first = int(shades[: SLACK_PX + 1].argmax())  # the ground may shine through before
    count = int(np.argmin([*shades[first:], False]))
    return np.arange(len(colours)) < first + count


def _clearest(off: NDArray[np.float64], *, most: float) -> float | None:
    """Return the middle of the rows that stand out most, of those thin ones that stand out."""
    edges = np.flatnonzero(np.diff(np.pad((off > _STEP).astype(np.int8), 1)))
    runs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a <= most]
    ranked = sorted(runs, key=lambda run: -off[run[0] : run[1]].max())
    peaks = [float(off[a:b].max()) for a, b in ranked[:2]]
    if not peaks or (len(peaks) > 1 and peaks[1] > _CLEARER * peaks[0]):
        return None
    a, b = ranked[0]
    return float(np.average(np.arange(a, b) + 0.5, weights=off[a:b]))


def _at_end(colours: Colours, own: Colours, body: Body, edge: int) -> float | None:
    """Return the end of a body that has a line of another colour than its outline, and its own."""
    _, top, _, bottom = body
    off = _beside(colours, own)
    told = [float(end.max()) > _OTHER for end in (off[1 : edge + 1], off[-edge - 1 : -1])]
    if told == [True, False]:
        return top + edge / 2
    return bottom - edge / 2 if told == [False, True] else None


def _beside(colours: Colours, own: Colours) -> NDArray[np.float64]:
    """Return how far colours are from all shades between a body's and that of its outline."""
    off = colours - own
    outline = off[colours.sum(axis=1).argmin()]
    share = np.clip(off @ outline / max(1.0, outline @ outline), 0, 1)
    away: NDArray[np.float64] = np.abs(off - share[:, None] * outline).max(axis=1)
    return away


def _colour(colour: Colours) -> Colour:
    red, green, blue = (int(part) for part in colour)
    return red, green, blue
