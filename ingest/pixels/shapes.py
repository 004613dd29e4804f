"""Shapes of one colour: rectangles, samples of a legend, regions, and long straight rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Box, Colour, Fill, Stroke
from ingest.pixels.palette import Mask, Palette
from rag.protocols import Pixels

_FULL: Final = 0.9
"""What covers so much of its box is a rectangle; `_OWN` of it if lettering stands in it."""

_OWN: Final = 0.6
_HATCH_PX: Final = 5
"""Lines up to so wide that cross a shape are drawn over it."""

_LEAST_PX: Final = 3
_RULE_SHARE: Final = 0.2
_RULE_PX: Final = 5
_HUELESS: Final = 48
_STEP_PX: Final = 4
_LONGEST_EM: Final = 4.5
_HIGHEST_EM: Final = 1.4


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
        closed = cv2.morphologyEx(own.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        closed[palette.ground] = 0
        count, numbers, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
        for k in range(1, count):
            x, y, width, height, area = map(int, stats[k])
            if area >= _LEAST_PX**2 and max(width, height) >= _LEAST_PX:
                mask = numbers[y : y + height, x : x + width] == k
                yield Patch(colour=colour, box=(x, y, x + width, y + height), mask=mask)


def rectangles_of(region: Patch, em: float) -> list[Fill]:
    """Return the rectangles that a shape is made of; none where it is none."""
    if min(region.mask.shape) < _LEAST_PX:
        return []
    if region.mask.mean() > _FULL or _without_holes(region.mask).mean() > _FULL:
        return [_rectangle(region.box, region.colour)]
    if max(region.mask.shape) < 1.5 * em:
        return []
    x0, y0 = region.box[:2]
    upright = _steps(region.mask)
    found = upright or [(b, a, d, c) for a, b, c, d in _steps(region.mask.T)]
    boxes = [(x0 + a, y0 + b, x0 + c, y0 + d) for a, b, c, d in found]
    boxes = [box for box in boxes if min(box[2] - box[0], box[3] - box[1]) >= _LEAST_PX]
    return [_rectangle(box, region.colour) for box in boxes]


def _without_holes(mask: Mask) -> Mask:
    """Return a shape with its holes filled, if it is mostly filled itself: letters stand there."""
    if mask.mean() < _OWN:
        return mask
    drawn = mask.astype(np.uint8)
    outer, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(drawn, outer, -1, 1, thickness=cv2.FILLED)
    return drawn.astype(bool)


def _steps(mask: Mask) -> list[tuple[int, int, int, int]]:
    """Return upright boxes side by side that a shape is made of; none where it has slopes."""
    tops, ends = mask.argmax(axis=0), mask.shape[0] - mask[::-1].argmax(axis=0)
    full = mask.sum(axis=0) > _FULL * (ends - tops)
    jumps = (np.abs(np.diff(tops)) > 1) | (np.abs(np.diff(ends)) > 1)
    edges = [0, *(np.flatnonzero(jumps) + 1).tolist(), mask.shape[1]]
    runs = [(a, b) for a, b in pairwise(edges) if b - a >= _STEP_PX and full[a:b].mean() > _FULL]
    if len(runs) > 40 or sum(b - a for a, b in runs) < _FULL * mask.shape[1]:
        return []
    boxes = [(a, int(np.median(tops[a:b])), b, int(np.median(ends[a:b]))) for a, b in runs]
    flat = all(np.ptp(tops[a:b]) <= 2 and np.ptp(ends[a:b]) <= 2 for a, b in runs)
    return boxes if flat else []


def _rectangle(box: Box | tuple[int, int, int, int], colour: Colour) -> Fill:
    x0, y0, x1, y1 = map(float, box)
    return Fill(points=((x0, y0), (x1, y0), (x1, y1), (x0, y1)), colour=colour)


def sample_of(region: Patch, em: float) -> Stroke | None:
    """Return a small shape as the sample of a line or mark; None where it is larger."""
    x0, y0, x1, y1 = region.box
    if x1 - x0 > _LONGEST_EM * em or y1 - y0 > _HIGHEST_EM * em or x1 - x0 < 0.2 * em:
        return None
    middle = (y0 + y1) / 2
    return Stroke(points=((x0, middle), (x1, middle)), colour=region.colour)


def rules_of(palette: Palette, pixels: Pixels) -> list[Stroke]:
    """Return the long straight thin lines without a colour: axes, frames, lines of the grid."""
    hue = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
    drawn = (~palette.ground & (hue < _HUELESS)).astype(np.uint8)
    level = [_level(box) for box in _thin(drawn)]
    upright = [((y, x), (y2, x2)) for (x, y), (x2, y2) in map(_level, _thin(drawn.T.copy()))]
    return [Stroke(points=line, colour=(64, 64, 64)) for line in (*level, *upright)]


def _thin(drawn: NDArray[np.uint8]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the boxes of thin lines along x."""
    least = max(8, round(_RULE_SHARE * drawn.shape[1]))
    kernel = np.ones((1, least), dtype=np.uint8)
    opened = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, kernel)
    count, _, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    for k in range(1, count):
        x, y, width, height, area = map(int, stats[k])
        if height <= _RULE_PX and area > _FULL * width * height:
            yield x, y, x + width, y + height


def _level(box: tuple[int, int, int, int]) -> tuple[tuple[float, float], tuple[float, float]]:
    middle = (box[1] + box[3]) / 2
    return (float(box[0]), middle), (float(box[2]), middle)
