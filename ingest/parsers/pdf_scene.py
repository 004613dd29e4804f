"""What a PDF page paints, in which order: its texts, and what may hide them. Knows no verdicts.

Lengths are the file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` while
reading. Pages hold thousands of texts, so each costs as few calls as can be.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pypdfium2.raw as pdfium_c

from ingest.parsers.pdf_drawings import IDENTITY, Matrix, mapped, matrix_of, times
from ingest.parsers.pdf_geometry import Rect

MOST_PAINTS: Final = 20_000
"""Painted things that are looked at; all texts of a page of more are in doubt."""

_MAX_DEPTH: Final = 16
_PLAIN_MODES: Final = frozenset(
    {pdfium_c.FPDF_TEXTRENDERMODE_FILL, pdfium_c.FPDF_TEXTRENDERMODE_FILL_STROKE}
)
_RECTANGLE_POINTS: Final = frozenset({4, 5})
_OPAQUE: Final = 255
_THIN_STROKE: Final = 3.0
_NAME_BYTES: Final = 16
_OPTIONAL: Final = "OC\0".encode("utf-16-le")
"""The mark of content that may be switched off (PDF 1.7, 8.11.3.2)."""

Colour = tuple[int, int, int]
MIXED: Final[Colour] = (-1, -1, -1)
"""The colour of what is not plainly one: a picture, a pattern, what shines through."""


class Shape(NamedTuple):
    """A text or something painted.

    `whole`: it fills its box. `odd`: it is a text that is not plainly painted.
    """

    rect: Rect
    order: int
    colour: Colour
    whole: bool = False
    odd: bool = False


@dataclass(slots=True, kw_only=True)
class Scene:
    """`handles` are the texts for pdfium, in the order of `texts`."""

    handles: list[Any] = field(default_factory=list)
    texts: list[Shape] = field(default_factory=list)
    paints: list[Shape] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)


def scene_of(page: Any, window: Rect) -> Scene:  # noqa: ANN401 - pypdfium2 has no types
    """Return what the page paints; `window` is the part of it that is shown."""
    eye = _Eye()
    for n in range(pdfium_c.FPDFPage_CountObjects(page.raw)):
        eye.look(pdfium_c.FPDFPage_GetObject(page.raw, n), IDENTITY, window, _MAX_DEPTH)
    return eye.scene


class _Eye:
    """Looks at one thing after another, in the order in which they are painted."""

    def __init__(self) -> None:
        self.scene = Scene()
        self._order = 0
        self._sides = tuple(ctypes.c_float() for _ in range(4))
        self._colour = tuple(ctypes.c_uint() for _ in range(4))
        self._name = ctypes.create_string_buffer(_NAME_BYTES)

    def look(self, handle: Any, matrix: Matrix, window: Rect, depth: int) -> None:  # noqa: ANN401 - as above
        self._order += 1
        kind = pdfium_c.FPDFPageObj_GetType(handle)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            self._look_at_text(handle, matrix, window)
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM:
            if depth:
                self._look_into(handle, matrix, window, depth)
        elif len(self.scene.paints) < MOST_PAINTS:
            self._look_at_paint(handle, kind, matrix, window)

    def _look_at_text(self, text: Any, matrix: Matrix, window: Rect) -> None:  # noqa: ANN401 - as above
        rect, colour = self._bounds(text, matrix), self._fill_colour(text)
        within = _clipped(window, text, matrix)
        odd = (
            colour == MIXED
            or pdfium_c.FPDFTextObj_GetTextRenderMode(text) not in _PLAIN_MODES
            or within is None
            or not _holds(within, rect)
            or self._is_optional(text)
        )
        self.scene.handles.append(text)
        self.scene.texts.append(Shape(rect, self._order, colour, odd=bool(odd)))

    def _look_into(self, form: Any, matrix: Matrix, window: Rect, depth: int) -> None:  # noqa: ANN401 - as above
        """Look at what a form holds; one that is blended in, cut or turned makes all of it odd."""
        scene, inner = self.scene, times(matrix_of(form), matrix)
        texts, paints = len(scene.texts), len(scene.paints)
        within = _clipped(window, form, matrix)
        for n in range(pdfium_c.FPDFFormObj_CountObjects(form)):
            part = pdfium_c.FPDFFormObj_GetObject(form, n)
            self.look(part, inner, within or window, depth - 1)
        blended = pdfium_c.FPDFPageObj_HasTransparency(form) or self._is_optional(form)
        if within is None or blended or not _is_straight(inner):
            scene.texts[texts:] = [text._replace(odd=True) for text in scene.texts[texts:]]
            mixed = [Shape(paint.rect, paint.order, MIXED) for paint in scene.paints[paints:]]
            scene.paints[paints:] = mixed

    def _look_at_paint(self, paint: Any, kind: int, matrix: Matrix, window: Rect) -> None:  # noqa: ANN401 - as above
        within = _clipped(window, paint, matrix)
        rect = _cut(self._bounds(paint, matrix), within or window)
        if rect is None:
            return
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            self.scene.pictures.append(rect)
        if kind != pdfium_c.FPDF_PAGEOBJ_PATH:
            self.scene.paints.append(Shape(rect, self._order, MIXED))
            return
        points = pdfium_c.FPDFPath_CountSegments(paint)
        filled, stroked = _paint_of(paint)
        if filled:
            colour = self._fill_colour(paint)
            whole = within is not None and colour != MIXED and _is_rectangle(paint, points)
            self.scene.paints.append(Shape(rect, self._order, colour, whole))
        elif stroked and (points > max(_RECTANGLE_POINTS) or _is_thick(paint, matrix)):
            self.scene.paints.append(Shape(rect, self._order, MIXED))

    def _bounds(self, handle: Any, matrix: Matrix) -> Rect:  # noqa: ANN401 - as above
        left, bottom, right, top = self._sides
        pdfium_c.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
        rect = (left.value, bottom.value, right.value, top.value)
        return rect if matrix is IDENTITY else mapped(rect, matrix)

    def _fill_colour(self, handle: Any) -> Colour:  # noqa: ANN401 - as above
        red, green, blue, alpha = self._colour
        if not pdfium_c.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
            return MIXED
        if alpha.value < _OPAQUE or pdfium_c.FPDFPageObj_HasTransparency(handle):
            return MIXED
        return red.value, green.value, blue.value

    def _is_optional(self, handle: Any) -> bool:  # noqa: ANN401 - as above
        marks = pdfium_c.FPDFPageObj_CountMarks(handle)
        return marks > 0 and any(
            self._names(pdfium_c.FPDFPageObj_GetMark(handle, n)) == _OPTIONAL for n in range(marks)
        )

    def _names(self, mark: Any) -> bytes:  # noqa: ANN401 - as above
        """Return a mark's name as pdfium gives it; empty where it is longer than ours."""
        letters = ctypes.cast(self._name, ctypes.POINTER(pdfium_c.FPDF_WCHAR))
        length = ctypes.c_ulong()
        pdfium_c.FPDFPageObjMark_GetName(mark, letters, _NAME_BYTES, length)
        return self._name.raw[: length.value] if length.value <= _NAME_BYTES else b""


