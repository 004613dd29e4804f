"""What a PDF page holds, in the order of painting: its texts, and what else it paints.

Lengths are the file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` while
reading. Pages hold thousands of things: what all are asked is asked in batches, and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.calls import Pdfium
from ingest.parsers.pdf.letters.geometry import (
    IDENTITY,
    Boxes,
    Matrix,
    Rect,
    cut,
    is_straight,
    mapped,
    mapped_boxes,
    times,
)

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

    def windows(
        self, things: Sequence[int], numbers: NDArray[np.int64], holders: Sequence[Holder]
    ) -> tuple[Boxes, NDArray[np.bool_]]:
        """Return (things, 4): what is left to each, and whether it is a rectangle.

        Where it is none, it is the holder's window. `numbers` are those of their holders.
        """
        clips = list(map(calls.clip_of, things))
        begins, many = calls.parts(calls.count_clips, calls.clip_point, clips, 0)
        keys, first, own = np.unique(
            np.column_stack([numbers, begins]), axis=0, return_index=True, return_inverse=True
        )
        of_keys = [
            (holders[number], self._window(clips[n], [b for b in paths if b >= 0], holders[number]))
            for n, (number, *paths) in zip(first.tolist(), keys.tolist(), strict=True)
        ]
        rects = np.array([rect or holder.window for holder, rect in of_keys], dtype=np.float64)
        plain = np.array([rect is not None for _, rect in of_keys], dtype=bool)
        return rects.reshape(-1, 4)[own], plain[own] & ~many

    def _window(self, clip: int, begins: Sequence[int], holder: Holder) -> Rect | None:
        window = holder.window
        for n, begin in enumerate(begins):
            if begin not in self._corners:
                self._corners[begin] = _corners(clip, n)
            corners = self._corners[begin]
            if corners is None:
                return None
            window = cut(window, mapped(corners, holder.matrix)) or _NOWHERE
        return window


def _corners(clip: int, path: int) -> Rect | None:
    """Return the upright rectangle that a path of a clip is; None where it is none."""
    count = calls.count_clip_points(clip, path)
    points = []
    for n in range(count if count in _RECTANGLE_POINTS else 0):
        segment = calls.clip_point(clip, path, n)
        if calls.point_kind(segment) == pdfium_c.FPDF_SEGMENT_BEZIERTO:
            return None
        x, y = calls.place_of(segment)
        points.append((round(x, 2), round(y, 2)))
    if not points or points[4:] not in ([], points[:1]):
        return None
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points[:4]
    upright = (ax, by, cx, dy) == (bx, cy, dx, ay)
    level = (ay, bx, cy, dx) == (by, cx, dy, ax)
    return (min(ax, cx), min(ay, cy), max(ax, cx), max(ay, cy)) if upright or level else None


MAX_PAINTS: Final = 20_000
"""Things besides texts that are looked at: maps and plots draw more, and these tell enough."""

PATTERN: Final = -1
_OPTIONAL: Final = "OC\0".encode("utf-16-le")
"""The mark of content that may be switched off (PDF 1.7, 8.11.3.2)."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]
_Found = tuple[int, int, int]  # address, kind, and the number of its holder


