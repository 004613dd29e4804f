"""What the clips of a PDF page leave of it, and which paths are plain rectangles.

Lengths are the file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` around
every call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.letters import calls as calls
from ingest.parsers.pdf.letters.geometry import Boxes, Matrix, Rect, is_straight, mapped

_RECTANGLE_POINTS: Final = frozenset({4, 5})
_NOWHERE: Final[Rect] = (0.0, 0.0, 0.0, 0.0)


class Holder(NamedTuple):
    """The page, or a form on it. `matrix` maps what it holds to the page, `window` shows it.

    `mixed`: what it holds is blended in, cut or turned, or may be switched off.
    """

    matrix: Matrix
    window: Rect
    mixed: bool


class Clips:
    """What is left of its holder's window to a thing; paths that they share are read once."""

    def __init__(self) -> None:
        self._corners: dict[int, Rect | None] = {}

    def window(self, thing: int, holder: Holder) -> Rect | None:
        """Return what is left to one thing; None: it is no rectangle."""
        clip = calls.clip_of(thing)
        begins = [calls.clip_point(clip, n, 0) for n in range(calls.count_clips(clip))]
        return self._window(clip, begins, holder)

    def windows(
        self, things: Sequence[int], numbers: NDArray[np.int64], holders: Sequence[Holder]
    ) -> tuple[Boxes, NDArray[np.bool_]]:
        """Return (things, 4): what is left to each, and whether it is a rectangle.

        Where it is none, it is the holder's window. `numbers` are those of their holders.
        """
        clips = list(map(calls.clip_of, things))
        begins, many = calls.parts(calls.count_clips, calls.clip_point, clips, 0)
        keys = np.column_stack([numbers, begins])
        starts = np.flatnonzero(np.append(True, (keys[1:] != keys[:-1]).any(axis=1))[: len(keys)])
        known: dict[tuple[int, ...], Rect | None] = {}
        found = []
        for start, key in zip(starts.tolist(), map(tuple, keys[starts].tolist()), strict=True):
            if key not in known:
                paths = [begin for begin in key[1:] if begin >= 0]
                known[key] = self._window(clips[start], paths, holders[key[0]])
            found.append((known[key] or holders[key[0]].window, known[key] is not None))
        own = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(keys))))
        rects = np.array([rect for rect, _ in found], dtype=np.float64).reshape(-1, 4)
        plain = np.array([is_plain for _, is_plain in found], dtype=bool)
        return rects[own], plain[own] & ~many

    def _window(self, clip: int, begins: Sequence[int], holder: Holder) -> Rect | None:
        window = holder.window
        for n, begin in enumerate(begins):
            if begin not in self._corners:
                self._corners[begin] = _corners(clip, n)
            corners = self._corners[begin]
            if corners is None:
                return None
            window = _cut(window, mapped(corners, holder.matrix)) or _NOWHERE
        return window


def _cut(rect: Rect, window: Rect) -> Rect | None:
    x0, y0 = max(rect[0], window[0]), max(rect[1], window[1])
    x1, y1 = min(rect[2], window[2]), min(rect[3], window[3])
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def is_rectangle(path: int) -> bool:
    """Whether a path is one upright rectangle."""
    points = calls.count_points(path)
    if points not in _RECTANGLE_POINTS or not is_straight(calls.matrix_of(path)):
        return False
    return _rectangle([calls.point_at(path, n) for n in range(points)]) is not None


def _corners(clip: int, path: int) -> Rect | None:
    """Return the rectangle that a path of a clip is; None where it is none."""
    points = calls.count_clip_points(clip, path)
    if points not in _RECTANGLE_POINTS:
        return None
    return _rectangle([calls.clip_point(clip, path, n) for n in range(points)])


def _rectangle(segments: Sequence[int]) -> Rect | None:
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
