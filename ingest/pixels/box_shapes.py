"""The boxes of a box plot that is pixels: bodies, the lines across them, whiskers.

A box with its whiskers is one connected shape of the colour of its outline: wide where its body
is, thin amid it at both ends, and wide again where a whisker has a cap. It does not matter what
fills the body.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Box, Colour, Fill, Label, Point, Stroke, holds
from ingest.pixels.palette import Mask, Palette, is_grey
from rag.protocols import Pixels

_DARK: Final = 128
_LIGHT: Final = 160
"""All channels of a dark outline are less, and of the ground that it stands on more."""

_LEAST_THICK_PX: Final = 8
_LEAST_LONG_PX: Final = 3
_MOST_SHARE: Final = 0.5
"""How thick a box is, in pixels and in parts of the picture at most, and how long its whisker."""

_SLACK_PX: Final = 2
_AMID: Final = 0.08
_THIN: Final = 2.5
_THIN_PX: Final = 4
"""A whisker stands amid a body, in parts of its thickness, and is thinner than so many outlines."""

_THICKEST: Final = 0.2
_OVER_PX: Final = 9
_CAP: Final = 0.25
_DASH: Final = 1.5
"""A whisker is thinner than so much of its body, and begins so near to it; its cap is wider; between
its dashes is no more than so many of their length."""

_STEP: Final = 30
_HUE: Final = 60
_UNIFORM: Final = 0.9
_CLEARER: Final = 0.75
"""A line across a body is of another colour, but for so few pixels; others are as much fainter."""

_ALIKE: Final = 1.25
_POINT_PX: Final = 3
_LONGER: Final = 1.8
"""Boxes of a plot are as thick as each other; points beyond whiskers about as wide as high."""


Colours = NDArray[np.float64]
"""The channels of a colour, or of one for each row."""


@dataclass(frozen=True, kw_only=True)
class BoxShape:
    """An upright box in pixels; `low` is the place of its lower whisker, below all else."""

    left: float
    right: float
    high: float
    top: float
    median: float | None
    bottom: float
    low: float
    colour: Colour

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def box_shapes(
    palette: Palette, pixels: Pixels, labels: Sequence[Label]
) -> list[Stroke | Fill]:
    """Return bodies, lines and points of a box plot as a drawing has them; none where it is none.

    `pixels` has the shape (height, width, 3). Single signs may be read where boxes are.
    """
    words = [label.box for label in labels if len(label.text) > 1]
    for mask in _outlines(palette, pixels):
        upright = _things(mask, pixels, words)
        turned = _things(mask.T, pixels.transpose(1, 0, 2), [(b, a, d, c) for a, b, c, d in words])
        things = upright if len(upright) >= len(turned) else [_turned(one) for one in turned]
        if things:
            return things
    return []


def _outlines(palette: Palette, pixels: Pixels) -> Iterator[Mask]:
    """Yield where outlines may be: what is dark on a light ground, then each colour with a hue."""
    if min(palette.colours[palette.grounds[0]]) > _LIGHT:
        yield pixels.max(axis=2) < _DARK
    colours = [palette.mask(n) for n, colour in palette.drawn if not is_grey(colour)]
    if colours:
        yield np.logical_or.reduce(colours)


def _boxes(mask: Mask, pixels: Pixels, words: Sequence[Box]) -> list[BoxShape]:
    """Return the upright boxes of one thickness; none where none has whiskers at both ends."""
    drawn = np.ascontiguousarray(mask, dtype=np.uint8)
    closed = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, np.ones((_OVER_PX, 1), dtype=np.uint8))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    most = _MOST_SHARE * mask.shape[1]
    found = []
    for k in range(1, count):
        x, y, wide, high, _ = map(int, stats[k])
        is_sized = _LEAST_THICK_PX <= wide < most and _LEAST_LONG_PX < high < 0.95 * mask.shape[0]
        if is_sized and not _is_letter((x, y, x + wide, y + high), words):
            shape = numbers[y : y + high, x : x + wide] == k
            if one := _box(shape, (x, y), mask, pixels):
                found.append(one)
    usual = float(np.median([one.right - one.left for one in found])) if found else 0.0
    alike = [one for one in found if usual / _ALIKE < one.right - one.left < usual * _ALIKE]
    is_sure = any(one.high < one.top and one.bottom < one.low for one in alike)
    return alike if is_sure else []


def _is_letter(box: Box, words: Sequence[Box]) -> bool:
    corners = (box[:2], box[2:])
    return any(all(holds(word, corner, margin=_SLACK_PX) for corner in corners) for word in words)


def _box(shape: Mask, corner: Point, mask: Mask, pixels: Pixels) -> BoxShape | None:
    """Return the box that a connected shape is; None where it is none."""
    body = _body(shape)
    if body is None:
        return None
    left, top, right, bottom = (
        side + round(corner[n % 2]) for n, side in enumerate(body)
    )  # the first pixel of each side, and the first beyond
    high, above = _whisker(mask[:top][::-1], left, right)
    low, below = _whisker(mask[bottom:], left, right)
    if not (high or low):
        return None
    line = max(above, below)
    median, colour = _median(pixels, (left, top, right, bottom), line)
    return BoxShape(
        left=left + line / 2,
        right=right - line / 2,
        high=top - high if high else top + line / 2,
        top=top + line / 2,
        median=median,
        bottom=bottom - line / 2,
        low=bottom + low if low else bottom - line / 2,
        colour=colour,
    )


def _body(shape: Mask) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the rows that reach from side to side of a shape."""
    lefts, rights = shape.argmax(axis=1), shape.shape[1] - shape[:, ::-1].argmax(axis=1)
    full = (lefts <= _SLACK_PX) & (rights >= shape.shape[1] - _SLACK_PX) & shape.any(axis=1)
    edges = np.flatnonzero(np.diff(np.pad(full.astype(np.int8), 1)))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    top, bottom = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    if bottom - top <= _LEAST_LONG_PX:
        return None
    return int(np.median(lefts[top:bottom])), top, int(np.median(rights[top:bottom])), bottom


