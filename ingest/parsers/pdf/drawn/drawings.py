"""What a PDF page draws besides text: rules, boxes, shapes, pictures. Knows nothing of roles.

Lengths are points of the page as displayed (see pdf_geometry). Hold `PDFIUM` while reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import pypdfium2.raw as pdfium_c

from ingest.parsers.pdf.letters import calls as calls
from ingest.parsers.pdf.letters.geometry import Frame, Rect, around

_THIN_PT: Final = 2.5
"""What is thinner is a rule, whether it was drawn as a line or as a narrow box."""

_MAX_OBJECTS: Final = 20_000
"""Objects read of one page: maps and plots draw many more, and these tell enough."""

_MAX_SEGMENTS: Final = 400
_MAX_DEPTH: Final = 6
_NEAR_WHITE: Final = 250
_PALE: Final = 195
"""Boxes as light are the shading of tables and frames, never the bars of a chart."""

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Final[Matrix] = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True, kw_only=True)
class Drawings:
    """`boxes` are rectangles of a strong colour, `shapes` anything with curves or slants."""

    horizontal: list[Rect] = field(default_factory=list)
    vertical: list[Rect] = field(default_factory=list)
    boxes: list[Rect] = field(default_factory=list)
    shapes: list[Rect] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)


def read_drawings(page: Any, frame: Frame) -> Drawings:  # noqa: ANN401 - pypdfium2 has no types
    """Return what the page draws, cut to the page; what is white or lies outside is left out."""
    drawings = Drawings()
    left = [_MAX_OBJECTS]
    for handle, matrix in _objects(page.raw, left):
        kind = calls.kind_of(handle)
        rect = _shown(handle, matrix, frame)
        if rect is None:
            continue
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            drawings.pictures.append(rect)
        elif kind == pdfium_c.FPDF_PAGEOBJ_SHADING:
            drawings.shapes.append(rect)
        elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            _sort_path(drawings, handle, rect, matrix, frame)
    return drawings


def _objects(page: object, left: list[int]) -> Iterator[tuple[object, Matrix]]:
    """Yield every drawn object but text, with the matrix that maps it to the page."""
    for n in range(calls.count_objects(page)):
        yield from _descend(calls.object_at(page, n), IDENTITY, _MAX_DEPTH, left)


def _descend(
    handle: object, matrix: Matrix, depth: int, left: list[int]
) -> Iterator[tuple[object, Matrix]]:
    kind = calls.kind_of(handle)
    if kind == pdfium_c.FPDF_PAGEOBJ_TEXT or left[0] <= 0:
        return
    left[0] -= 1
    if kind != pdfium_c.FPDF_PAGEOBJ_FORM:
        yield handle, matrix
        return
    if depth:
        inner = times(matrix_of(handle), matrix)
        for n in range(calls.count_parts(handle)):
            yield from _descend(calls.part_at(handle, n), inner, depth - 1, left)


def matrix_of(handle: object) -> Matrix:
    matrix = calls.matrix_of(handle)
    if matrix is None:
        return IDENTITY
    a, b, c, d, e, f = matrix
    return (a, b, c, d, e, f)


def times(one: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    ta, tb, tc, td, te, tf = then
    return (
        a * ta + b * tc,
        a * tb + b * td,
        c * ta + d * tc,
        c * tb + d * td,
        e * ta + f * tc + te,
        e * tb + f * td + tf,
    )


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _shown(handle: object, matrix: Matrix, frame: Frame) -> Rect | None:
    """Return the object's box as displayed, cut to the page; None where nothing is left."""
    bounds = calls.bounds_of(handle)
    if bounds is None:
        return None
    left, bottom, right, top = bounds
    rect = (left, bottom, right, top)
    if matrix is not IDENTITY:
        rect = mapped(rect, matrix)
    x0, y0, x1, y1 = frame.display(rect)
    x0, y0 = max(0.0, x0), max(0.0, y0)
    x1, y1 = min(frame.width_pt, x1), min(frame.height_pt, y1)
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 and (x1 - x0) + (y1 - y0) > 0.5 else None


def mapped(rect: Rect, matrix: Matrix) -> Rect:
    a, b, c, d, e, f = matrix
    x0, y0, x1, y1 = rect
    if b == c == 0 and a > 0 < d:
        return (a * x0 + e, d * y0 + f, a * x1 + e, d * y1 + f)
    corners = [_apply(matrix, x, y) for x in (x0, x1) for y in (y0, y1)]
    xs, ys = zip(*corners, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def _sort_path(
    drawings: Drawings, handle: object, rect: Rect, matrix: Matrix, frame: Frame
) -> None:
    filled, stroked = _paint(handle)
    width, height = rect[2] - rect[0], rect[3] - rect[1]
    if not filled and not stroked:
        return
    if height <= _THIN_PT or width <= _THIN_PT:
        if max(width, height) > _THIN_PT:
            (drawings.horizontal if height <= width else drawings.vertical).append(rect)
        return
    outlines = _outlines(handle, matrix, frame)
    if outlines is None:
        drawings.shapes.append(rect)
        return
    if filled and _is_seen(handle, calls.fill_colour_of, lighter_than=_PALE):
        drawings.boxes += [around(outline) for outline in outlines]
    if stroked:
        for x0, y0, x1, y1 in chain(*outlines):
            rules = drawings.horizontal if y1 - y0 <= x1 - x0 else drawings.vertical
            rules.append((x0, y0, x1, y1))


def _paint(handle: object) -> tuple[bool, bool]:
    """Return whether the path is filled, and stroked, in a colour that is seen on white."""
    modes = calls.draw_modes_of(handle)
    if modes is None:
        return False, False
    fill, stroke = modes
    filled = fill != pdfium_c.FPDF_FILLMODE_NONE
    return (
        filled and _is_seen(handle, calls.fill_colour_of),
        bool(stroke) and _is_seen(handle, calls.stroke_colour_of),
    )


def _is_seen(
    handle: object,
    colour: Any,  # noqa: ANN401 - a function of pdfium
    *,
    lighter_than: int = _NEAR_WHITE,
) -> bool:
    """Whether a colour is neither transparent nor as light as `lighter_than` (255 is white)."""
    rgba = colour(handle)
    if rgba is None:
        return True  # a pattern
    red, green, blue, alpha = rgba
    return bool(alpha > 0 and min(red, green, blue) < lighter_than)


def _outlines(handle: object, matrix: Matrix, frame: Frame) -> list[list[Rect]] | None:
    """Return the lines of each part of the path; None if any line is curved or slanting."""
    count = calls.count_points(handle)
    if count > _MAX_SEGMENTS:
        return None
    whole = times(matrix_of(handle), matrix)
    outlines: list[list[Rect]] = []
    at, begin = (0.0, 0.0), (0.0, 0.0)
    for n in range(count):
        segment = calls.point_at(handle, n)
        kind = calls.point_kind(segment)
        x, y = calls.place_of(segment)
        to = _apply(whole, x, y)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            at = begin = to
            outlines.append([])
            continue
        ends = [to, begin] if calls.closes(segment) else [to]
        for end in ends:
            if kind == pdfium_c.FPDF_SEGMENT_BEZIERTO or not _is_level(at, end) or not outlines:
                return None
            if at != end:
                outlines[-1].append(frame.display((*at, *end)))
            at = end
    return [outline for outline in outlines if outline]


def _is_level(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 0.75 or abs(one[1] - other[1]) < 0.75
