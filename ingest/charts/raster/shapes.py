"""Shapes of one colour: rectangles, samples of a legend, and long straight rules.

Those of letters and hatches are left out: they are no data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2  # comes with rapidocr
import numpy as np

from ingest.charts.ink import Box, Colour, Fill, Label, Stroke, alike, around, holds, hue_of
from ingest.charts.raster.palette import (
    Mask,
    Palette,
    PixelBox,
    closed,
    connected,
    flat_kernel,
    is_grey,
    opened,
)
from rag.protocols import Pixels

_FULL: Final = 0.9
"""What covers so much of its box is a rectangle; `_OWN` of it if lettering stands in it."""

_OWN: Final = 0.6
_HATCH_PX: Final = 5
"""Lines up to so wide that cross a shape are drawn over it."""

_MIN_PX: Final = 3
_RULE_PX: Final = 5
HUELESS: Final = 48
"""The channels of what may be an axis or a grid differ by less."""


@dataclass(frozen=True, kw_only=True)
class Patch:
    """A connected shape of one colour; `mask` is of its box alone."""

    colour: Colour
    box: PixelBox
    mask: Mask


def shapes_in(
    palette: Palette, labels: Sequence[Label], em: float
) -> tuple[list[Fill], list[Stroke]]:
    """Return rectangles, and small shapes that may be samples of a legend."""
    fills: list[Fill] = []
    samples: list[Stroke] = []
    for region in _regions_of(palette):
        if _is_letter(region, labels):
            continue
        found = _rectangles_of(region, em)
        sample = _sample_of(region, em)
        fills += found
        if not found and sample is not None:
            samples.append(sample)
    joined = _with_pieces_joined(fills, palette.ground, em)
    return joined, [x for x in samples if not _is_hatch(x, fills)]


def _is_hatch(sample: Stroke, fills: Sequence[Fill]) -> bool:
    """Whether a short stroke without a hue is of the pattern of a shape, or of its outline."""
    begin, end = sample.points
    is_bare = is_grey(sample.colour) or max(sample.colour) < 64  # the shade beside black has a hue
    return is_bare and any(
        holds(f.box, begin, margin=4) and holds(f.box, end, margin=4) for f in fills
    )


def _is_letter(region: Patch, labels: Sequence[Label]) -> bool:
    """Whether a shape stands in the box of a label, and is no sample of a legend."""
    x0, y0, x1, y1 = map(float, region.box)
    own = [
        label
        for label in labels
        if holds(label.box, (x0, y0), margin=1.0) and holds(label.box, (x1, y1), margin=1.0)
    ]
    is_sample = hue_of(region.colour) > 48 and region.mask.mean() > 0.8
    return bool(own) and not is_sample and not all(_begins_with(region, label) for label in own)


def _begins_with(region: Patch, label: Label) -> bool:
    """Whether a filled square stands where a label begins, read as a part of it."""
    least, most = sorted(region.mask.shape)
    is_square = least >= 4 and most <= 1.6 * least and region.mask.mean() > 0.85
    return is_square and is_at_begin(region.box, label.box)


def is_at_begin(sample: Box, name: Box) -> bool:
    """Whether a sample, of a line or a square one, stands at the left end of a name's box."""
    (x0, y0, x1, y1), height = sample, name[3] - name[1]
    level = abs(y0 + y1 - name[1] - name[3]) < 0.6 * height
    longest = 2.5 if y1 - y0 < 0.35 * height else 0.9
    return level and -0.2 * height < x0 - name[0] < 0.5 * height and x1 - x0 < longest * height


