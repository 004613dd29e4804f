"""The shapes of a slide with their boxes, in reading order. Knows DrawingML's geometry.

A group's shapes are placed by the group's own coordinates; a placeholder without a box of its own
has that of its layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rag.datamodel import BBox

Shape = Any
"""A shape of python-pptx, which brings no types."""

MAX_DEPTH: Final = 20
LINES: Final = 20
"""How many lines a slide is thought of where shapes overlap."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape that is no group, and its box on the slide (None: it is outside, or has none)."""

    shape: Shape
    bbox: BBox | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """How a group's coordinates map to fractions of the slide: x * scale + offset."""

    x_scale: float
    x_offset: float
    y_scale: float
    y_offset: float

    def box(self, shape: Shape) -> BBox | None:
        left, top, width, height = shape.left, shape.top, shape.width, shape.height
        if None in (left, top, width, height):
            return None
        x0 = left * self.x_scale + self.x_offset
        y0 = top * self.y_scale + self.y_offset
        return BBox.clamped(x0, y0, x0 + width * self.x_scale, y0 + height * self.y_scale)

    def inside(self, group: Shape) -> _Frame:
        """Return the frame of a group's own coordinates."""
        outer, inner = _rectangles(group)
        if not outer or not inner:
            return self
        x_scale, y_scale = outer[2] / inner[2], outer[3] / inner[3]
        return _Frame(
            self.x_scale * x_scale,
            self.x_offset + self.x_scale * (outer[0] - inner[0] * x_scale),
            self.y_scale * y_scale,
            self.y_offset + self.y_scale * (outer[1] - inner[1] * y_scale),
        )


def placed_shapes(shapes: Iterable[Shape], *, width: int, height: int) -> list[Placed]:
    """Return the shapes of a slide of this size (EMU) in reading order, groups resolved."""
    frame = _Frame(1 / max(1, width), 0.0, 1 / max(1, height), 0.0)
    return reading_order(list(_flatten(shapes, frame, MAX_DEPTH)))


def _flatten(shapes: Iterable[Shape], frame: _Frame, depth: int) -> Iterator[Placed]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth:
                yield from _flatten(shape.shapes, frame.inside(shape), depth - 1)
        else:
            yield Placed(shape, frame.box(shape))


def _rectangles(group: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a group's box and that of its inside: left, top, width, height; () if missing."""
    xfrm = group._element.grpSpPr.find(  # noqa: SLF001 - python-pptx does not show chOff
        "{http://schemas.openxmlformats.org/drawingml/2006/main}xfrm"
    )
    if xfrm is None:
        return (), ()
    numbers = {child.tag.rpartition("}")[2]: dict(child.attrib) for child in xfrm}
    return _rectangle(numbers, "off", "ext"), _rectangle(numbers, "chOff", "chExt")


def _rectangle(numbers: dict[str, dict[str, str]], off: str, ext: str) -> tuple[int, ...]:
    try:
        left, top = int(numbers[off]["x"]), int(numbers[off]["y"])
        width, height = int(numbers[ext]["cx"]), int(numbers[ext]["cy"])
    except (KeyError, ValueError):
        return ()
    return (left, top, width, height) if width > 0 and height > 0 else ()


def reading_order(placed: Sequence[Placed]) -> list[Placed]:
    """Cut the slide at its widest gap, again and again; top before bottom, left before right."""
    boxed = [(one, one.bbox) for one in placed if one.bbox is not None]
    return [*_cut(boxed), *(one for one in placed if one.bbox is None)]


_Boxed = tuple[Placed, BBox]


def _cut(boxed: list[_Boxed]) -> list[Placed]:
    if len(boxed) <= 1:
        return [one for one, _ in boxed]
    rows, row_gap = _widest_gap(boxed, lambda box: (box.y0, box.y1))
    columns, column_gap = _widest_gap(boxed, lambda box: (box.x0, box.x1))
    if row_gap <= 0 and column_gap <= 0:
        return [one for one, box in sorted(boxed, key=_line_then_side)]
    first, second = rows if row_gap >= column_gap else columns
    return _cut(first) + _cut(second)


def _line_then_side(boxed: _Boxed) -> tuple[float, float]:
    """Shapes whose tops nearly agree stand in one line."""
    return round(boxed[1].y0 * LINES), boxed[1].x0


def _widest_gap(
    boxed: list[_Boxed], side: Callable[[BBox], tuple[float, float]]
) -> tuple[tuple[list[_Boxed], list[_Boxed]], float]:
    """Return the two parts beside the widest gap along one axis, and its width (0: none)."""
    ordered = sorted(boxed, key=lambda pair: side(pair[1]))
    best, at = 0.0, 0
    end = side(ordered[0][1])[1]
    for number, (_, box) in enumerate(ordered[1:], 1):
        start, stop = side(box)
        if start - end > best:
            best, at = start - end, number
        end = max(end, stop)
    return (ordered[:at], ordered[at:]), best
