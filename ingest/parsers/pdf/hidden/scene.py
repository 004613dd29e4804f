"""What a PDF page paints, in which order: its texts, and what may hide them. Knows no verdicts.

Lengths are the file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` while
reading. Pages hold thousands of texts, so each costs as few calls as can be.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pypdfium2.raw as pdfium_c

from ingest.parsers.pdf.drawn.drawings import IDENTITY, Matrix, mapped, matrix_of, times
from ingest.parsers.pdf.letters import calls as calls
from ingest.parsers.pdf.letters.geometry import Rect, contains, grown

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
_NOWHERE: Final[Rect] = (0.0, 0.0, 0.0, 0.0)
_OPTIONAL: Final = "OC\0".encode("utf-16-le")
"""The mark of content that may be switched off (PDF 1.7, 8.11.3.2)."""

Colour = tuple[int, ...]
"""Red, green, blue, 0 to 255."""

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
    """`handles` are the addresses of the texts for pdfium, in the order of `texts`."""

    handles: list[int] = field(default_factory=list)
    texts: list[Shape] = field(default_factory=list)
    paints: list[Shape] = field(default_factory=list)
    pictures: list[Rect] = field(default_factory=list)


def scene_of(page: Any, window: Rect) -> Scene:  # noqa: ANN401 - pypdfium2 has no types
    """Return what the page paints; `window` is the part of it that is shown."""
    eye = _Eye()
    for n in range(calls.count_objects(page.raw)):
        eye.look(calls.object_at(page.raw, n), IDENTITY, window, _MAX_DEPTH)
    return eye.scene


class _Eye:
    """Looks at one thing after another, in the order in which they are painted.

    Clips and marks are looked at once: things that share one share its address.
    """

    def __init__(self) -> None:
        self.scene = Scene()
        self._order = 0
        self._corners: dict[int, Rect | None] = {}
        self._optional: dict[int, bool] = {}

    def look(self, handle: int, matrix: Matrix, window: Rect, depth: int) -> None:
        self._order += 1
        kind = calls.kind_of(handle)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            self._look_at_text(handle, matrix, window)
        elif kind == pdfium_c.FPDF_PAGEOBJ_FORM:
            if depth:
                self._look_into(handle, matrix, window, depth)
        elif len(self.scene.paints) < MOST_PAINTS:
            self._look_at_paint(handle, kind, matrix, window)

    def _look_at_text(self, text: int, matrix: Matrix, window: Rect) -> None:
        rect, colour = _bounds(text, matrix), _fill_colour(text)
        within = self._clipped(window, text, matrix)
        odd = (
            colour is MIXED
            or calls.render_mode(text) not in _PLAIN_MODES
            or within is None
            or not _holds(within, rect)
            or (calls.count_marks(text) and self._is_optional(text))
        )
        self.scene.handles.append(text)
        self.scene.texts.append(Shape(rect, self._order, colour, False, bool(odd)))  # noqa: FBT003 - one for each text

    def _look_into(self, form: int, matrix: Matrix, window: Rect, depth: int) -> None:
        """Look at what a form holds; one that is blended in, cut or turned makes all of it odd."""
        scene, inner = self.scene, _inner(form, matrix)
        texts, paints = len(scene.texts), len(scene.paints)
        within = self._clipped(window, form, matrix)
        for n in range(calls.count_parts(form)):
            self.look(calls.part_at(form, n), inner, within or window, depth - 1)
        blended = calls.is_blended(form) or self._is_optional(form)
        if within is None or blended or not _is_straight(inner):
            scene.texts[texts:] = [text._replace(odd=True) for text in scene.texts[texts:]]
            mixed = [Shape(paint.rect, paint.order, MIXED) for paint in scene.paints[paints:]]
            scene.paints[paints:] = mixed

    def _look_at_paint(self, paint: int, kind: int, matrix: Matrix, window: Rect) -> None:
        within = self._clipped(window, paint, matrix)
        rect = _cut(_bounds(paint, matrix), within or window)
        if rect is None:
            return
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            self.scene.pictures.append(rect)
        if kind != pdfium_c.FPDF_PAGEOBJ_PATH:
            self.scene.paints.append(Shape(rect, self._order, MIXED))
            return
        points = calls.count_points(paint)
        filled, stroked = _paint_of(paint)
        if filled:
            colour = _fill_colour(paint)
            whole = within is not None and colour != MIXED and _is_rectangle(paint, points)
            self.scene.paints.append(Shape(rect, self._order, colour, whole))
        elif stroked and (points > max(_RECTANGLE_POINTS) or _is_thick(paint, matrix)):
            self.scene.paints.append(Shape(rect, self._order, MIXED))

    def _clipped(self, window: Rect, handle: int, matrix: Matrix) -> Rect | None:
        """Return the part of the window that a thing's clip leaves; None: it is no rectangle."""
        clip = calls.clip_of(handle)
        for n in range(calls.count_clips(clip)):
            begin = calls.clip_point(clip, n, 0)
            if begin not in self._corners:
                self._corners[begin] = _corners(clip, n)
            corners = self._corners[begin]
            if corners is None:
                return None
            rect = corners if matrix is IDENTITY else mapped(corners, matrix)
            window = _cut(window, rect) or _NOWHERE
        return window

    def _is_optional(self, handle: int) -> bool:
        return any(
            self._says_optional(calls.mark_at(handle, n)) for n in range(calls.count_marks(handle))
        )

    def _says_optional(self, mark: int) -> bool:
        if mark not in self._optional:
            self._optional[mark] = _name_of(mark) == _OPTIONAL
        return self._optional[mark]


