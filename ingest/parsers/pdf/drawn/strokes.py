"""The points and colours of the paths of a PDF page that lie where a chart may be.

Lengths are points of the page as displayed (see geometry.py). Hold `PDFIUM` while reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.charts.ink import Colour, Fill, Point, Stroke
from ingest.parsers.pdf.drawn.objects import PATTERN, Things
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Frame, Rect, applied, grown

MAX_POINTS: Final = 12_000
"""Points of a page that are read: maps and dense plots have more, and are no charts to read."""

_LONGEST_PATH: Final = 3_000
_REACH_PT: Final = 250.0
"""How far axes and legends stand from the marks that show a chart."""

_PIECES: Final = 8
"""Lines that a curve is divided into."""


@dataclass(slots=True, kw_only=True)
class Paths:
    """What is drawn in the areas of a page that may be charts, in the order of painting."""

    strokes: list[Stroke] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)


def read_paths(things: Things, frame: Frame, areas: Sequence[Rect]) -> Paths:
    """Return the paths within areas; nothing where there are more points than `MAX_POINTS`."""
    paths = Paths()
    if not areas:
        return paths
    modes, fills, strokes = things.modes != 0, things.fills, things.strokes
    left = MAX_POINTS
    for n in _inside(things, frame, areas):
        filled = bool(modes[n, 0]) and fills[n, 3] != 0
        stroked = bool(modes[n, 1]) and strokes[n, 3] != 0
        count = calls.count_points(things.handles[n]) if filled or stroked else 0
        left -= count
        if left < 0:
            return Paths()
        if 0 < count <= _LONGEST_PATH:
            fill, stroke = _colour(fills[n], used=filled), _colour(strokes[n], used=stroked)
            _add(paths, things, n, frame, (fill, stroke))
    return paths


def _inside(things: Things, frame: Frame, areas: Sequence[Rect]) -> list[int]:
    """Return which paths have their middle in one of the areas, or what surrounds it."""
    rects = frame.display_boxes(things.boxes)
    x, y = (rects[:, 0] + rects[:, 2]) / 2, (rects[:, 1] + rects[:, 3]) / 2
    inside = np.zeros(len(rects), dtype=bool)
    for area in areas:
        x0, y0, x1, y1 = grown(area, _REACH_PT)
        inside |= (x0 < x) & (x < x1) & (y0 < y) & (y < y1)
    inside &= np.array(things.kinds) == pdfium_c.FPDF_PAGEOBJ_PATH
    return [int(n) for n in np.flatnonzero(inside)]


def _colour(rgba: NDArray[np.int64], *, used: bool) -> Colour | None:
    """Return a colour on white; None where it is not used. A pattern counts as grey."""
    if not used:
        return None
    if rgba[3] == PATTERN:
        return (128, 128, 128)
    alpha = rgba[3] / 255
    red, green, blue = (round(alpha * int(part) + (1 - alpha) * 255) for part in rgba[:3])
    return (red, green, blue)


def _add(
    paths: Paths,
    things: Things,
    n: int,
    frame: Frame,
    colours: tuple[Colour | None, Colour | None],
) -> None:
    fill, stroke = colours
    matrix = things.matrix(n)
    width = calls.stroke_width_of(things.handles[n]) if stroke else 0.0
    width *= (abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])) ** 0.5
    for knots, points in _outlines(things, n, frame, divide=fill is not None):
        if fill is not None and len(points) > 2:
            paths.fills.append(Fill(points=points, colour=fill, outlined=stroke is not None))
        if stroke is not None and (fill is None or len(points) < 3):
            paths.strokes.append(Stroke(points=knots, colour=stroke, width=width))


def _outlines(
    things: Things, n: int, frame: Frame, *, divide: bool
) -> Iterator[tuple[tuple[Point, ...], tuple[Point, ...]]]:
    """Yield for each part of a path its knots, and all points: curves divided, if so."""
    handle, matrix = things.handles[n], things.matrix(n)
    knots: list[Point] = []
    points: list[Point] = []
    bends: list[Point] = []
    for k in range(calls.count_points(handle)):
        segment = calls.point_at(handle, k)
        kind = calls.point_kind(segment)
        to = frame.shown(*applied(matrix, *calls.place_of(segment)))
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            if len(knots) > 1:
                yield tuple(knots), tuple(points)
            knots, points, bends = [to], [to], []
        elif kind == pdfium_c.FPDF_SEGMENT_BEZIERTO and len(bends) < 2:
            bends.append(to)
        else:
            is_curve = divide and len(bends) == 2 and bool(points)
            points += _divided(points[-1], bends[0], bends[1], to) if is_curve else [to]
            knots.append(to)
            bends = []
        if calls.closes(segment) and knots and knots[-1] != knots[0]:
            knots.append(knots[0])
            points.append(points[0])
    if len(knots) > 1:
        yield tuple(knots), tuple(points)


def _divided(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Return points of a cubic Bézier curve, its begin left out."""
    shares = [n / _PIECES for n in range(1, _PIECES + 1)]
    weights = [((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in shares]
    return [
        (
            w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0],
            w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1],
        )
        for w in weights
    ]