def _regions_of(palette: Palette) -> Iterator[Patch]:
    """Yield the connected shapes of each colour but the ground's; thin lines over them are gone."""
    for n, colour in palette.drawn:
        own = palette.mask(n)
        shades = own & palette.edges(n) if is_grey(colour) else np.zeros_like(own)
        own &= ~shades | _with_thick(own)
        shades &= own
        whole = closed(own, flat_kernel(_HATCH_PX, _HATCH_PX)) & ~palette.ground
        for box, area, mask in connected(whole, connectivity=4):
            x0, y0, x1, y1 = box
            part = (slice(y0, y1), slice(x0, x1))
            if area < _MIN_PX**2 or max(mask.shape) < _MIN_PX:
                continue
            if (shades[part] & mask).sum() <= 0.7 * (own[part] & mask).sum():  # else their shade
                yield Patch(colour=colour, box=box, mask=mask)


def _with_thick(mask: Mask) -> Mask:
    """Return the connected shapes of a mask that are somewhere thicker than shades are."""
    count, numbers = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    is_thick = np.zeros(count, dtype=np.bool_)
    is_thick[numbers[opened(mask, flat_kernel(3, 3))]] = True
    return np.asarray(is_thick[numbers])


def _rectangles_of(region: Patch, em: float) -> list[Fill]:
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
    """Return the one rectangle that a shape is, but for its shaded edges and ticks at its ends."""
    mask = region.mask
    filled = _without_holes(mask)
    is_full = max(mask.mean(), filled.mean()) > _FULL
    if not is_full and not (min(mask.shape) > 8 and filled[2:-2, 2:-2].mean() > 0.99):
        return []
    x0, y0 = region.box[:2]
    rows = np.flatnonzero(mask.mean(axis=1) > 0.3)
    columns = np.flatnonzero(mask.mean(axis=0) > 0.3)
    box = (x0 + columns[0], y0 + rows[0], x0 + columns[-1] + 1, y0 + rows[-1] + 1)
    return [_rectangle(box, region.colour)]


def _without_holes(mask: Mask) -> Mask:
    """Return a shape with its holes filled, if it is mostly filled itself: letters stand there."""
    if mask.mean() < _OWN:
        return mask
    drawn = mask.astype(np.uint8)
    outer, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(drawn, outer, -1, 1, thickness=cv2.FILLED)
    return drawn.astype(bool)


def _solid(region: Patch) -> list[Patch]:
    """Return the solid parts of a shape without lines between them; none of mere lines."""
    solid = opened(region.mask, flat_kernel(_RULE_PX + 1, _RULE_PX + 1))
    if solid.sum() < 0.7 * region.mask.sum():
        return []
    x, y = region.box[:2]
    return [
        Patch(colour=region.colour, box=(x + x0, y + y0, x + x1, y + y1), mask=mask)
        for (x0, y0, x1, y1), _, mask in connected(solid, connectivity=4)
        if min(mask.shape) >= 9
    ]


def _steps_in(region: Patch, em: float) -> list[Fill]:
    """Return the rectangles beside each other that a shape is made of."""
    if max(region.mask.shape) < 1.5 * em:
        return []
    x0, y0 = region.box[:2]
    upright = _steps(region.mask)
    found = upright or [(b, a, d, c) for a, b, c, d in _steps(region.mask.T)]
    return [
        _rectangle((x0 + a, y0 + b, x0 + c, y0 + d), region.colour)
        for a, b, c, d in found
        if min(c - a, d - b) >= _MIN_PX
    ]


def _steps(mask: Mask) -> list[PixelBox]:
    """Return upright boxes side by side that a shape is made of; none where it has slopes."""
    tops, ends = mask.argmax(axis=0), mask.shape[0] - mask[::-1].argmax(axis=0)
    full = mask.sum(axis=0) > _FULL * (ends - tops)
    jumps = (np.abs(np.diff(tops)) > 1) | (np.abs(np.diff(ends)) > 1)
    edges = [0, *(np.flatnonzero(jumps) + 1).tolist(), mask.shape[1]]
    runs = [(a, b) for a, b in pairwise(edges) if b - a >= 4 and full[a:b].mean() > _FULL]
    if len(runs) > 40 or sum(b - a for a, b in runs) < _FULL * mask.shape[1]:
        return []
    flat = all(np.ptp(tops[a:b]) <= 2 and np.ptp(ends[a:b]) <= 2 for a, b in runs)
    boxes = [(a, int(np.median(tops[a:b])), b, int(np.median(ends[a:b]))) for a, b in runs]
    return boxes if flat else []