def _inner(form: int, matrix: Matrix) -> Matrix:
    inner = times(matrix_of(form), matrix)
    return IDENTITY if inner == IDENTITY else inner


def _bounds(handle: int, matrix: Matrix) -> Rect:
    left, bottom, right, top = calls.bounds_of(handle) or _NOWHERE
    rect = (left, bottom, right, top)
    return rect if matrix is IDENTITY else mapped(rect, matrix)


def _fill_colour(handle: int) -> Colour:
    rgba = calls.fill_colour_of(handle)
    if rgba is None or rgba[3] < _OPAQUE or calls.is_blended(handle):
        return MIXED
    return rgba[:3]


def _name_of(mark: int) -> bytes:
    """Return a mark's name as pdfium gives it; empty where it is longer than ours."""
    letters, length = ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_ulong()
    calls.mark_name(mark, letters, _NAME_BYTES, ctypes.byref(length))
    return letters.raw[: length.value] if length.value <= _NAME_BYTES else b""


def _paint_of(path: int) -> tuple[bool, bool]:
    """Return whether a path is filled, and stroked."""
    fill, stroke = calls.draw_modes_of(path) or (pdfium_c.FPDF_FILLMODE_NONE, 0)
    return fill != pdfium_c.FPDF_FILLMODE_NONE, bool(stroke)


def _is_thick(path: int, matrix: Matrix) -> bool:
    a, b, c, d, *_ = times(matrix_of(path), matrix)
    return calls.stroke_width_of(path) * max(map(abs, (a, b, c, d))) > _THIN_STROKE


def _corners(clip: int, path: int) -> Rect | None:
    """Return a rectangle of the file's points; None where the path is none."""
    points = calls.count_clip_points(clip, path)
    if points not in _RECTANGLE_POINTS:
        return None
    return _rectangle([calls.clip_point(clip, path, n) for n in range(points)])


def _is_rectangle(path: int, points: int) -> bool:
    if points not in _RECTANGLE_POINTS:
        return False
    segments = [calls.point_at(path, n) for n in range(points)]
    return _is_straight(matrix_of(path)) and _rectangle(segments) is not None


def _is_straight(matrix: Matrix) -> bool:
    """Whether a rectangle stays one: it is turned by quarters at most."""
    a, b, c, d, *_ = matrix
    return b == c == 0 or a == d == 0


def _rectangle(segments: list[int]) -> Rect | None:
    """Return the rectangle that four or five points make, if they do."""
    points = []
    for segment in segments:
        if calls.point_kind(segment) == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            return None
        x, y = calls.place_of(segment)
        points.append((round(x, 2), round(y, 2)))
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
    if contains(outer, rect):
        return True
    slack = 0.25 * min(rect[2] - rect[0], rect[3] - rect[1]) + 0.5
    return contains(grown(outer, slack), rect)
