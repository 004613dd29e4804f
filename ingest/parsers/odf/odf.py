"""What the OpenDocument formats share: package, names, words, tables, pictures.

OpenDocument 1.3 (OASIS), read with zipfile and lxml: a few elements hold all that can be asked
about, and a library between would open what it was not checked for.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import (
    comment_text,
    description,
    document_of,
    first_text,
    one_line,
    text_element,
    titled_table,
)
from ingest.parsers.base.formatting import (
    PLAIN,
    Look,
    Place,
    Run,
    marked,
    math_text,
)
from ingest.parsers.base.grid import GridCell, resolve_spans
from ingest.parsers.base.office import (
    NAMESPACES,
    PAGE_NUMBER,
    XmlNode,
    local_name,
    name,
    parsed_xml,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_in_open_document
from rag.closing import Closing
from rag.datamodel import Document, Element, Role, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

MAX_REPEAT: Final = 1_000
"""Of one cell or row; sheets say so often that a million empty ones follow."""

MAX_SPACES: Final = 80
_LENGTH: Final = re.compile(r"(-?\d{1,9}(?:\.\d{1,12})?|-?\.\d{1,12})(cm|mm|in|pt|pc|px)?")
_POINTS: Final = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75}


_BREAKS: Final = {name("text:line-break"): "\n", name("text:tab"): "\t"}
_COUNTING: Final = frozenset(map(name, ("text:page-number", "text:page-count")))
_APART: Final = frozenset(
    map(
        name,
        "text:note draw:frame draw:custom-shape draw:g draw:control office:annotation "
        "text:ruby-text text:tracked-changes office:annotation-end".split(),
    )
)
"""What stands in a paragraph and is no part of its words."""


class OdfPackage(Closing):
    """An open file. Raises SourceError where it is broken or locked."""

    def __init__(self, file: SourceFile, assets: Assets, *, settings: Settings) -> None:
        self._file = file
        self._archive = open_checked(file.at, settings=settings)
        self._names = set(self._archive.namelist())
        self._pictures = Pictures(assets)
        if b"encryption-data" in self._read("META-INF/manifest.xml"):
            self._archive.close()
            raise SourceError(
                "The file is password protected.", hint="Save a copy without a password."
            )

    def close(self) -> None:
        self._archive.close()

    def _xml(self, part: str) -> XmlNode | None:
        data = self._read(part)
        return parsed_xml(data) if data else None

    @cached_property
    def styles(self) -> XmlNode | None:
        """The named styles and the pages' headers and footers."""
        root = self._xml("styles.xml")
        if root is not None:
            _tell_looks(root, None)
        return root

    @cached_property
    def content(self) -> XmlNode | None:
        """The content, its elements told of how they look."""
        root = self._xml("content.xml")
        if root is not None:
            _tell_looks(root, self.styles)
        return root

    def body(self, kind: str) -> XmlNode:
        """Return the content (`office:text` and the like). Raises SourceError without one."""
        body = (
            None if self.content is None else self.content.find(f"office:body/{kind}", NAMESPACES)
        )
        if body is None:
            raise SourceError("The file is damaged: it has no content.")
        return body

    def document(
        self,
        elements: Sequence[Element],
        *,
        named_by: tuple[Role, ...] = ("title", "heading"),
        page_count: int = 0,
        notes: Iterable[str] = (),
    ) -> Document:
        """Return the document of these, with notes, also on what the package holds beside them.

        Where the package tells no title, the first of the elements in these roles does.
        """
        root = self._xml("meta.xml")
        title = "" if root is None else root.findtext(".//dc:title", "", NAMESPACES)
        titles = (title, first_text(elements, *named_by))
        unread = unread_in_open_document(self._archive, elements)
        notes = (*self._pictures.warnings, *notes, *unread)
        return document_of(self._file, elements, *titles, page_count=page_count, warnings=notes)

    def picture(self, frame: XmlNode) -> list[Element]:
        """Return the pictures and charts of a frame, and what it says of them."""
        for held in frame.findall("draw:object", NAMESPACES):
            made = self._object(_inside(held))
            if made:
                return made
        elements: list[Element] = []
        for image in frame.findall("draw:image", NAMESPACES)[:1]:  # the others show the same
            data = self._read(_inside(image))
            elements += self._pictures.figure(data) if data else []
        if elements:
            words = " ".join(
                frame.findtext(f"svg:{key}", "", NAMESPACES) for key in ("title", "desc")
            )
            elements += text_element(description(words), "caption")
        return elements

    def _object(self, folder: str) -> list[Element]:
        root = self._xml(f"{folder}/content.xml")
        if root is None:
            return []
        if local_name(root.tag) == "math":
            return text_element(math_text(root))
        sheets = root.findall("office:body/office:spreadsheet/table:table", NAMESPACES)
        chart = root.find(".//chart:chart", NAMESPACES)
        if sheets or chart is None:
            return [e for table in sheets for e in table_elements(table)]
        title = " ".join(map(paragraph_text, chart.findall("chart:title/text:p", NAMESPACES)))
        tables = (e for table in chart.iter(name("table:table")) for e in table_elements(table))
        return [*text_element(title), *tables]

    def _read(self, part: str) -> bytes:
        try:
            return self._archive.read(part) if part in self._names else b""
        except (zipfile.BadZipFile, OSError, RuntimeError, EOFError) as error:
            raise SourceError("The file is damaged: a part can't be unpacked.") from error


def _inside(link: XmlNode) -> str:
    """Return the name of the part that a link leads to; one to elsewhere leads to none."""
    return str(link.get(name("xlink:href"), "")).removeprefix("./")


