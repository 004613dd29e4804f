"""What a tagged PDF says of the parts of a page: which are headings, what its figures show.

Reads the structure tree (ISO 32000-1, 14.7 and 14.8.4). It may lie: what it says is used where it
is likely, see `Tags.level_of`. Hold `PDFIUM` while reading.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pypdfium2.raw as pdfium_c

from ingest.parsers.base.elements import description
from ingest.parsers.pdf.drawn.objects import Objects, Things
from ingest.parsers.pdf.letters import calls
from ingest.parsers.pdf.letters.geometry import Frame, Rect, around, grown, share_inside

_LEVELS: Final = {"Title": 1, "H": 1} | {f"H{n}": n for n in range(1, 7)}
_MOST_PARTS: Final = 20_000
"""Of the tree of one page: a damaged one may go on for ever."""

_LONGEST_BYTES: Final = 4_000
_TOUCH_PT: Final = 2.0
_INSIDE: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedHeading:
    """A heading of `level` from 1, and the boxes of its texts."""

    level: int
    rects: tuple[Rect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedFigure:
    """A figure, and the words that stand for it where it can't be seen."""

    text: str
    rect: Rect


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What the structure tree says of one page; places are points as displayed."""

    headings: tuple[TaggedHeading, ...] = ()
    figures: tuple[TaggedFigure, ...] = ()

    def level_of(self, lines: Sequence[Rect]) -> int | None:
        """Return the level of the heading that holds all of the lines; None if none does."""
        for heading in self.headings:
            rects = [grown(rect, _TOUCH_PT) for rect in heading.rects]
            if all(any(share_inside(line, rect) > _INSIDE for rect in rects) for line in lines):
                return heading.level
        return None

    def said_of(self, figure: Rect) -> list[str]:
        """Return what is said of what stands in a figure's box."""
        return [f.text for f in self.figures if share_inside(f.rect, grown(figure, 4)) > _INSIDE]


@dataclass(frozen=True, slots=True)
class _Part:
    level: int
    text: str
    contents: tuple[int, ...]
    """Numbers of marked content on the page."""


def read_tags(page: Any, objects: Objects, frame: Frame) -> Tags:  # noqa: ANN401 - pypdfium2 has no types
    """Return what the file says of the page's parts: nothing where it is not tagged."""
    tree = pdfium_c.FPDF_StructTree_GetForPage(page)
    if not tree:
        return Tags()
    try:
        parts = list(_parts(tree))
    finally:
        pdfium_c.FPDF_StructTree_Close(tree)
    rects = _rects(objects, frame, {n for part in parts for n in part.contents})
    placed = [(part, [r for n in part.contents for r in rects.get(n, ())]) for part in parts]
    return Tags(
        headings=tuple(
            TaggedHeading(level=part.level, rects=tuple(boxes))
            for part, boxes in placed
            if part.level and boxes
        ),
        figures=tuple(
            TaggedFigure(text=part.text, rect=around(boxes))
            for part, boxes in placed
            if part.text and boxes
        ),
    )


def _parts(tree: Any) -> Iterator[_Part]:  # noqa: ANN401 - as above
    """Yield the headings and the described figures of a page's tree."""
    count = pdfium_c.FPDF_StructTree_CountChildren(tree)
    waiting = [pdfium_c.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(count)][::-1]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        one = waiting.pop()
        if not one:
            continue
        kind = _string(pdfium_c.FPDF_StructElement_GetType, one)
        level = _LEVELS.get(kind, 0)
        said = _string(pdfium_c.FPDF_StructElement_GetAltText, one) if kind == "Figure" else ""
        text = description(said)
        if level or text:
            yield _Part(level, text, tuple(_contents(one)))
        else:
            waiting += reversed(_children(one))


def _children(one: Any) -> list[Any]:  # noqa: ANN401 - as above
    count = min(pdfium_c.FPDF_StructElement_CountChildren(one), _MOST_PARTS)
    return [pdfium_c.FPDF_StructElement_GetChildAtIndex(one, n) for n in range(count)]


def _contents(one: Any) -> Iterator[int]:  # noqa: ANN401 - as above
    """Yield the numbers of the marked content of this page below a part."""
    waiting, looked = [one], 0
    while waiting and looked < _MOST_PARTS:
        part = waiting.pop()
        for n, child in enumerate(_children(part)):
            looked += 1
            if child:
                waiting.append(child)
            elif (number := pdfium_c.FPDF_StructElement_GetChildMarkedContentID(part, n)) >= 0:
                yield number


def _rects(objects: Objects, frame: Frame, wanted: Collection[int]) -> dict[int, list[Rect]]:
    """Return where the page's own things with these numbers stand; forms number theirs anew."""
    found: dict[int, list[Rect]] = defaultdict(list)
    if not wanted:
        return found
    own = [n for n, holder in enumerate(objects.holder) if holder == 0]
    numbers = [calls.content_of(objects.handles[n]) for n in own]
    marked = [(n, number) for n, number in zip(own, numbers, strict=True) if number in wanted]
    things = Things(objects, np.array([n for n, _ in marked], dtype=np.int64))
    if marked:
        for (_, number), rect in zip(marked, frame.display_boxes(things.boxes), strict=True):
            x0, y0, x1, y1 = map(float, rect)
            if x1 > x0 and y1 > y0:
                found[number].append((x0, y0, x1, y1))
    return found


def _string(function: Callable[..., int], one: Any) -> str:  # noqa: ANN401 - as above
    """Return a string of a part as one line: UTF-16, ended by a NUL."""
    size = function(one, None, 0)
    if not 2 < size <= _LONGEST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    function(one, buffer, size)
    text = buffer.raw.decode("utf-16-le", "replace").partition("\0")[0]
    return " ".join(text.split())
