"""OpenDocument texts (.odt), sheets (.ods) and decks (.odp), as elements.

Of texts headings, paragraphs, lists, tables, notes and pictures; of sheets values as they are
shown, nothing is computed; of decks each slide is a page, each frame has its box, notes come last.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import takewhile
from typing import Final

from openpyxl.utils import get_column_letter

from ingest.parsers.base.elements import (
    comment_text,
    heading,
    list_element,
    one_line,
    place_captions,
    text_element,
    text_elements,
)
from ingest.parsers.base.office import NAMESPACES, XmlNode, margin_element, name
from ingest.parsers.odf.odf import (
    MAX_REPEAT,
    OdfPackage,
    cell_text,
    comment_of,
    lines_of,
    number,
    paragraph_text,
    points,
    styles_of,
    table_elements,
)
from ingest.parsers.sheets.sheets import MAX_COLUMNS, WIDEST, MergedCells, SheetReader
from ingest.parsers.slides.slides import cut_warning, on_slide, slide_notes, slide_text, slide_title
from rag.datamodel import BBox, Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_LEFT_OUT: Final = frozenset(
    map(
        name,
        "text:tracked-changes text:table-of-content text:alphabetical-index "
        "text:illustration-index text:table-index office:annotation "
        "office:forms text:sequence-decls".split(),
    )
)
_INNER: Final = tuple(map(name, ("draw:frame", "text:note-body", "office:annotation")))
_MARGINS: Final = {
    kind: tuple(name(f"style:{kind}{page}") for page in ("", "-first", "-left"))
    for kind in ("header", "footer")
}
_TITLE_STYLES: Final = frozenset({"Title", "Subtitle"})


def parse_odf_text(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODT; has no pages of its own."""
    with OdfPackage(file, assets, settings=settings) as package:
        body = place_captions(_OdfTextReader(package).blocks(package.body("office:text")))
        top, foot = (margin_element(_margin(package.styles, tags)) for tags in _MARGINS.values())
        return package.document([*top, *body, *foot])


def _margin(styles: XmlNode | None, tags: tuple[str, ...]) -> Iterator[str]:
    for node in () if styles is None else styles.iter(*tags):
        if node.get(name("style:display")) != "false":
            yield from lines_of(node)


class _OdfTextReader:
    def __init__(self, package: OdfPackage) -> None:
        self._package = package
        self._styles = styles_of(package.content)
        self._numbered = _numbered(package.content)

    def blocks(self, parent: XmlNode) -> list[Element]:
        elements: list[Element] = []
        for node in parent:
            if node.tag not in _LEFT_OUT and isinstance(node.tag, str):
                elements += self._block(node)
        return elements

    def _block(self, node: XmlNode) -> list[Element]:
        if node.tag == name("text:h"):
            level = number(node, "text:outline-level", 1)
            return heading(paragraph_text(node), level) + self._inner_elements(node)
        if node.tag == name("text:p"):
            style = node.get(name("text:style-name"), "")
            is_title = self._styles.get(style, (style, None))[0] in _TITLE_STYLES
            made = text_element(paragraph_text(node), "title" if is_title else "paragraph")
            return made + self._inner_elements(node)
        if node.tag == name("text:list"):
            is_numbered = node.get(name("text:style-name"), "") in self._numbered
            items = _items(node, 0, is_numbered=is_numbered)
            return list_element(items) + self._inner_elements(node)
        if node.tag == name("table:table"):
            return table_elements(node) + self._inner_elements(node)
        if node.tag == name("draw:frame"):
            return self._frame(node)
        return self.blocks(node)

    def _inner_elements(self, node: XmlNode) -> list[Element]:
        """Return the frames, notes and comments that stand in a block."""
        elements: list[Element] = []
        for inner in node.iter(*_INNER):
            if inner.tag == name("office:annotation"):
                elements += text_element(comment_of(inner))
            elif inner.tag == name("text:note-body"):
                elements += text_element(" ".join(map(paragraph_text, inner)))
            around = takewhile(lambda one: one is not node, inner.iterancestors())
            if inner.tag == name("draw:frame") and all(one.tag != inner.tag for one in around):
                elements += self._frame(inner)
        return elements

    def _frame(self, frame: XmlNode) -> list[Element]:
        elements = self._package.picture(frame)
        for box in frame.findall("draw:text-box", NAMESPACES):
            words = self.blocks(box)
            figures = [e for e in words if e.role == "figure"]
            elements += [*figures, *(e for e in words if e.role != "figure")]
        return elements


def _numbered(root: XmlNode | None) -> frozenset[str]:
    """Return the list styles whose outermost items are numbered."""
    path = "office:automatic-styles/text:list-style/text:list-level-style-number"
    levels = () if root is None else root.iterfind(path, NAMESPACES)
    outermost = (level for level in levels if number(level, "text:level", 1) == 1)
    return frozenset(level.getparent().get(name("style:name"), "") for level in outermost)


def _items(node: XmlNode, depth: int, *, is_numbered: bool) -> Iterator[tuple[int, str]]:
    count = 0
    for item in node:
        if item.tag not in {name("text:list-item"), name("text:list-header")}:
            continue
        words = [paragraph_text(p) for p in item if p.tag in {name("text:p"), name("text:h")}]
        if any(words):
            count += 1
            yield depth, (f"{count}. " if is_numbered else "- ") + " ".join(words)
        for inner in item.findall("text:list", NAMESPACES):
            yield from _items(inner, depth + 1, is_numbered=False)


_CELLS: Final = frozenset(map(name, ["table:table-cell", "table:covered-table-cell"]))


