"""What a PDF page holds, in the order of painting: its texts, and what else it paints.

Lengths are the file's own points: origin bottom left, y up, not turned. Hold `PDFIUM` while
reading. Pages hold thousands of things: what all are asked is asked in batches, and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from ingest.parsers.pdf.letters import calls as calls
from ingest.parsers.pdf.letters.geometry import (
    IDENTITY,
    Boxes,
    Matrix,
    Rect,
    is_straight,
    mapped_boxes,
    times,
)
from ingest.parsers.pdf_clips import Clips, Holder

MOST_PAINTS: Final = 20_000
"""Things besides texts that are looked at: maps and plots draw more, and these tell enough."""

PATTERN: Final = -1
_MAX_DEPTH: Final = 16
_OPTIONAL: Final = "OC\0".encode("utf-16-le")
"""The mark of content that may be switched off (PDF 1.7, 8.11.3.2)."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


class _Found(NamedTuple):
    handle: int
    kind: int
    order: int
    holder: int


class Things:
    """Some of a page's things: `handles` are their addresses, `orders` count from 1."""

    def __init__(self, found: Sequence[_Found], holders: Sequence[Holder], clips: Clips) -> None:
        self.handles: Final = [thing.handle for thing in found]
        self.kinds: Final = [thing.kind for thing in found]
        self.orders: Final[Numbers] = np.array([thing.order for thing in found], dtype=np.int64)
        self._holder = [thing.holder for thing in found]
        self._holders, self._clips = holders, clips

    def __len__(self) -> int:
        return len(self.handles)

    def matrix(self, n: int) -> Matrix:
        """Return what maps a thing's own points to the page."""
        return times(calls.matrix_of(self.handles[n]), self._holders[self._holder[n]].matrix)

    @cached_property
    def boxes(self) -> Boxes:
        """(things, 4): left, bottom, right, top on the page; zeros where pdfium tells none."""
        told, _ = calls.answers(calls.bounds_into, self.handles, 4, np.float32)
        boxes: Boxes = told.astype(np.float64)
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

    def windows(self) -> tuple[Boxes, Mask]:
        """Return (things, 4): where they are shown, and whether that is a plain rectangle."""
        return self._clips.windows(self.handles, self._holder, self._holders)


class Objects:
    """The things of a page; `window` is the part of it that is shown."""

    def __init__(self, page: Any, window: Rect) -> None:  # noqa: ANN401 - pypdfium2 has no types
        self._holders = [Holder(IDENTITY, window, mixed=False)]
        self._clips = Clips()
        self._optional: dict[int, bool] = {}
        self._order = 0
        self._texts: list[_Found] = []
        self._paints: list[_Found] = []
        raw = calls.address_of(page.raw)
        self._walk(
            map(calls.object_at, repeat(raw), range(calls.count_objects(raw))), 0, _MAX_DEPTH
        )
        self.texts: Final = Things(self._texts, self._holders, self._clips)
        self.paints: Final = Things(self._paints, self._holders, self._clips)

    def _walk(self, things: Iterable[int], holder: int, depth: int) -> None:
        handles = list(things)
        for handle, kind in zip(handles, map(calls.kind_of, handles), strict=True):
            self._order += 1
            found = _Found(handle, kind, self._order, holder)
            if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
                self._texts.append(found)
            elif kind != pdfium_c.FPDF_PAGEOBJ_FORM:
                self._paints.append(found)
            elif depth:
                self._holders.append(self._form(handle, self._holders[holder]))
                parts = range(calls.count_parts(handle))
                self._walk(
                    map(calls.part_at, repeat(handle), parts), len(self._holders) - 1, depth - 1
                )

    def _form(self, form: int, holder: Holder) -> Holder:
        matrix = times(calls.matrix_of(form), holder.matrix)
        window = self._clips.window(form, holder)
        odd = window is None or calls.is_blended(form) or not is_straight(matrix)
        mixed = holder.mixed or odd or self.is_optional(form)
        matrix = IDENTITY if matrix == IDENTITY else matrix
        return Holder(matrix, window or holder.window, mixed)

    def is_optional(self, thing: int) -> bool:
        """Whether a thing may be switched off."""
        marks = (calls.mark_at(thing, n) for n in range(calls.count_marks(thing)))
        return any(self._says_optional(mark) for mark in marks)

    def _says_optional(self, mark: int) -> bool:
        if mark not in self._optional:
            self._optional[mark] = calls.is_named(mark, _OPTIONAL)
        return self._optional[mark]


def _colours(function: Any, handles: Sequence[int]) -> Numbers:  # noqa: ANN401 - a function of pdfium
    rgba, told = calls.answers(function, handles, 4, np.uint32)
    return np.where(told[:, None], rgba.astype(np.int64), PATTERN)
