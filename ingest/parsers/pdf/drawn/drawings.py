"""What a PDF page draws besides text: rules, boxes, shapes, pictures. Knows nothing of roles.

Lengths are points of the page as displayed (see geometry.py). Hold `PDFIUM` while reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

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
