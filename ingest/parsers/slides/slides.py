"""PowerPoint decks (.pptx, .pptm, .ppsx): each slide is a page, each shape has its box.

Text, tables, native charts and diagrams, pictures, comments (ECMA-376, part 1, 19.4, `p:cm`;
[MS-PPTX] 2.6.7, `p188:cm`, since 2018), and the speaker's notes of each slide. A placeholder that
has no box of its own has that of its layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Final

from msgspec import structs
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.package import Package

from ingest.parsers.base.elements import (
    clean,
    comment_text,
    document_of,
    first_text,
    heading,
    list_element,
    one_line,
    row_places,
    text_element,
    text_elements,
    titled_table,
)
from ingest.parsers.base.formatting import PLAIN, Look, Place, Run, marked, math_text, shown_in
from ingest.parsers.base.grid import GridCell, resolve_spans
from ingest.parsers.base.office import (
    NAMESPACES,
    XmlNode,
    drawn_elements,
    local_name,
    name,
    open_package,
    parsed_xml,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_in_package
from rag.datamodel import BBox, Document, Element, Provenance, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

Shape = Any
"""A shape of python-pptx, which brings no types."""

TITLE_LETTERS: Final = 200
NOTES_LEVEL: Final = 2
_TITLES: Final = (
    PP_PLACEHOLDER.TITLE,
    PP_PLACEHOLDER.CENTER_TITLE,
    PP_PLACEHOLDER.VERTICAL_TITLE,
)
_LEFT_OUT: Final = (
    PP_PLACEHOLDER.SLIDE_NUMBER,
    PP_PLACEHOLDER.DATE,
    PP_PLACEHOLDER.FOOTER,
    PP_PLACEHOLDER.HEADER,
)
_LISTS: Final = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY)


def parse_slides(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """PPTX through python-pptx."""
    pictures = Pictures(assets)
    elements: list[Element] = []
    with open_package(file.at, settings=settings) as (archive, stream):
        package = Package.open(stream)
        presentation = package.presentation_part.presentation
        slides, authors = list(presentation.slides), authors_of(presentation)
        size = presentation.slide_width, presentation.slide_height
        for page, slide in enumerate(slides[: settings.page_limit], 1):
            elements += _Slide(slide, page, pictures).read(size, authors)
        unread = unread_in_package(archive, elements)
    titles = (package.core_properties.title, first_text(elements, "title", "heading"))
    notes = (*pictures.warnings, *cut_warning(len(slides), settings.page_limit), *unread)
    return document_of(file, elements, *titles, page_count=len(slides), warnings=notes)


def cut_warning(count: int, limit: int) -> list[str]:
    cut = f"only the first {limit} of {count} slides were read; raise RAG_PAGE_LIMIT"
    return [cut] if count > limit else []


def on_slide(elements: Iterable[Element], page: int, bbox: BBox | None = None) -> list[Element]:
    """Return elements that all lie in one box of a slide."""
    whole = (Provenance(),)
    return [
        replace(
            element,
            provenances=tuple(
                structs.replace(place, page=page, bbox=bbox)
                for place in element.provenances or whole
            ),
        )
        for element in elements
    ]


def slide_title(words: str, page: int) -> list[Element]:
    """Return the heading; a slide without one is named, so as not to seem the last one's."""
    if words and page == 1:
        return text_element(words, "title")
    return heading(words or f"Slide {page}", 1)


def slide_text(lines: Sequence[tuple[int, str]], *, is_list: bool) -> list[Element]:
    """Return the lines of a shape, each with its depth, as a list or a paragraph."""
    if is_list and len(lines) > 1:
        return list_element((depth, f"- {text}") for depth, text in lines)
    return text_element("\n".join(text for _, text in lines))


def slide_notes(lines: Sequence[str]) -> list[Element]:
    made = text_elements(lines)
    return [*heading("Notes", NOTES_LEVEL), *made] if made else []


class _Slide:
    def __init__(self, slide: Any, page: int, pictures: Pictures) -> None:  # noqa: ANN401 - python-pptx brings no types
        self._slide = slide
        self._page = page
        self._pictures = pictures

    def read(self, size: tuple[int, int], authors: dict[str, str]) -> list[Element]:
        """Return the slide's elements: its title first, its notes last."""
        placed = placed_shapes(self._slide.shapes, size)
        title, bbox = next((one for one in placed if _kind(one[0]) in _TITLES), (None, None))
        words = "" if title is None else one_line(_text(title.text_frame)[:TITLE_LETTERS])
        elements = on_slide(slide_title(words, self._page), self._page, bbox)
        for shape, bbox in placed:
            if shape is not title and _kind(shape) not in _LEFT_OUT:
                elements += self._shape(shape, bbox)
        comments = text_elements(comments_of(self._slide, authors))
        return elements + on_slide((*comments, *self._notes()), self._page)

    def _shape(self, shape: Shape, bbox: BBox | None) -> list[Element]:
        if getattr(shape, "has_table", False):
            heights = [row.height for row in shape.table.rows]
            made = on_slide(_table(shape.table), self._page, bbox)
            return [row_places(e, heights, bbox=bbox) if e.role == "table" else e for e in made]
        elements: list[Element] = []
        if getattr(shape, "has_text_frame", False):
            paragraphs = shape.text_frame.paragraphs
            lines = [(p.level or 0, clean(paragraph_text(p._p))) for p in paragraphs]  # noqa: SLF001 - its XML
            filled = [(level, text) for level, text in lines if text]
            elements += slide_text(filled, is_list=_kind(shape) in _LISTS)
        node = shape._element  # noqa: SLF001 - what python-pptx does not know or show
        about = node.find(".//p:cNvPr", NAMESPACES)
        alt = "" if about is None else about.get("descr", "")
        elements += drawn_elements(node, self._slide.part, self._pictures, alt=alt)
        return on_slide(elements, self._page, bbox)

    def _notes(self) -> list[Element]:
        frame = self._slide.notes_slide.notes_text_frame if self._slide.has_notes_slide else None
        text = clean(_text(frame)) if frame is not None else ""
        return slide_notes([] if text == str(self._page) else text.split("\n"))


def _kind(shape: Shape) -> Any:  # noqa: ANN401 - an enumeration of python-pptx
    """Return the type of a placeholder; None for any other shape."""
    return shape.placeholder_format.type if getattr(shape, "is_placeholder", False) else None


def _text(frame: Any) -> str:  # noqa: ANN401 - as above
    return "\n".join(paragraph_text(p._p) for p in frame.paragraphs)  # noqa: SLF001 - its XML


def _table(table: Any) -> list[Element]:  # noqa: ANN401 - as above
    rows = [[_cell(cell) for cell in row.cells if not cell.is_spanned] for row in table.rows]
    return titled_table(resolve_spans(rows))


def _cell(cell: Any) -> GridCell:  # noqa: ANN401 - as above
    text = one_line(_text(cell.text_frame))
    if not cell.is_merge_origin:
        return GridCell(text=text)
    return GridCell(text=text, rows=cell.span_height, columns=cell.span_width)


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
