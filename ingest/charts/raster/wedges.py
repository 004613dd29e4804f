"""Pies and rings of pixels: a disc of few colours, divided by what stands at each angle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2  # comes with rapidocr
import numpy as np
from numpy.typing import NDArray

from ingest.charts.ink import Fill, Label, Point
from ingest.charts.raster.palette import Mask, Palette, closed, opened, round_kernel
from ingest.charts.raster.samples import ink_of
from ingest.charts.read import read_charts
from ingest.charts.table import Chart, NoChartError

_RAYS: Final = 1440
"""From the middle: a quarter of a degree each."""

_THIN_PX: Final = 5
"""Letters, leader lines and frames are thinner than wedges."""

_MIN_SHARE: Final = 0.04
"""A disc covers so much of a picture: a smaller one is a sign or a mark."""

_ROUND: Final = 0.03
_RIM: Final = 0.95
_BORDER_RAYS: Final = 10
"""What is narrower stands between wedges; it is no wedge."""

_UNKNOWN: Final = -2

Rays = NDArray[np.int16]
"""Numbers of colours along rays, shape (_RAYS, parts of the radius); `_UNKNOWN` where none is."""


@dataclass(frozen=True, kw_only=True)
class _Disc:
    """`gap`: how many rays lines of the ground between wedges may take; `inner`: the hole's end.

    That of a ring, as a part of the radius.
    """

    middle: Point
    radius: float
    gap: float
    inner: float = 0.0


def pies_of(palette: Palette, labels: Sequence[Label], wedges: Sequence[Fill]) -> list[Chart]:
    """Return what wedges tell with their names, beside them or in a legend.

    Raises UnreadableChartError.
    """
    if len(labels) < 2:
        raise NoChartError("names of its wedges were not found", lacking="names")  # as signs
    ink = ink_of(palette, labels)
    return read_charts(replace(ink, fills=[*ink.fills, *wedges]))


def wedges_of(palette: Palette, ocr_mask: Mask) -> list[Fill]:
    """Return the wedges of the pie that a picture shows, clockwise from the top; none without."""
    outer = _disc(palette)
    if outer is None:
        return []
    disc = _with_hole(outer, palette)
    colours = _by_ray(palette, disc, ocr_mask)
    wedges = list(_divided(colours, palette.grounds, disc.gap)) if colours else []
    # one that begins right before the top counts as there
    wedges.sort(key=lambda one: (one[0] - _RAYS * 3 / 4 + _BORDER_RAYS) % _RAYS)
    if not 2 <= len(wedges) <= 16:
        return []
    return [
        Fill(points=_outline(disc, begin, end), colour=palette.colours[colour])
        for begin, end, colour in wedges
    ]


def _disc(palette: Palette) -> _Disc | None:
    """Return the largest thing that is drawn, if it is round but for words that touch it."""
    drawn = ~palette.ground
    # lines of the ground between wedges are no wider
    gap = max(_THIN_PX, round(0.03 * min(drawn.shape)))
    whole = closed(opened(drawn, round_kernel(_THIN_PX)), round_kernel(gap | 1))
    shape = _round_part(_largest(whole))
    x, y, width, height = cv2.boundingRect(shape)
    area, radius = int(shape.sum()), (width + height) / 4
    if area <= _MIN_SHARE * drawn.size or abs(width - height) >= _ROUND * width:
        return None
    if abs(area / (math.pi * radius**2) - 1) >= 2 * _ROUND:
        return None
    rays = _RAYS * gap / (2 * math.pi * 0.7 * radius)
    return _Disc(middle=(x + (width - 1) / 2, y + (height - 1) / 2), radius=radius, gap=rays)


def _largest(drawn: Mask) -> NDArray[np.uint8]:
    """Return the largest shape alone, its holes filled; nothing where it is small."""
    found = np.zeros(drawn.shape, dtype=np.uint8)
    outlines, _ = cv2.findContours(drawn.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is not None and cv2.contourArea(outline) > _MIN_SHARE * drawn.size:
        cv2.drawContours(found, [outline], -1, 1, thickness=cv2.FILLED)
    return found


def _round_part(shape: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return where discs of half the largest one fit in a shape (an opening, by distances)."""
    edged = cv2.copyMakeBorder(shape, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(edged, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    half = float(depth.max()) / 2
    if 4 * math.pi * half**2 < 0.7 * max(1, int(shape.sum())):  # the rest is words that touch it
        return np.zeros_like(shape)
    outside = (depth <= half).astype(np.uint8)
    off = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return (off <= half).astype(np.uint8)


def _with_hole(disc: _Disc, palette: Palette) -> _Disc:
    """Return a disc with its hole: the ground that lies around the middle as far as one looks."""
    parts = np.linspace(0.05, _RIM, 91)
    ground = np.isin(_along(palette.places, disc, parts), palette.grounds).mean(axis=0)
    hole = int(np.argmax(ground < 0.5)) if ground[0] > 0.5 else 0
    return replace(disc, inner=float(parts[hole]) if 0.15 < parts[hole] < 0.85 else 0.0)


def _along(of: NDArray[np.int16] | Mask, disc: _Disc, parts: NDArray[np.float64]) -> Rays:
    """Return the values of a picture at parts of the radius, by ray: clockwise from the right."""
    angles = 2 * math.pi * np.arange(_RAYS)[:, None] / _RAYS
    x = np.rint(disc.middle[0] + np.cos(angles) * disc.radius * parts).astype(int)
    y = np.rint(disc.middle[1] + np.sin(angles) * disc.radius * parts).astype(int)
    high, wide = of.shape
    found: Rays = of[y.clip(0, high - 1), x.clip(0, wide - 1)].astype(np.int16)
    return found


def _by_ray(palette: Palette, disc: _Disc, ocr_mask: Mask) -> list[int] | None:
    """Return the colour of each ray, but for letters on it; None where many have several.

    Nearer to the middle wedges are narrow. Photos are not of so few colours.
    """
    begin = disc.inner + 0.1 * (_RIM - disc.inner) if disc.inner else 0.5
    parts = np.linspace(begin, _RIM, 32)
    seen = _along(palette.places, disc, parts)
    clear = np.where(_along(ocr_mask, disc, parts) > 0, _UNKNOWN, seen)
    rays = np.where((clear >= 0).any(axis=1, keepdims=True), clear, seen)
    counts = np.stack([(rays == n).sum(axis=1) for n in range(len(palette.colours))], axis=1)
    known = counts.sum(axis=1)
    if counts.max(axis=1).sum() <= 0.9 * known.sum() or (known == 0).mean() > _ROUND:
        return None
    colours: list[int] = np.where(known > 0, counts.argmax(axis=1), _UNKNOWN).tolist()
    return colours


def _divided(
    colours: Sequence[int], grounds: Sequence[int], gap: float
) -> Iterator[tuple[float, float, int]]:
    """Yield the first ray, end and colour of each wedge, and half of what is narrow beside it."""
    runs = _runs(colours)
    if any(end - begin > gap for begin, end, colour in runs if colour in grounds):
        return
    drawn = [run for run in runs if run[2] != _UNKNOWN and run[2] not in grounds]
    wide = [run for run in drawn if run[1] - run[0] >= _BORDER_RAYS]
    for before, own, after in zip([*wide[-1:], *wide], wide, [*wide[1:], *wide[:1]], strict=False):
        begin, end = _between(before[1], own[0]), _between(own[1], after[0])
        yield begin, begin + (end - begin) % _RAYS, own[2]


def _between(end: float, begin: float) -> float:
    return end + ((begin - end) % _RAYS) / 2


def _runs(colours: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return the runs of one colour, begin, end and colour; unknown rays are of the run before."""
    start = next((n for n in range(_RAYS) if colours[n] not in {colours[n - 1], _UNKNOWN}), 0)
    found: list[tuple[int, int, int]] = []
    for n in range(start, start + _RAYS):
        colour = colours[n % _RAYS]
        if found and colour in {found[-1][2], _UNKNOWN}:
            found[-1] = (found[-1][0], n + 1, found[-1][2])
        else:
            found.append((n, n + 1, colour))
    return found


def _outline(disc: _Disc, begin: float, end: float) -> tuple[Point, ...]:
    """Return a wedge as a polygon between two rays."""
    (x, y), radius = disc.middle, disc.radius
    steps = np.linspace(begin, end, max(8, round(end - begin)))
    rays = [(math.cos(a), math.sin(a)) for a in (2 * math.pi * steps / _RAYS).tolist()]
    rim = [(x + radius * across, y + radius * down) for across, down in rays]
    if not disc.inner:
        return (disc.middle, *rim)
    hole = disc.inner * radius
    return (*rim, *((x + hole * across, y + hole * down) for across, down in reversed(rays)))