def _whisker(rows: Mask, left: int, right: int) -> tuple[float, float]:
    """Return how far from a body's end a whisker reaches, 0 for none, and how thick it is.

    `rows` are those beyond the end, the nearest first. Where it has a cap, it ends amid it.
    """
    widths = _without_edge(_widths(rows, left, right))
    edges = np.flatnonzero(np.diff(np.pad((widths > 0).astype(np.int8), 1)))
    pieces = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    if not pieces or pieces[0][0] > _OVER_PX:  # a median at the end may lie over the outline
        return 0.0, 0.0
    line = float(np.median(widths[pieces[0][0] : pieces[0][1]]))
    most = max(_THIN_PX, _THIN * line)
    if line > max(_THIN_PX, _THICKEST * (right - left)):
        return 0.0, 0.0
    reached = 0.0
    for n, (begin, end) in enumerate(pieces):
        if n and not _goes_on(widths, pieces[n - 1], (begin, end), most, dashes=n):
            break
        wide = begin + np.flatnonzero(widths[begin:end] > most)
        if len(wide) and widths[wide[0] : end].max() < _CAP * (right - left):
            return float(wide[0]), line  # a point beyond it touches it
        if len(wide):
            return float(wide[0] + wide[wide < wide[0] + most][-1] + 1) / 2, line
        reached = float(end)
    return reached, line


def _without_edge(widths: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return widths without what is left of a body's edge in the first rows."""
    first = widths[: _SLACK_PX + 1]
    wide = first > _THIN * max(1, widths[_SLACK_PX + 1 : _OVER_PX].max(initial=_THIN_PX))
    return np.concatenate([np.where(wide, 0, first), widths[_SLACK_PX + 1 :]])


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


def _goes_on(
    widths: NDArray[np.intp],
    last: tuple[int, int],
    piece: tuple[int, int],
    most: float,
    *,
    dashes: int,
) -> bool:
    """Whether a piece of what stands amid a body is the next dash of a whisker, or its cap."""
    is_near = piece[0] - last[1] <= _DASH * (last[1] - last[0])
    is_thin = widths[piece[0]] <= most
    return is_near and (is_thin or (dashes > 1 and piece[1] - piece[0] <= most))


def _median(
    pixels: Pixels, body: tuple[int, int, int, int], line: float
) -> tuple[float | None, Colour]:
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
    outline = off[size[:_OVER_PX].argmax()]
    share = np.clip(off @ outline / max(1.0, outline @ outline), 0, 1)
    between = np.abs(off - share[:, None] * outline).max(axis=1) < _STEP
    count = int(np.argmin([*(between & (size > _STEP)), False]))
    return np.arange(len(colours)) < count


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


def _at_end(
    colours: Colours, own: Colours, body: tuple[int, int, int, int], edge: int
) -> float | None:
    """Return the end of a body that has a line of another colour than its outline, and its own."""
    _, top, _, bottom = body
    ends = [colours[: edge + 1], colours[-edge - 1 :]]
    hues = [float((end.max(axis=1) - end.min(axis=1)).max()) for end in ends]
    others = [float(np.abs(end - own).max(axis=1)[(end.max(axis=1) > _DARK)].max(initial=0)) for end in ends]
    told = [hue > _HUE and other > _STEP for hue, other in zip(hues, others, strict=True)]
    if told == [True, False]:
        return top + edge / 2
    return bottom - edge / 2 if told == [False, True] else None


def _colour(colour: Colours) -> Colour:
    red, green, blue = (int(part) for part in colour)
    return red, green, blue


def _things(mask: Mask, pixels: Pixels, words: Sequence[Box]) -> list[Stroke | Fill]:
    """Return upright boxes, and the points beyond their whiskers, as a drawing has them."""
    boxes = _boxes(mask, pixels, words)
    found: list[Stroke | Fill] = []
    for one in boxes:
        corners = ((one.left, one.top), (one.right, one.top))
        low_corners = ((one.right, one.bottom), (one.left, one.bottom))
        found.append(Fill(points=(*corners, *low_corners), colour=one.colour, outlined=True))
        lines = [((one.middle, a), (one.middle, b)) for a, b in _reaches(one) if b > a]
        if one.median is not None:
            lines.append(((one.left, one.median), (one.right, one.median)))
        found += [Stroke(points=line, colour=(0, 0, 0)) for line in lines]
    return [*found, *_points_beyond(boxes, mask, words)]


def _reaches(box: BoxShape) -> list[tuple[float, float]]:
    return [(box.high, box.top), (box.bottom, box.low)]


def _points_beyond(boxes: Sequence[BoxShape], mask: Mask, words: Sequence[Box]) -> Iterator[Fill]:
    """Yield small shapes amid a box beyond its whiskers."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(mask, dtype=np.uint8), connectivity=8
    )
    for x, y, wide, high in stats[1:, :4].tolist():
        is_point = min(wide, high) >= _POINT_PX and max(wide, high) < _LONGER * min(wide, high)
        amid = [b for b in boxes if abs(x + wide / 2 - b.middle) <= _SLACK_PX]
        is_point = is_point and not _is_letter((x, y, x + wide, y + high), words)
        if is_point and any(not b.high <= y + high / 2 <= b.low for b in amid):
            corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
            yield Fill(points=corners, colour=(0, 0, 0), outlined=True)


def _turned(thing: Stroke | Fill) -> Stroke | Fill:
    return replace(thing, points=tuple((y, x) for x, y in thing.points))
