"""PowerPoint decks (.pptx, .pptm, .ppsx): each slide is a page, each shape has its box.

Text, tables, native charts and diagrams, pictures, and the speaker's notes of each slide. A
placeholder without a box of its own has that of its layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from msgspec import structs
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
from ingest.parsers.base.office import (
    NAMESPACES,
    XmlNode,
    chart_elements,
    diagram_lines,
    name,
    open_package,
    parsed_xml,
    part_of,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_in_package
from ingest.parsers.slides.shapes import (
    Shape,
    authors_of,
    comments_of,
    paragraph_text,
    placed_shapes,
)
from rag.datamodel import BBox, Document, Element, Provenance, SourceFile
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
        size = presentation.slide_width, presentation.slide_height
        for page, slide in enumerate(slides[: settings.page_limit], 1):
            elements += _Slide(slide, page, pictures).read(size, authors)
        unread = unread_in_package(archive, elements)
    title = package.core_properties.title
    return document_of(
        file,
        elements,
        title=meaningful_title(title, first_text(elements, "title", "heading")),
        page_count=len(slides),
        warnings=(*pictures.warnings, *cut_warning(len(slides), settings.page_limit), *unread),
    )


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
    made = [element for line in lines for element in text_element(line)]
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
        comments = (e for text in comments_of(self._slide, authors) for e in text_element(text))
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
        for chart in node.iter(name("c:chart")):
            if (root := self._related_root(chart.get(name("r:id")))) is not None:
                elements += chart_elements(root)
        for diagram in node.iter(name("dgm:relIds")):
            if (root := self._related_root(diagram.get(name("r:dm")))) is not None:
                elements += list_element((0, f"- {text}") for text in diagram_lines(root))
        for blip in node.iter(name("a:blip")):  # a picture may fill any shape
            part = part_of(self._slide.part, blip.get(name("r:embed")))
            figure = self._pictures.figure(part.blob) if part else []
            about = node.find(".//p:cNvPr", NAMESPACES) if figure else None
            caption = "" if about is None else description(about.get("descr", ""))
            elements += [*figure, *text_element(caption, "caption")]
        return on_slide(elements, self._page, bbox)

    def _related_root(self, relation_id: str | None) -> XmlNode | None:
        part = part_of(self._slide.part, relation_id)
        return None if part is None else parsed_xml(part.blob)

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
    titles, rest = split_titles(resolve_spans(rows))
    return [e for title in titles for e in text_element(title)] + table_element(tidy(rest))


def _cell(cell: Any) -> GridCell:  # noqa: ANN401 - as above
    text = one_line(_text(cell.text_frame))
    if not cell.is_merge_origin:
        return GridCell(text=text)
    return GridCell(text=text, rows=cell.span_height, columns=cell.span_width)
