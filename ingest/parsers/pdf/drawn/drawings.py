"""What a PDF page draws besides text: rules, boxes, shapes, pictures. Knows nothing of roles.

Lengths are points of the page as displayed (see geometry.py). Hold `PDFIUM` while reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.charts.ink import Colour, Fill, Point, Stroke
from ingest.parsers.pdf.drawn.objects import PATTERN, Things
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Boxes, Frame, Rect, applied, around, cut, grown

_THIN_PT: Final = 2.5
"""What is thinner is a rule, whether it was drawn as a line or as a narrow box."""

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
    modes, fills = things.modes != 0, things.fills
    filled = modes[:, 0] & _are_seen(fills, _NEAR_WHITE)
    stroked = modes[:, 1] & _are_seen(things.strokes, _NEAR_WHITE)
    strong = filled & _are_seen(fills, _PALE)
    for n in shown.tolist():
        x0, y0, x1, y1 = rects[n].tolist()
        rect, sides = (x0, y0, x1, y1), (x1 - x0, y1 - y0)
        if things.kinds[n] == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            drawings.pictures.append(rect)
        elif things.kinds[n] == pdfium_c.FPDF_PAGEOBJ_SHADING:
            drawings.shapes.append(rect)
        elif not (filled[n] or stroked[n]):
            continue
        elif min(sides) <= _THIN_PT:
            _add_rules(drawings, [rect] if max(sides) > _THIN_PT else [])
        elif (outlines := _straight_lines(things, n, frame)) is None:
            drawings.shapes.append(rect)
        else:
            if strong[n]:
                drawings.boxes += filter(None, (cut(around(lines), rect) for lines in outlines))
            if stroked[n]:
                reach = grown(rect, _THIN_PT)
                _add_rules(drawings, filter(None, (cut(line, reach) for line in chain(*outlines))))
    return drawings


def _shown(things: Things, frame: Frame) -> tuple[Boxes, NDArray[np.int64]]:
    """Return the boxes of things as displayed, cut to page and clip, and where any is left."""
    windows, _ = things.windows(np.arange(len(things)))
    shown = frame.display_boxes(windows)
    rects = frame.display_boxes(things.boxes)
    rects[:, :2] = np.maximum(rects[:, :2], np.maximum(shown[:, :2], 0.0))
    page = (frame.width_pt, frame.height_pt)
    rects[:, 2:] = np.minimum(rects[:, 2:], np.minimum(shown[:, 2:], page))
    sides = rects[:, 2:] - rects[:, :2]
    return rects, np.flatnonzero((sides >= 0).all(axis=1) & (sides.sum(axis=1) > 0.5))


def _add_rules(drawings: Drawings, rules: Iterable[Rect]) -> None:
    for x0, y0, x1, y1 in rules:
        along = drawings.horizontal if y1 - y0 <= x1 - x0 else drawings.vertical
        along.append((x0, y0, x1, y1))


def _are_seen(colours: NDArray[np.int64], lighter_than: int) -> NDArray[np.bool_]:
    """Say which are neither transparent nor as light as `lighter_than` (255 is white)."""
    dark = (colours[:, 3] > 0) & (colours[:, :3].min(axis=1) < lighter_than)
    seen: NDArray[np.bool_] = dark | (colours[:, 3] == PATTERN)
    return seen


def _straight_lines(things: Things, n: int, frame: Frame) -> list[list[Rect]] | None:
    """Return the lines of each part of a path; None if any line is curved or slanting."""
    handle = things.handles[n]
    count = calls.count_points(handle)
    kinds = (calls.point_kind(calls.point_at(handle, k)) for k in range(count))
    if count > 400 or pdfium_c.FPDF_SEGMENT_BEZIERTO in kinds:
        return None
    outlines = []
    for knots, _ in _outlines(things, n, frame, divide=False):
        lines = [
            (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
            for (ax, ay), (bx, by) in pairwise(knots)
            if (ax, ay) != (bx, by)
        ]
        if any(x1 - x0 >= _SLANT_PT and y1 - y0 >= _SLANT_PT for x0, y0, x1, y1 in lines):
            return None
        outlines += [lines] if lines else []
    return outlines


_SLANT_PT: Final = 0.75
"""A line that rises less is level."""

MAX_POINTS: Final = 12_000
"""Points of a page that are read: maps and dense plots have more, and are no charts to read."""

_REACH_PT: Final = 250.0
"""How far axes and legends stand from the marks that show a chart."""

_SHARES: Final = np.arange(1, 9)[:, None] / 8  # a curve becomes eight lines
_BEZIER: Final = np.hstack(
    [
        (1 - _SHARES) ** 3,
        3 * _SHARES * (1 - _SHARES) ** 2,
        3 * _SHARES**2 * (1 - _SHARES),
        _SHARES**3,
    ]
)


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
        fill = _colour(fills[n]) if modes[n, 0] and fills[n, 3] != 0 else None
        stroke = _colour(strokes[n]) if modes[n, 1] and strokes[n, 3] != 0 else None
        count = calls.count_points(things.handles[n]) if fill or stroke else 0
        left -= count
        if left < 0:
            return Paths()
        if count > 3_000:
            continue
        a, b, c, d, *_ = things.matrix(n)
        width = calls.stroke_width_of(things.handles[n]) * abs(a * d - b * c) ** 0.5
        for knots, points in _outlines(things, n, frame, divide=fill is not None):
            if fill and len(points) > 2:
                paths.fills.append(Fill(points=points, colour=fill, outlined=stroke is not None))
            elif stroke:
                paths.strokes.append(Stroke(points=knots, colour=stroke, width=width))
    return paths


def _inside(things: Things, frame: Frame, areas: Sequence[Rect]) -> list[int]:
    rects = frame.display_boxes(things.boxes)
    x, y = (rects[:, 0] + rects[:, 2]) / 2, (rects[:, 1] + rects[:, 3]) / 2
    inside = np.zeros(len(rects), dtype=bool)
    for area in areas:
        x0, y0, x1, y1 = grown(area, _REACH_PT)
        inside |= (x0 < x) & (x < x1) & (y0 < y) & (y < y1)
    numbers: list[int] = np.flatnonzero(
        inside & (things.kinds == pdfium_c.FPDF_PAGEOBJ_PATH)
    ).tolist()
    return numbers


def _colour(rgba: NDArray[np.int64]) -> Colour:
    """Return a colour on white. A pattern counts as grey."""
    if rgba[3] == PATTERN:
        return (128, 128, 128)
    alpha = rgba[3] / 255
    red, green, blue = (round(alpha * int(part) + (1 - alpha) * 255) for part in rgba[:3])
    return (red, green, blue)


def _outlines(
    things: Things, n: int, frame: Frame, *, divide: bool
) -> Iterator[tuple[tuple[Point, ...], tuple[Point, ...]]]:
    """Yield for each part of a path its knots, and all points: curves divided, if so."""
    handle, matrix, shown = things.handles[n], things.matrix(n), frame.matrix
    knots: list[Point] = []
    points: list[Point] = []
    bends: list[Point] = []
    for k in range(calls.count_points(handle)):
        segment = calls.point_at(handle, k)
        kind = calls.point_kind(segment)
        to = applied(shown, *applied(matrix, *calls.place_of(segment)))
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
    if len(knots) > 1:
        yield tuple(knots), tuple(points)


def _divided(*corners: Point) -> list[Point]:
    """Return points of a cubic Bézier curve of four corners, its begin left out."""
    return [(x, y) for x, y in (_BEZIER @ np.array(corners)).tolist()]