_LOOK: Final = "look"
"""The attribute that an element of the content gets: how its words look, as `_look` tells."""

_MAX_CHAIN: Final = 20
_STYLED: Final = tuple(map(name, ("text:p", "text:h", "text:span")))
_Style = tuple[str, XmlNode | None]
"""The name of the style that one is made of, and its properties of text."""


def _tell_looks(content: XmlNode, styles: XmlNode | None) -> None:
    """Write into the elements of a content how their style makes them look.

    OpenDocument 1.3, 20.359 (text-line-through-style), 20.384 (text-position).
    """
    known = styles_of(styles) | styles_of(content)
    looks = {key: _look(key, known) for key in known}
    for node in content.iter(*_STYLED):
        if look := looks.get(node.get(name("text:style-name"), "")):
            node.set(_LOOK, look)


def styles_of(root: XmlNode | None) -> dict[str, _Style]:
    """Return the styles by their names."""
    return {
        style.get(name("style:name"), ""): (
            style.get(name("style:parent-style-name"), ""),
            style.find("style:text-properties", NAMESPACES),
        )
        for style in (() if root is None else root.iter(name("style:style")))
    }


def _look(key: str, styles: dict[str, _Style]) -> str:
    """Return a look as "struck raised", each word where it is so."""
    line, position = None, ""
    for _ in range(_MAX_CHAIN):
        if key not in styles:
            break
        key, text = styles[key]
        if text is not None:
            line = line or text.get(name("style:text-line-through-style"))
            line = line or text.get(name("style:text-line-through-type"))
            position = position or text.get(name("style:text-position"), "")
    is_struck = line not in {None, "none"}
    return f"{'struck' * is_struck} {_place(position)}".strip()


def _place(position: str) -> str:
    """Return the place that a position means: "super 58%", "-33% 58%"."""
    first = position.partition(" ")[0]
    if first == "sub" or first.startswith("-"):
        return "lowered"
    return "raised" if first == "super" or first.strip("0.%") else ""


def _look_of(node: XmlNode) -> Look:
    look = node.get(_LOOK)
    if look is None:
        return PLAIN
    place: Place = "raised" if "raised" in look else "lowered" if "lowered" in look else ""
    return Look("struck" in look, place)


def paragraph_text(paragraph: XmlNode) -> str:
    """Return the words of a paragraph, without its notes, comments and frames."""
    return marked(_runs(paragraph, PLAIN))


def _runs(node: XmlNode, outer: Look) -> Iterator[Run]:
    look = _look_of(node).within(outer)
    yield node.text or "", look
    for child in node:
        if child.tag == name("text:s"):
            yield " " * min(number(child, "text:c", 1), MAX_SPACES), look
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag], look
        elif child.tag in _COUNTING:
            yield PAGE_NUMBER, look
        elif isinstance(child.tag, str) and child.tag not in _APART:
            yield from _runs(child, look)
        yield child.tail or "", look


def comment_of(annotation: XmlNode) -> str:
    """Return what a person noted at a place of the text."""
    words = one_line(" ".join(map(paragraph_text, annotation.iter(name("text:p")))))
    return comment_text(words, author=annotation.findtext("dc:creator", "", NAMESPACES))


def number(node: XmlNode, attribute: str, default: int) -> int:
    """Return a number that an attribute holds, at most a million."""
    text = node.get(name(attribute), "")
    return min(int(text[:7]), 1_000_000) if text.isdecimal() else default


def points(text: str | None) -> float | None:
    """Return a length in points; None where there is none."""
    found = _LENGTH.fullmatch(text or "")
    return float(found.group(1)) * _POINTS[found.group(2) or "pt"] if found else None


def table_elements(table: XmlNode) -> list[Element]:
    """Return a text's or slide's table, titles in merged rows above it."""
    rows = list(_rows(table))
    heads = [row.getparent().tag == name("table:table-header-rows") for row in rows]
    return titled_table(resolve_spans(map(_cells, rows)), heads)


def _rows(table: XmlNode) -> Iterator[XmlNode]:
    """Yield the rows of a table, not those of tables in its cells."""
    for node in table:
        if node.tag == name("table:table-row"):
            yield node
        elif node.tag in _ROW_GROUPS:
            yield from _rows(node)


_ROW_GROUPS: Final = frozenset(
    map(name, "table:table-header-rows table:table-rows table:table-row-group".split())
)


def _cells(row: XmlNode) -> list[GridCell]:
    cells: list[GridCell] = []
    for node in row.findall("table:table-cell", NAMESPACES):
        cell = GridCell(
            text=cell_text(node),
            rows=number(node, "table:number-rows-spanned", 1),
            columns=number(node, "table:number-columns-spanned", 1),
        )
        repeat = min(number(node, "table:number-columns-repeated", 1), MAX_REPEAT)
        cells += [cell] * (repeat if cell.text else min(repeat, 1))
    return cells


def cell_text(cell: XmlNode) -> str:
    made = ""
    for part in cell:
        is_apart = part.tag in _APART or str(part.tag).startswith(f"{{{NAMESPACES['draw']}}}")
        for paragraph in () if is_apart else part.iter(name("text:p"), name("text:h")):
            words = paragraph_text(paragraph)
            if words.strip():
                is_item = made and paragraph.getparent().tag == name("text:list-item")
                made += ("; " if is_item else "\n") + words
    return one_line(made)


def lines_of(node: XmlNode) -> list[str]:
    """Return the paragraphs of a note, a shape or a margin."""
    return [paragraph_text(p) for p in node.iter(name("text:p"), name("text:h"))]