def parse_odf_sheets(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODS."""
    elements: list[Element] = []
    with OdfPackage(file, assets, settings=settings) as package:
        body = package.body("office:spreadsheet")
        path = "office:automatic-styles/style:style/style:table-properties"
        hidden = {
            how.getparent().get(name("style:name"))
            for how in body.getparent().getparent().iterfind(path, NAMESPACES)
            if how.get(name("table:display")) == "false"
        }
        sheets = body.findall("table:table", NAMESPACES)
        reader = SheetReader(partial(assets.put_rows, file.sha256), sheets=len(sheets))
        for sheet in sheets:
            elements += reader.sheet(
                sheet.get(name("table:name"), ""),
                _sheet_rows(sheet),
                height=sum(1 for _ in sheet.iter(name("table:table-row"))),
                is_hidden=sheet.get(name("table:style-name")) in hidden,
                extra=_extra_elements(sheet, package),
            )
        return package.document(elements, named_by=(), notes=reader.warnings)


def _extra_elements(sheet: XmlNode, package: OdfPackage) -> list[Element]:
    pictures = [e for frame in sheet.iter(name("draw:frame")) for e in package.picture(frame)]
    shapes = (
        "\n".join(lines_of(shape))
        for shape in sheet.iter(f"{{{NAMESPACES['draw']}}}*")
        if shape.find("text:p", NAMESPACES) is not None
    )
    return pictures + text_elements((*shapes, *_notes(sheet)))


def _notes(sheet: XmlNode) -> Iterator[str]:
    """Yield the notes on cells, each with who wrote it on which cell."""
    place, kind = 1, name("office:annotation")
    has_notes = next(sheet.iter(kind), None) is not None
    for row in sheet.iter(name("table:table-row")) if has_notes else ():
        for note in row.iter(kind):
            author = note.findtext("dc:creator", "", NAMESPACES)
            before = note.getparent().itersiblings(*_CELLS, preceding=True)
            column = 1 + sum(number(cell, "table:number-columns-repeated", 1) for cell in before)
            cell = f"{get_column_letter(min(column, WIDEST))}{place}"
            text = "\n".join(lines_of(note)).strip()
            yield comment_text(text, author=author, place=cell)
        place += number(row, "table:number-rows-repeated", 1)


def _sheet_rows(sheet: XmlNode) -> Iterator[list[str]]:
    """Yield the rows of a sheet as text; a blank one once, however often it comes."""
    merged, place = MergedCells(), 0
    for row in sheet.iter(name("table:table-row")):
        cells = _sheet_cells(row, merged, place)
        times = number(row, "table:number-rows-repeated", 1)
        for nth in range(min(times, MAX_REPEAT) if any(cells) else 1):
            yield merged.fill(place + nth, [*cells])
        place += times


def _sheet_cells(row: XmlNode, merged: MergedCells, place: int) -> list[str]:
    """Return the cells of a row, and tell where they go on in the rows below."""
    cells: list[str] = []
    for node in row:
        if node.tag in _CELLS:
            spanned = number(node, "table:number-rows-spanned", 1)
            merged.add(place, len(cells), place + spanned - 1)
            repeat = number(node, "table:number-columns-repeated", 1)
            cells += [cell_text(node)] * min(repeat, MAX_COLUMNS + 1 - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells


DEFAULT_PT: Final = (793.8, 595.35)
"""28 x 21 cm, what Impress makes where a deck does not say its size."""

_NOT_SAID: Final = frozenset({"date-time", "footer", "header", "page-number"})


def parse_odf_slides(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """ODP."""
    limit = settings.page_limit
    elements: list[Element] = []
    with OdfPackage(file, assets, settings=settings) as package:
        slides = package.body("office:presentation").findall("draw:page", NAMESPACES)
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
        shapes = [node for node in _shapes(slide) if _class(node) not in _NOT_SAID]
        title = next((node for node in shapes if _class(node) == "title"), None)
        words = "" if title is None else one_line(" ".join(lines_of(title)))
        bbox = None if title is None else self._box(title)
        elements = on_slide(slide_title(words, self._page), self._page, bbox)
        for node in shapes:
            if node is not title:
                elements += on_slide(self._shape(node), self._page, self._box(node))
        comments = map(comment_of, slide.findall("office:annotation", NAMESPACES))
        frames = slide.findall("presentation:notes/draw:frame", NAMESPACES)
        lines = [line for f in frames if _class(f) == "notes" for line in lines_of(f)]
        below = (*text_elements(comments), *slide_notes(lines))
        return elements + on_slide(below, self._page)

    def _shape(self, node: XmlNode) -> list[Element]:
        tables = node.findall("table:table", NAMESPACES)
        elements = [e for table in tables for e in table_elements(table)]
        lines = [] if elements else [(0, line) for line in lines_of(node) if line.strip()]
        elements += slide_text(lines, is_list=_class(node) == "outline")
        return elements + self._package.picture(node)

    def _box(self, node: XmlNode) -> BBox | None:
        keys = ("x", "y", "width", "height")
        x, y, width, height = (points(node.get(name(f"svg:{key}"))) for key in keys)
        if x is None or y is None or width is None or height is None:
            return None
        x0, y0 = x / self._width, y / self._height
        return BBox.clamped(x0, y0, x0 + width / self._width, y0 + height / self._height)


def _shapes(parent: XmlNode) -> list[XmlNode]:
    """Return what is drawn, groups taken apart, without the notes."""
    shapes: list[XmlNode] = []
    for node in parent:
        if node.tag == name("draw:g"):
            shapes += _shapes(node)
        elif isinstance(node.tag, str) and node.tag.startswith(f"{{{NAMESPACES['draw']}}}"):
            shapes.append(node)
    return shapes


def _class(node: XmlNode) -> str:
    return str(node.get(name("presentation:class"), ""))