def _rectangle(box: Box | PixelBox, colour: Colour) -> Fill:
    x0, y0, x1, y1 = map(float, box)
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour=colour)


def _with_pieces_joined(fills: Sequence[Fill], ground: Mask, em: float) -> list[Fill]:
    """Return rectangles, those of one colour joined that a line of the grid or an edge divides.

    `ground` is where nothing is drawn.
    """
    joined: list[Fill] = []
    for fill in sorted(fills, key=lambda one: (one.box[1], one.box[0])):
        for n, one in enumerate(joined):
            if _goes_on(one, fill, ground, em):
                joined[n] = _rectangle(around([one.box, fill.box]), fill.colour)
                break
        else:
            joined.append(fill)
    return joined


def _goes_on(one: Fill, other: Fill, ground: Mask, em: float) -> bool:
    """Whether a rectangle goes on in one of its colour, beside it or beyond what lies over both.

    They have two sides on common lines, and stand near along these; further, as beside the edge of
    another in a JPEG, if none of the ground lies between them.
    """
    if not alike(one.colour, other.colour):
        return False
    a, b = one.box, other.box
    flush = [max(abs(a[n] - b[n]), abs(a[n + 2] - b[n + 2])) <= 3 for n in (0, 1)]
    apart = [max(a[n], b[n]) - min(a[n + 2], b[n + 2]) for n in (0, 1)]
    gaps = [apart[1 - n] for n in (0, 1) if flush[n] and apart[1 - n] >= -1]
    if any(gap <= _HATCH_PX for gap in gaps):
        return True
    (x0, x1), (y0, y1) = (
        sorted((round(max(a[n], b[n])), round(min(a[n + 2], b[n + 2])))) for n in (0, 1)
    )
    return any(gap <= 0.25 * em for gap in gaps) and not ground[y0:y1, x0:x1].any()


def _sample_of(region: Patch, em: float) -> Stroke | None:
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
    hue = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    drawn: list[Mask] = [~palette.ground & (hue < HUELESS)]
    ends = palette.places[[0, -1]]
    if len(palette.grounds) > 1:
        drawn += [_on_panel(palette, n) for n in palette.grounds if (ends == n).any()]
    return [rule for mask in drawn for rule in _rules(mask)]


def _on_panel(palette: Palette, n: int) -> Mask:
    """Return where a ground's colour stands within the box of another ground, its panel.

    Of a row of pixels a panel covers much; what it leaves is drawn over it.
    """
    others = np.isin(palette.places, [one for one in palette.grounds if one != n])
    rows = np.flatnonzero(others.mean(axis=1) > 0.3)
    columns = np.flatnonzero(others.mean(axis=0) > 0.3)
    found: Mask = np.zeros_like(others)
    if len(rows) and len(columns):
        part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        found[part] = palette.mask(n)[part]
    return found


def _rules(drawn: Mask) -> Iterator[Stroke]:
    grey = (64, 64, 64)
    for x0, y, x1 in _thin(drawn):
        yield Stroke(points=((x0, y), (x1, y)), colour=grey)
    for y0, x, y1 in _thin(drawn.T.copy()):
        yield Stroke(points=((x, y0), (x, y1)), colour=grey)


def _thin(drawn: Mask) -> Iterator[tuple[float, float, float]]:
    """Yield begin, level and end of thin lines along x; one a little turned goes on higher."""
    lines = opened(drawn, flat_kernel(max(8, round(0.2 * drawn.shape[1])), 1))
    lines &= ~opened(lines, flat_kernel(1, 4 * _RULE_PX))
    for (x0, y0, x1, y1), area, mask in connected(lines):
        if y1 - y0 <= _RULE_PX and area > _FULL * (x1 - x0) * max(1, len(mask) - 1):
            yield float(x0), (y0 + y1) / 2, float(x1)
