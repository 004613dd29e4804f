"""OpenDocument decks (.odp): each slide is a page, each frame has its box; notes come last."""

from __future__ import annotations

from typing import Final

from ingest.parsers.base.elements import one_line, text_element
from ingest.parsers.base.office.markup import XmlNode
from ingest.parsers.odf.odf import (
    NAMES,
    OdfPackage,
    comment_of,
    lines_of,
    name,
    points,
    table_elements,
)
from ingest.parsers.slides.slides import cut_warning, on_slide, slide_notes, slide_text, slide_title
from rag.datamodel import BBox, Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

DEFAULT_PT: Final = (793.8, 595.35)
"""28 x 21 cm, what Impress makes where a deck does not say its size."""

_LEFT_OUT: Final = frozenset({"date-time", "footer", "header", "page-number"})


def parse_odf_slides(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODP."""
    limit = settings.page_limit
    elements: list[Element] = []
    with OdfPackage(file, assets, settings=settings) as package:
        slides = package.body("office:presentation").findall("draw:page", NAMES)
        size = _size_pt(package.styles)
        for page, slide in enumerate(slides[:limit], 1):
            elements += _OdfSlide(package, page, size).read(slide)
        notes = cut_warning(len(slides), limit)
        return package.document(elements, page_count=len(slides), notes=notes)


def _size_pt(styles: XmlNode | None) -> tuple[float, float]:
    for layout in [] if styles is None else styles.iter(name("style:page-layout-properties")):
        width = points(layout.get(name("fo:page-width")))
        height = points(layout.get(name("fo:page-height")))
        if width and height and width > 0 and height > 0:
            return width, height
    return DEFAULT_PT


class _OdfSlide:
    def __init__(self, package: OdfPackage, page: int, size: tuple[float, float]) -> None:
        self._package = package
        self._page = page
        self._width, self._height = size

    def read(self, slide: XmlNode) -> list[Element]:
        shapes = [node for node in _shapes(slide) if _class(node) not in _LEFT_OUT]
        title = next((node for node in shapes if _class(node) == "title"), None)
        words = "" if title is None else one_line(" ".join(lines_of(title)))
        bbox = None if title is None else self._box(title)
        elements = on_slide(slide_title(words, self._page), self._page, bbox)
        for node in shapes:
            if node is not title:
                elements += on_slide(self._shape(node), self._page, self._box(node))
        comments = map(comment_of, slide.findall("office:annotation", NAMES))
        frames = slide.findall("presentation:notes/draw:frame", NAMES)
        lines = [line for f in frames if _class(f) == "notes" for line in lines_of(f)]
        below = (*(e for text in comments for e in text_element(text)), *slide_notes(lines))
        return elements + on_slide(below, self._page)

    def _shape(self, node: XmlNode) -> list[Element]:
        tables = node.findall("table:table", NAMES)
        elements = [e for table in tables for e in table_elements(table)]
        lines = [] if elements else [(0, line) for line in lines_of(node) if line.strip()]
        elements += slide_text(lines, is_list=_class(node) == "outline")
        return elements + self._package.picture(node)

    def _box(self, node: XmlNode) -> BBox | None:
        sides = [points(node.get(name(f"svg:{key}"))) for key in ("x", "y", "width", "height")]
        if any(side is None for side in sides):
            return None
        x, y, width, height = (side or 0.0 for side in sides)
        x0, y0 = x / self._width, y / self._height
        return BBox.clamped(x0, y0, x0 + width / self._width, y0 + height / self._height)


def _shapes(parent: XmlNode) -> list[XmlNode]:
    """Return what is drawn, groups taken apart, without the notes."""
    shapes: list[XmlNode] = []
    for node in parent:
        if node.tag == name("draw:g"):
            shapes += _shapes(node)
        elif isinstance(node.tag, str) and node.tag.startswith(f"{{{NAMES['draw']}}}"):
            shapes.append(node)
    return shapes


def _class(node: XmlNode) -> str:
    return str(node.get(name("presentation:class"), ""))
