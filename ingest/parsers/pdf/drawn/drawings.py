"""What a PDF page draws besides text: rules, boxes, shapes, pictures. Knows nothing of roles.

Lengths are points of the page as displayed (see geometry.py). Hold `PDFIUM` while reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.charts.ink import Colour, Fill, Point, Stroke
from ingest.parsers.pdf.drawn.objects import PATTERN, Things
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Boxes, Frame, Rect, applied, around, grown

_THIN_PT: Final = 2.5
"""What is thinner is a rule, whether it was drawn as a line or as a narrow box."""

_MIN_PT: Final = 0.5
_MAX_SEGMENTS: Final = 400
_NEAR_WHITE: Final = 250
_PALE: Final = 195
"""Boxes as light are the shading of tables and frames, never the bars of a chart."""


@dataclass(slots=True, kw_only=True)
class Drawings:
    """`boxes` are rectangles of a strong colour, `shapes` anything with curves or slants."""

    horizontal: list[Rect] = field(default_factory=list)
    vertical: list[Rect] = field(default_factory=list)
    boxes: list[Rect] = field(default_factory=list)
    shapes: list[Rect] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)


def read_drawings(things: Things, frame: Frame) -> Drawings:
    """Return what the page draws, cut to the page; what is white or lies outside is left out."""
    drawings = Drawings()
    rects, shown = _shown(things, frame)
    paths = _Paths(things, frame)
    for n in shown.tolist():
        kind, (x0, y0, x1, y1) = things.kinds[n], rects[n].tolist()
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            drawings.pictures.append((x0, y0, x1, y1))
        elif kind == pdfium_c.FPDF_PAGEOBJ_SHADING:
            drawings.shapes.append((x0, y0, x1, y1))
        elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            paths.sort(n, (x0, y0, x1, y1), drawings)
    return drawings


def _shown(things: Things, frame: Frame) -> tuple[Boxes, NDArray[np.int64]]:
    """Return the boxes of things as displayed, cut to page and clip, and where any is left."""
    windows, _ = things.windows(np.arange(len(things)))
    shown = frame.display_boxes(windows) if len(things) else np.zeros((0, 4))
    rects = frame.display_boxes(things.boxes)
    rects[:, :2] = np.maximum(rects[:, :2], np.maximum(shown[:, :2], 0.0))
    page = (frame.width_pt, frame.height_pt)
    rects[:, 2:] = np.minimum(rects[:, 2:], np.minimum(shown[:, 2:], page))
    sides = rects[:, 2:] - rects[:, :2]
    return rects, np.flatnonzero((sides >= 0).all(axis=1) & (sides.sum(axis=1) > _MIN_PT))


class _Paths:
    """The paths of a page: which are seen on white, and what they are."""

    def __init__(self, things: Things, frame: Frame) -> None:
        self._things, self._frame = things, frame
        modes = things.modes != 0
        fills, strokes = things.fills, things.strokes
        self._filled = (modes[:, 0] & _are_seen(fills, _NEAR_WHITE)).tolist()
        self._stroked = (modes[:, 1] & _are_seen(strokes, _NEAR_WHITE)).tolist()
        self._strong = _are_seen(fills, _PALE).tolist()

    def sort(self, n: int, rect: Rect, drawings: Drawings) -> None:
        filled, stroked = self._filled[n], self._stroked[n]
        width, height = rect[2] - rect[0], rect[3] - rect[1]
        if not filled and not stroked:
            return
        if height <= _THIN_PT or width <= _THIN_PT:
            if max(width, height) > _THIN_PT:
                (drawings.horizontal if height <= width else drawings.vertical).append(rect)
            return
        outlines = _outlines(self._things, n, self._frame)
        if outlines is None:
            drawings.shapes.append(rect)
            return
        if filled and self._strong[n]:
            drawings.boxes += _cut([around(outline) for outline in outlines], rect)
        if stroked:
            for x0, y0, x1, y1 in _cut(chain(*outlines), grown(rect, _THIN_PT)):
                rules = drawings.horizontal if y1 - y0 <= x1 - x0 else drawings.vertical
                rules.append((x0, y0, x1, y1))


def _cut(rects: Iterable[Rect], shown: Rect) -> list[Rect]:
    """Return what is left of boxes and rules in the part of the page that is shown."""
    cut = [
        (max(x0, shown[0]), max(y0, shown[1]), min(x1, shown[2]), min(y1, shown[3]))
        for x0, y0, x1, y1 in rects
    ]
    return [rect for rect in cut if rect[0] <= rect[2] and rect[1] <= rect[3]]


def _are_seen(colours: NDArray[np.int64], lighter_than: int) -> NDArray[np.bool_]:
    """Say which are neither transparent nor as light as `lighter_than` (255 is white)."""
    dark = (colours[:, 3] > 0) & (colours[:, :3].min(axis=1) < lighter_than)
    seen: NDArray[np.bool_] = dark | (colours[:, 3] == PATTERN)
    return seen


def _outlines(things: Things, n: int, frame: Frame) -> list[list[Rect]] | None:
    """Return the lines of each part of a path; None if any line is curved or slanting."""
    handle = things.handles[n]
    count = calls.count_points(handle)
    if count > _MAX_SEGMENTS:
        return None
    whole = things.matrix(n)
    outlines: list[list[Rect]] = []
    at, begin = (0.0, 0.0), (0.0, 0.0)
    for k in range(count):
        segment = calls.point_at(handle, k)
        kind = calls.point_kind(segment)
        if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            return None
        to = applied(whole, *calls.place_of(segment))
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            at = begin = to
            outlines.append([])
            continue
        for end in [to, begin] if calls.closes(segment) else [to]:
            if not _is_level(at, end) or not outlines:
                return None
            if at != end:
                outlines[-1].append(frame.display((*at, *end)))
            at = end
    return [outline for outline in outlines if outline]


def _is_level(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 0.75 or abs(one[1] - other[1]) < 0.75


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
    for knots, points in _outlines_of(things, n, frame, divide=fill is not None):
        if fill is not None and len(points) > 2:
            paths.fills.append(Fill(points=points, colour=fill, outlined=stroke is not None))
        if stroke is not None and (fill is None or len(points) < 3):
            paths.strokes.append(Stroke(points=knots, colour=stroke, width=width))


def _outlines_of(
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
