"""PowerPoint decks (.pptx, .pptm, .ppsx): each slide is a page, each shape has its box.

Text, tables, native charts and diagrams, pictures, and the speaker's notes of each slide. A group's
shapes are placed by the group's own coordinates; a placeholder without a box of its own has that
of its layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.package import Package

from ingest.parsers.base.elements import (
    clean,
    description,
    document_of,
    first_text,
    heading,
    list_element,
    meaningful_title,
    one_line,
    row_places,
    table_element,
    text_element,
)
from ingest.parsers.base.grid import GridCell, resolve_spans, split_titles, tidy
from ingest.parsers.base.office.markup import (
    NAMESPACES,
    XmlNode,
    chart_elements,
    diagram_lines,
    name,
    parsed_xml,
    part_of,
)
from ingest.parsers.base.office.open_xml import open_package
from ingest.parsers.base.office.unread_parts import unread_in_package
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.slides.text import authors_of, comments_of, paragraph_text
from rag.datamodel import BBox, Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

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
        for page, slide in enumerate(slides[: settings.page_limit], 1):
            reader = _Slide(slide, page, presentation, pictures=pictures, authors=authors)
            elements += reader.read()
        unread = unread_in_package(archive, elements)
    return document_of(
        file,
        elements,
        title=meaningful_title(
            package.core_properties.title, first_text(elements, "title", "heading")
        ),
        page_count=len(slides),
        warnings=(*pictures.warnings, *cut_warning(len(slides), settings.page_limit), *unread),
    )


def cut_warning(count: int, limit: int) -> list[str]:
    cut = f"only the first {limit} of {count} slides were read; raise RAG_PAGE_LIMIT"
    return [cut] if count > limit else []


def slide_title(words: str, *, page: int, bbox: BBox | None) -> list[Element]:
    """Return the heading; a slide without one is named, so as not to seem the last one's."""
    if not words:
        return heading(f"Slide {page}", 1, page=page)
    if page == 1:
        return text_element(words, "title", page=page, bbox=bbox)
    return text_element(words, "heading", level=1, page=page, bbox=bbox)


def slide_text(
    lines: Sequence[tuple[int, str]], *, is_list: bool, page: int, bbox: BBox | None
) -> list[Element]:
    """Return the lines of a shape, each with its depth, as a list or a paragraph."""
    if is_list and len(lines) > 1:
        return list_element(((depth, f"- {t}") for depth, t in lines), page=page, bbox=bbox)
    return text_element("\n".join(text for _, text in lines), page=page, bbox=bbox)


def slide_notes(lines: Sequence[str], *, page: int) -> list[Element]:
    made = [element for line in lines for element in text_element(line, page=page)]
    return [*heading("Notes", NOTES_LEVEL, page=page), *made] if made else []