def _paint_of(path: Any) -> tuple[bool, bool]:  # noqa: ANN401 - as above
    """Return whether a path is filled, and stroked."""
    mode, stroke = ctypes.c_int(), pdfium_c.FPDF_BOOL()
    pdfium_c.FPDFPath_GetDrawMode(path, mode, stroke)
    return mode.value != pdfium_c.FPDF_FILLMODE_NONE, bool(stroke.value)


def _is_thick(path: Any, matrix: Matrix) -> bool:  # noqa: ANN401 - as above
    width = ctypes.c_float()
    pdfium_c.FPDFPageObj_GetStrokeWidth(path, width)
    a, b, c, d, *_ = times(matrix_of(path), matrix)
    return width.value * max(map(abs, (a, b, c, d))) > _THIN_STROKE


def _clipped(window: Rect, handle: Any, matrix: Matrix) -> Rect | None:  # noqa: ANN401 - as above
    """Return the part of the window that a thing's clip leaves; None: it is no rectangle."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(handle)
    for n in range(max(0, pdfium_c.FPDFClipPath_CountPaths(clip))):
        corners = _corners(clip, n)
        if corners is None:
            return None
        rect = corners if matrix is IDENTITY else mapped(corners, matrix)
        window = _cut(window, rect) or (0.0, 0.0, 0.0, 0.0)
    return window


def _corners(clip: Any, path: int) -> Rect | None:  # noqa: ANN401 - as above
    """Return a rectangle of the file's points; None where the path is none."""
    points = pdfium_c.FPDFClipPath_CountPathSegments(clip, path)
    if points not in _RECTANGLE_POINTS:
        return None
    segments = [pdfium_c.FPDFClipPath_GetPathSegment(clip, path, n) for n in range(points)]
    return _rectangle(segments)


def _is_rectangle(path: Any, points: int) -> bool:  # noqa: ANN401 - as above
    if points not in _RECTANGLE_POINTS:
        return False
    segments = [pdfium_c.FPDFPath_GetPathSegment(path, n) for n in range(points)]
    return _is_straight(matrix_of(path)) and _rectangle(segments) is not None


def _is_straight(matrix: Matrix) -> bool:
    """Whether a rectangle stays one: it is turned by quarters at most."""
    a, b, c, d, *_ = matrix
    return b == c == 0 or a == d == 0


def _rectangle(segments: list[Any]) -> Rect | None:
    """Return the rectangle that four or five points make, if they do."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points = []
    for segment in segments:
        if pdfium_c.FPDFPathSegment_GetType(segment) == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            return None
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((round(x.value, 2), round(y.value, 2)))
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[:4]
    if points[4:] not in ([], points[:1]):
        return None
    upright = (ax, by, cx, dy) == (bx, cy, dx, ay)
    level = (ay, bx, cy, dx) == (by, cx, dy, ax)
    return (min(ax, cx), min(ay, cy), max(ax, cx), max(ay, cy)) if upright or level else None


def _cut(rect: Rect, window: Rect) -> Rect | None:
    x0, y0 = max(rect[0], window[0]), max(rect[1], window[1])
    x1, y1 = min(rect[2], window[2]), min(rect[3], window[3])
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def _holds(outer: Rect, rect: Rect) -> bool:
    """Whether a text lies in its window; letters may claim a little more than they fill."""
    slack = 0.25 * min(rect[2] - rect[0], rect[3] - rect[1]) + 0.5
    return (
        outer[0] - slack <= rect[0]
        and outer[1] - slack <= rect[1]
        and rect[2] <= outer[2] + slack
        and rect[3] <= outer[3] + slack
    )