class Things:
    """Some of a page's things: `handles` are their addresses, `orders` count from 1."""

    def __init__(self, objects: Objects, found: Sequence[_Found], some: Numbers) -> None:
        chosen = [found[n] for n in some.tolist()]
        self.handles: Final = [handle for handle, _, _ in chosen]
        self.kinds: Final[Numbers] = np.array([kind for _, kind, _ in chosen], dtype=np.int64)
        self.orders: Final[Numbers] = some + 1
        self._holder = np.array([holder for _, _, holder in chosen], dtype=np.int64)
        self._holders, self._clips = objects.holders, objects.clips

    def __len__(self) -> int:
        return len(self.handles)

    def matrix(self, n: int) -> Matrix:
        """Return what maps a thing's own points to the page."""
        return times(calls.matrix_of(self.handles[n]), self._holders[self._holder[n]].matrix)

    @cached_property
    def boxes(self) -> Boxes:
        """(things, 4): left, bottom, right, top on the page; zeros where pdfium tells none."""
        bounds, _ = calls.answers(calls.bounds_into, self.handles, 4, np.float32)
        boxes: Boxes = bounds.astype(np.float64)
        if len(self._holders) > 1:
            matrices = np.array([holder.matrix for holder in self._holders])[self._holder]
            moved = (matrices != IDENTITY).any(axis=1)
            boxes[moved] = mapped_boxes(boxes[moved], matrices[moved])
        return boxes

    @cached_property
    def fills(self) -> Numbers:
        """(things, 4): red, green, blue and alpha, 0 to 255, of what fills them; or PATTERN."""
        return _colours(calls.fill_colour_into, self.handles)

    @property
    def strokes(self) -> Numbers:
        """(things, 4), as `fills`, of their outlines."""
        return _colours(calls.stroke_colour_into, self.handles)

    @cached_property
    def modes(self) -> Numbers:
        """(things, 2): how paths are filled, and whether they are stroked; zeros for others."""
        modes, _ = calls.answers(calls.draw_modes_into, self.handles, 2, np.int32)
        return modes.astype(np.int64)

    @property
    def blended(self) -> Mask:
        return np.fromiter(map(calls.is_blended, self.handles), bool, len(self))

    @property
    def mixed(self) -> Mask:
        """Whether they stand in a form that is mixed."""
        return np.array([holder.mixed for holder in self._holders], dtype=bool)[self._holder]

    def windows(self, some: Numbers) -> tuple[Boxes, Mask]:
        """Return (some, 4): where they are shown, and whether that is a plain rectangle."""
        handles = [self.handles[n] for n in some.tolist()]
        return self._clips.windows(handles, self._holder[some], self._holders)

    @property
    def optional(self) -> Mask:
        """Whether they may be switched off, or have too many marks to tell."""
        marks, many = calls.parts(calls.count_marks, calls.mark_at, self.handles)
        switches = [mark for mark in np.unique(marks).tolist() if mark > 0 and _is_switch(mark)]
        return many | np.isin(marks, switches).any(axis=1)


class Objects:
    """The things of a page, `texts` and `paints`; `window` is the part of it that is shown."""

    def __init__(self, page: Pdfium, window: Rect) -> None:
        self.holders: Final = [Holder(IDENTITY, window, mixed=False)]
        self.clips: Final = Clips()
        raw = calls.address_of(page.raw)
        handles = map(calls.object_at, repeat(raw), range(calls.count_objects(raw)))
        found = list(self._walk(handles, 0, 16))
        kinds = np.array([kind for _, kind, _ in found], dtype=np.int64)
        are_texts = kinds == pdfium_c.FPDF_PAGEOBJ_TEXT
        others = np.flatnonzero(~are_texts & (kinds != pdfium_c.FPDF_PAGEOBJ_FORM))
        self.texts: Final = Things(self, found, np.flatnonzero(are_texts))
        self.paints: Final = Things(self, found, others[:MAX_PAINTS])

    def _walk(self, handles: Iterable[int], holder: int, depth: int) -> Iterator[_Found]:
        for handle in handles:
            kind = calls.kind_of(handle)
            yield handle, kind, holder
            if kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth:
                self.holders.append(self._held(handle, holder))
                parts = map(calls.part_at, repeat(handle), range(calls.count_parts(handle)))
                yield from self._walk(parts, len(self.holders) - 1, depth - 1)

    def _held(self, form: int, number: int) -> Holder:
        holder = self.holders[number]
        matrix = times(calls.matrix_of(form), holder.matrix)
        (window,), (is_plain,) = self.clips.windows([form], np.array([number]), self.holders)
        odd = not is_plain or calls.is_blended(form) or not is_straight(matrix)
        marks = (calls.mark_at(form, n) for n in range(calls.count_marks(form)))
        mixed = holder.mixed or odd or any(map(_is_switch, marks))
        x0, y0, x1, y1 = window.tolist()
        return Holder(IDENTITY if matrix == IDENTITY else matrix, (x0, y0, x1, y1), mixed)


def _is_switch(mark: int) -> bool:
    return calls.is_named(mark, _OPTIONAL)


def _colours(function: Pdfium, handles: Sequence[int]) -> Numbers:
    rgba, is_plain = calls.answers(function, handles, 4, np.uint32)
    return np.where(is_plain[:, None], rgba.astype(np.int64), PATTERN)
