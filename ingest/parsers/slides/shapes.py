"""The shapes of a slide in reading order, the words of their paragraphs, and the comments on it.

DrawingML; ECMA-376, part 1, 19.4 (`p:cm`), and [MS-PPTX] 2.6.7 (`p188:cm`, since 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from ingest.parsers.base.elements import comment_text, one_line
from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked, math_text, shown_in
from ingest.parsers.base.office import NAMESPACES, XmlNode, local_name, name, parsed_xml
from rag.datamodel import BBox

Shape = Any
"""A shape of python-pptx, which brings no types."""

MAX_DEPTH: Final = 20
"""Of groups in groups."""

LINES: Final = 20
"""How many lines a slide is thought of where shapes overlap."""

Placed = tuple[Shape, BBox | None]
"""A shape that is no group, and its box on the slide; None: it is outside, or has none."""

_Boxed = tuple[Shape, BBox]
_SIDES: Final[tuple[Callable[[BBox], tuple[float, float]], ...]] = (
    lambda box: (box.y0, box.y1),
    lambda box: (box.x0, box.x1),
)


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
        """Return the frame of a group's own coordinates; this one where it tells none."""
        node = group._element.grpSpPr.find("a:xfrm", NAMESPACES)  # noqa: SLF001 - chOff is not shown
        told = {} if node is None else {local_name(child.tag): child.attrib for child in node}
        try:
            x, y, *size = (int(told[tag][key]) for tag, key in _OUTER)
            inner_x, inner_y, *inner = (int(told[tag][key]) for tag, key in _INNER)
        except (KeyError, ValueError):
            return self
        if min(*size, *inner) <= 0:
            return self
        x_scale, y_scale = size[0] / inner[0], size[1] / inner[1]
        return _Frame(
            self.x_scale * x_scale,
            self.x_offset + self.x_scale * (x - inner_x * x_scale),
            self.y_scale * y_scale,
            self.y_offset + self.y_scale * (y - inner_y * y_scale),
        )


_OUTER: Final = (("off", "x"), ("off", "y"), ("ext", "cx"), ("ext", "cy"))
_INNER: Final = (("chOff", "x"), ("chOff", "y"), ("chExt", "cx"), ("chExt", "cy"))


def placed_shapes(shapes: Iterable[Shape], size: tuple[int, int]) -> list[Placed]:
    """Return the shapes of a slide of this size (EMU) in reading order, groups resolved.

    The slide is cut at its widest gap, again and again; top before bottom, left before right.
    """
    frame = _Frame(1 / max(1, size[0]), 0.0, 1 / max(1, size[1]), 0.0)
    placed = list(_flatten(shapes, frame, MAX_DEPTH))
    boxed = [(shape, box) for shape, box in placed if box is not None]
    return [*_cut(boxed), *(one for one in placed if one[1] is None)]


def _flatten(shapes: Iterable[Shape], frame: _Frame, depth: int) -> Iterator[Placed]:
    for shape in shapes:
        if not hasattr(shape, "shapes"):
            yield shape, frame.box(shape)
        elif depth:
            yield from _flatten(shape.shapes, frame.inside(shape), depth - 1)


def _cut(boxed: Sequence[_Boxed]) -> Sequence[_Boxed]:
    if len(boxed) <= 1:
        return boxed
    gap, first, second = max((_widest_gap(boxed, side) for side in _SIDES), key=itemgetter(0))
    if gap <= 0:  # shapes whose tops nearly agree stand in one line
        return sorted(boxed, key=lambda pair: (round(pair[1].y0 * LINES), pair[1].x0))
    return [*_cut(first), *_cut(second)]


def _widest_gap(
    boxed: Sequence[_Boxed], side: Callable[[BBox], tuple[float, float]]
) -> tuple[float, Sequence[_Boxed], Sequence[_Boxed]]:
    """Return the widest gap along one axis (0: none), and the two parts beside it."""
    ordered = sorted(boxed, key=lambda pair: side(pair[1]))
    best, at = 0.0, 0
    end = side(ordered[0][1])[1]
    for number, (_, box) in enumerate(ordered[1:], 1):
        start, stop = side(box)
        if start - end > best:
            best, at = start - end, number
        end = max(end, stop)
    return best, ordered[:at], ordered[at:]


def paragraph_text(paragraph: XmlNode) -> str:
    """Return the words of a paragraph (`a:p`), with what their look means."""
    return marked(_runs(paragraph))


def _runs(paragraph: XmlNode) -> Iterator[Run]:
    for node in paragraph:
        if node.tag in {name("a:r"), name("a:fld")}:
            properties = node.find("a:rPr", NAMESPACES)
            text = node.findtext("a:t", "", NAMESPACES)
            yield (text, PLAIN) if properties is None else _run(text, properties)
        elif node.tag == name("a:br"):
            yield "\n", PLAIN
        elif node.tag == name("mc:AlternateContent"):
            formulas = node.iterfind(f"mc:Choice//{name('m:oMath')}", NAMESPACES)
            yield "".join(map(math_text, formulas)), PLAIN


def _run(text: str, properties: XmlNode) -> Run:
    """Return what words show, and their look: a sign alone may have a font for signs (`a:sym`)."""
    fonts = {node.tag: node.get("typeface", "") for node in properties}
    sign = fonts.get(name("a:sym"), "") if len(text.strip()) == 1 else ""
    is_struck = properties.get("strike", "noStrike") != "noStrike"
    baseline = properties.get("baseline", "0").rstrip("%")
    place: Place = "" if not baseline.strip("0.-") else "raised"
    place = "lowered" if place and baseline.startswith("-") else place
    look = Look(is_struck, place) if is_struck or place else PLAIN
    return shown_in(sign or fonts.get(name("a:latin"), ""), text), look


def authors_of(presentation: Any) -> dict[str, str]:  # noqa: ANN401 - python-pptx brings no types
    """Return the names of those who commented, by their id."""
    roots = _related(presentation.part, ("/commentAuthors", "/authors"))
    nodes = (node for root in roots for node in root.iter("{*}cmAuthor", "{*}author"))
    return {node.get("id", ""): node.get("name", "") for node in nodes}


def comments_of(slide: Any, authors: dict[str, str]) -> Iterator[str]:  # noqa: ANN401 - as above
    """Yield the comments on a slide, each followed by its replies."""
    for root in _related(slide.part, "/comments"):
        for node in root.iter("{*}cm", "{*}reply"):
            body = node.find("{*}txBody")
            texts = node.findall("{*}text") if body is None else body.iter(name("a:t"))
            words = one_line(" ".join(text.text or "" for text in texts))
            yield comment_text(words, author=authors.get(node.get("authorId", ""), ""))


def _related(part: Any, endings: str | tuple[str, ...]) -> Iterator[XmlNode]:  # noqa: ANN401 - as above
    for relation in part.rels.values():
        if relation.reltype.endswith(endings) and not relation.is_external:
            yield parsed_xml(relation.target_part.blob)
