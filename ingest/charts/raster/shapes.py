"""Shapes of one colour: rectangles, samples of a legend, regions, and long straight rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Box, Colour, Fill, Stroke, alike, around
from ingest.charts.raster.palette import Mask, Palette, is_grey
from rag.protocols import Pixels

_FULL: Final = 0.9
"""What covers so much of its box is a rectangle; `_OWN` of it if lettering stands in it."""

_OWN: Final = 0.6
_ROW: Final = 0.3
"""At its ends a rectangle covers more of a row or a column."""

_EDGE_PX: Final = 2
_SIDE_PX: Final = 3
_HATCH_PX: Final = 5
"""Lines up to so wide that cross a shape are drawn over it."""


_MIN_PX: Final = 3
"""The solid parts of a shape are so much of it, where lines join them, and so thick."""

_RULE_PX: Final = 5
"""A rule that is a little turned goes on a pixel higher."""

_PANEL_ROW: Final = 0.3
"""Of a row of pixels a panel covers so much; what it leaves is drawn over it."""

HUELESS: Final = 48
"""The channels of what may be an axis or a grid differ by less."""


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A connected shape of one colour; `mask` is of its box alone."""

    colour: Colour
    box: tuple[int, int, int, int]
    mask: Mask


def regions_of(palette: Palette) -> Iterator[Patch]:
    """Yield the connected shapes of each colour but the ground's; thin lines over them are gone."""
    kernel = np.ones((_HATCH_PX, _HATCH_PX), dtype=np.uint8)
    for n, colour in palette.drawn:
        own = palette.mask(n)
        shades = own & palette.edges(n) if is_grey(colour) else np.zeros_like(own)
        own &= ~shades | _with_thick(own)
        shades &= own
        closed = cv2.morphologyEx(own.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        closed[palette.ground] = 0
        count, numbers, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
        for k in range(1, count):
            x, y, width, height, area = map(int, stats[k])
            if area < _MIN_PX**2 or max(width, height) < _MIN_PX:
                continue
            part = (slice(y, y + height), slice(x, x + width))
            mask = numbers[part] == k
            # else it is their shade
            if (shades[part] & mask).sum() <= 0.7 * (own[part] & mask).sum():
                yield Patch(colour=colour, box=(x, y, x + width, y + height), mask=mask)


def _with_thick(mask: Mask) -> Mask:
    """Return the connected shapes of a mask that are somewhere thicker than shades are."""
    kernel = np.ones((2 + 1, 2 + 1), dtype=np.uint8)
    drawn = mask.astype(np.uint8)
    count, numbers = cv2.connectedComponents(drawn, connectivity=4)
    is_thick = np.zeros(count, dtype=np.bool_)
    is_thick[numbers[cv2.morphologyEx(drawn, cv2.MORPH_OPEN, kernel) > 0]] = True
    return np.asarray(is_thick[numbers])


def rectangles_of(region: Patch, em: float) -> list[Fill]:
    """Return the rectangles that a shape is made of; none where it is none."""
    if min(region.mask.shape) < _MIN_PX:
        return []
    if whole := _whole(region):
        return whole
    solid = _solid(region)
    if len(solid) == 1 and (whole := _whole(solid[0])):
        return whole
    found = _steps_in(region, em)
    if found or region.mask.mean() > _OWN:  # a hatched one is no more than its pieces
        return found
    return [r for one in solid for r in _whole(one) or _steps_in(one, em)]


def _whole(region: Patch) -> list[Fill]:
    """Return the one rectangle that a shape is; none where it is none."""
    filled = _without_holes(region.mask)
    is_one = region.mask.mean() > _FULL or filled.mean() > _FULL or _is_full_within(filled)
    return [_rectangle(_trimmed(region), region.colour)] if is_one else []


def _solid(region: Patch) -> list[Patch]:
    """Return the solid parts of a shape without lines between them; none of mere lines."""
    kernel = np.ones((_RULE_PX + 1, _RULE_PX + 1), dtype=np.uint8)
    solid = cv2.morphologyEx(region.mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    if solid.sum() < 0.7 * region.mask.sum():
        return []
    x0, y0 = region.box[:2]
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    boxes = [tuple(map(int, stats[k, :4])) for k in range(1, count)]
    return [
        Patch(
            colour=region.colour,
            box=(x0 + x, y0 + y, x0 + x + width, y0 + y + height),
            mask=numbers[y : y + height, x : x + width] == k,
        )
        for k, (x, y, width, height) in enumerate(boxes, 1)
        if min(width, height) >= 9
    ]


def _steps_in(region: Patch, em: float) -> list[Fill]:
    """Return the rectangles beside each other that a shape is made of."""
    if max(region.mask.shape) < 1.5 * em:
        return []
    x0, y0 = region.box[:2]
    upright = _steps(region.mask)
    found = upright or [(b, a, d, c) for a, b, c, d in _steps(region.mask.T)]
    boxes = [(x0 + a, y0 + b, x0 + c, y0 + d) for a, b, c, d in found]
    boxes = [box for box in boxes if min(box[2] - box[0], box[3] - box[1]) >= _MIN_PX]
    return [_rectangle(box, region.colour) for box in boxes]


def _trimmed(region: Patch) -> tuple[int, int, int, int]:
    """Return the box of a shape without what stands out at its ends, as ticks do."""
    x0, y0 = region.box[:2]
    rows = np.flatnonzero(region.mask.mean(axis=1) > _ROW)
    columns = np.flatnonzero(region.mask.mean(axis=0) > _ROW)
    return x0 + columns[0], y0 + rows[0], x0 + columns[-1] + 1, y0 + rows[-1] + 1


def _without_holes(mask: Mask) -> Mask:
    """Return a shape with its holes filled, if it is mostly filled itself: letters stand there."""
    if mask.mean() < _OWN:
        return mask
    drawn = mask.astype(np.uint8)
    outer, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(drawn, outer, -1, 1, thickness=cv2.FILLED)
    return drawn.astype(bool)


def _is_full_within(mask: Mask) -> bool:
    """Whether a shape is a rectangle but for its edges, that what stands beside it shades."""
    within = mask[_EDGE_PX:-_EDGE_PX, _EDGE_PX:-_EDGE_PX]
    return min(mask.shape) > 4 * _EDGE_PX and bool(within.mean() > 0.99)


def _steps(mask: Mask) -> list[tuple[int, int, int, int]]:
    """Return upright boxes side by side that a shape is made of; none where it has slopes."""
    tops, ends = mask.argmax(axis=0), mask.shape[0] - mask[::-1].argmax(axis=0)
    full = mask.sum(axis=0) > _FULL * (ends - tops)
    jumps = (np.abs(np.diff(tops)) > 1) | (np.abs(np.diff(ends)) > 1)
    edges = [0, *(np.flatnonzero(jumps) + 1).tolist(), mask.shape[1]]
    runs = [(a, b) for a, b in pairwise(edges) if b - a >= 4 and full[a:b].mean() > _FULL]
    if len(runs) > 40 or sum(b - a for a, b in runs) < _FULL * mask.shape[1]:
        return []
    boxes = [(a, int(np.median(tops[a:b])), b, int(np.median(ends[a:b]))) for a, b in runs]
    flat = all(np.ptp(tops[a:b]) <= 2 and np.ptp(ends[a:b]) <= 2 for a, b in runs)
    return boxes if flat else []


def _rectangle(box: Box | tuple[int, int, int, int], colour: Colour) -> Fill:
    x0, y0, x1, y1 = map(float, box)
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour=colour)


def with_pieces_joined(fills: Sequence[Fill], ground: Mask, em: float) -> list[Fill]:
    """Return rectangles, those of one colour joined that a line of the grid or an edge divides.

    `ground` is where nothing is drawn.
    """
    joined: list[Fill] = []
    for fill in sorted(fills, key=lambda one: (one.box[1], one.box[0])):
        near = next((n for n, one in enumerate(joined) if _goes_on(one, fill, ground, em)), None)
        if near is None:
            joined.append(fill)
        else:
            joined[near] = _rectangle(around([joined[near].box, fill.box]), fill.colour)
    return joined


def _goes_on(one: Fill, other: Fill, ground: Mask, em: float) -> bool:
    """Whether a rectangle goes on in one of its colour, beside it or beyond what lies over both."""
    if not alike(one.colour, other.colour):
        return False
    if _is_adjacent(one.box, other.box, _HATCH_PX):
        return True
    # as the edge of one beside it in a JPEG
    return _is_adjacent(one.box, other.box, 0.25 * em) and not _is_apart(one, other, ground)


def _is_adjacent(one: Box, other: Box, most: float) -> bool:
    """Whether two boxes have two sides on common lines, and stand so near along these."""
    gaps = [abs(a - b) for a, b in zip(one, other, strict=True)]
    apart = [max(a, b) - min(c, d) for a, b, c, d in _sides(one, other)]
    below = max(gaps[0], gaps[2]) <= _SIDE_PX and -1 <= apart[1] <= most
    alongside = max(gaps[1], gaps[3]) <= _SIDE_PX and -1 <= apart[0] <= most
    return below or alongside


def _is_apart(one: Fill, other: Fill, ground: Mask) -> bool:
    """Whether some of the ground lies between two rectangles."""
    (x0, x1), (y0, y1) = (
        sorted((round(max(a, b)), round(min(c, d)))) for a, b, c, d in _sides(one.box, other.box)
    )
    return bool(ground[y0:y1, x0:x1].any())


def _sides(one: Box, other: Box) -> list[Box]:
    """Return the begins and ends of two boxes along x, and along y."""
    return [(one[n], other[n], one[n + 2], other[n + 2]) for n in (0, 1)]


def sample_of(region: Patch, em: float) -> Stroke | None:
    """Return a small shape as the sample of a line or mark; None where it is larger."""
    x0, y0, x1, y1 = region.box
    if x1 - x0 > 4.5 * em or y1 - y0 > 1.4 * em or x1 - x0 < 0.2 * em:
        return None
    middle = (y0 + y1) / 2
    return Stroke(points=((x0, middle), (x1, middle)), colour=region.colour)


def rules_of(palette: Palette, pixels: Pixels) -> list[Stroke]:
    """Return the long straight thin lines without a colour: axes, frames, lines of the grid.

    Lines of one ground's colour that cross another are a grid too: white ones on a panel.
    """
    drawn = [colourless(palette, pixels)]
    drawn += [_on_panel(palette, n) for n in palette.grounds if _is_of_margin(palette, n)]
    return [rule for mask in drawn for rule in _rules(mask.astype(np.uint8))]


def _is_of_margin(palette: Palette, n: int) -> bool:
    """Whether a ground is the margin's, that crosses panels as lines of a grid."""
    sides = np.concatenate([palette.places[0], palette.places[-1]])
    return len(palette.grounds) > 1 and bool((sides == n).any())


def colourless(palette: Palette, pixels: Pixels) -> Mask:
    """Return what is drawn and has no colour."""
    hue = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    found: Mask = ~palette.ground & (hue < HUELESS)
    return found


def _on_panel(palette: Palette, n: int) -> Mask:
    """Return where a ground's colour stands within the box of another ground, its panel."""
    others = np.isin(palette.places, [one for one in palette.grounds if one != n])
    rows = np.flatnonzero(others.mean(axis=1) > _PANEL_ROW)
    columns = np.flatnonzero(others.mean(axis=0) > _PANEL_ROW)
    found: Mask = np.zeros_like(others)
    if len(rows) and len(columns):
        part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        found[part] = palette.mask(n)[part]
    return found


def _rules(drawn: NDArray[np.uint8]) -> list[Stroke]:
    level = [_level(box) for box in _thin(drawn)]
    upright = [((y, x), (y2, x2)) for (x, y), (x2, y2) in map(_level, _thin(drawn.T.copy()))]
    return [Stroke(points=line, colour=(64, 64, 64)) for line in (*level, *upright)]


def _thin(drawn: NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of thin lines along x."""
    least = max(8, round(0.2 * drawn.shape[1]))
    kernel = np.ones((1, least), dtype=np.uint8)
    opened = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, kernel)
    thick = np.ones((4 * _RULE_PX, 1), dtype=np.uint8)
    opened[cv2.morphologyEx(opened, cv2.MORPH_OPEN, thick) > 0] = 0
    count, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    for k in range(1, count):
        x, y, width, height, area = map(int, stats[k])
        # one that is a little turned goes on higher
        if height <= _RULE_PX and area > _FULL * width * max(1, height - 1):
            yield x, y, x + width, y + height


def _level(box: tuple[int, int, int, int]) -> tuple[tuple[float, float], tuple[float, float]]:
    middle = (box[1] + box[3]) / 2
    return (float(box[0]), middle), (float(box[2]), middle)