class _Slide:
    """One slide."""

    def __init__(
        self,
        slide: Any,  # noqa: ANN401 - python-pptx brings no types
        page: int,
        presentation: Any,  # noqa: ANN401 - as above
        *,
        pictures: Pictures,
        authors: dict[str, str],
    ) -> None:
        self._slide = slide
        self._page = page
        self._pictures = pictures
        self._authors = authors
        self._placed = placed_shapes(
            slide.shapes, width=presentation.slide_width, height=presentation.slide_height
        )

    def read(self) -> list[Element]:
        """Return the slide's elements: its title first, its notes last."""
        title = next((one for one in self._placed if _kind(one.shape) in _TITLES), None)
        words, bbox = (one_line(_text(title.shape)), title.bbox) if title else ("", None)
        elements = slide_title(words, page=self._page, bbox=bbox)
        for one in self._placed:
            if one is not title and _kind(one.shape) not in _LEFT_OUT:
                elements += self._shape(one)
        return elements + self._comments() + self._notes()

    def _comments(self) -> list[Element]:
        comments = comments_of(self._slide, self._authors)
        return [e for text in comments for e in text_element(text, page=self._page)]

    def _shape(self, one: Placed) -> list[Element]:
        """Return what one shape holds."""
        shape, bbox = one.shape, one.bbox
        if getattr(shape, "has_table", False):
            return self._table(shape, bbox)
        elements = self._text(shape, bbox) if getattr(shape, "has_text_frame", False) else []
        for chart in shape._element.iter(name("c:chart")):  # noqa: SLF001 - also charts without a type of their own
            root = self._related_root(chart.get(name("r:id")))
            if root is not None:
                elements += chart_elements(root, page=self._page, bbox=bbox)
        for diagram in shape._element.iter(name("dgm:relIds")):  # noqa: SLF001 - unknown to python-pptx
            root = self._related_root(diagram.get(name("r:dm")))
            lines = diagram_lines(root) if root is not None else []
            elements += list_element(((0, f"- {t}") for t in lines), page=self._page, bbox=bbox)
        return elements + self._picture(shape, bbox)

    def _text(self, shape: Shape, bbox: BBox | None) -> list[Element]:
        paragraphs = [(p.level or 0, clean(paragraph_text(p._p))) for p in _paragraphs(shape)]  # noqa: SLF001 - its XML
        filled = [(level, text) for level, text in paragraphs if text]
        is_list = _kind(shape) in _LISTS
        return slide_text(filled, is_list=is_list, page=self._page, bbox=bbox)

    def _table(self, shape: Shape, bbox: BBox | None) -> list[Element]:
        table = shape.table
        rows = [[_cell(cell) for cell in row.cells if not cell.is_spanned] for row in table.rows]
        titles, rest = split_titles(resolve_spans(rows))
        elements: list[Element] = []
        for title in titles:
            elements += text_element(title, page=self._page, bbox=bbox)
        for element in table_element(tidy(rest), page=self._page, bbox=bbox):
            heights = [row.height for row in table.rows]
            elements.append(row_places(element, heights, bbox=bbox))
        return elements

    def _picture(self, shape: Shape, bbox: BBox | None) -> list[Element]:
        """Return the picture that a shape is or is filled with."""
        elements: list[Element] = []
        for blip in shape._element.iter(name("a:blip")):  # noqa: SLF001 - a picture may fill any shape
            part = part_of(self._slide.part, blip.get(name("r:embed")))
            figure = self._pictures.figure(part.blob, page=self._page, bbox=bbox) if part else []
            caption = description(_alt(shape)) if figure else ""
            elements += [*figure, *text_element(caption, "caption", page=self._page, bbox=bbox)]
        return elements

    def _notes(self) -> list[Element]:
        if not self._slide.has_notes_slide:
            return []
        frame = self._slide.notes_slide.notes_text_frame
        text = clean(_frame_text(frame)) if frame is not None else ""
        lines = [] if text == str(self._page) else text.split("\n")
        return slide_notes(lines, page=self._page)

    def _related_root(self, relation_id: str | None) -> XmlNode | None:
        part = part_of(self._slide.part, relation_id)
        return None if part is None else parsed_xml(part.blob)


def _kind(shape: Shape) -> Any:  # noqa: ANN401 - an enumeration of python-pptx
    """Return the type of a placeholder; None for any other shape."""
    return shape.placeholder_format.type if getattr(shape, "is_placeholder", False) else None


def _paragraphs(shape: Shape) -> Any:  # noqa: ANN401 - python-pptx brings no types
    return shape.text_frame.paragraphs


def _text(shape: Shape) -> str:
    return _frame_text(shape.text_frame)[:TITLE_LETTERS]


def _frame_text(frame: Any) -> str:  # noqa: ANN401 - as above
    return "\n".join(paragraph_text(p._p) for p in frame.paragraphs)  # noqa: SLF001 - its XML


def _cell(cell: Any) -> GridCell:  # noqa: ANN401 - as above
    text = one_line(_frame_text(cell.text_frame))
    if not cell.is_merge_origin:
        return GridCell(text=text)
    return GridCell(text=text, rows=cell.span_height, columns=cell.span_width)


def _alt(shape: Shape) -> str:
    node = shape._element.find(".//p:cNvPr", NAMESPACES)  # noqa: SLF001 - not shown otherwise
    return "" if node is None else str(node.get("descr", ""))


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
