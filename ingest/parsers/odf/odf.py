"""What the OpenDocument formats share: package, names, words, tables, pictures.

OpenDocument 1.3 (OASIS), read with zipfile and lxml: a few elements hold all that can be asked
about, and a library between would open what it was not checked for.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import (
    comment_text,
    description,
    one_line,
    table_element,
    text_element,
)
from ingest.parsers.base.formatting import PLAIN, Look, Run, marked, math_text, shown_in
from ingest.parsers.base.grid import GridCell, resolve_spans, split_titles, tidy
from ingest.parsers.base.office.markup import PAGE_NUMBER, XmlNode, local_name, parsed_xml
from ingest.parsers.base.office.unread_parts import unread_in_open_document
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.odf.looks import (
    NAMES,
    font_of,
    look_of,
    name,
    shown_by,
    tell_controls,
    tell_looks,
)
from rag.closing import Closing
from rag.datamodel import BBox, Element, SourceFile
from rag.errors import SourceError
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
        "text:note draw:frame draw:custom-shape draw:g office:annotation text:ruby-text".split(),
    )
)
"""What stands in a paragraph and is no part of its words."""

_DELETED: Final = frozenset(map(name, ["text:tracked-changes", "office:annotation-end"]))


class OdfPackage(Closing):
    """An open file. Raises SourceError where it is broken or locked."""

    def __init__(self, file: SourceFile, pictures: Pictures, *, settings: Settings) -> None:
        self._archive = open_checked(file.at, settings=settings)
        self._names = set(self._archive.namelist())
        self.pictures = pictures
        if b"encryption-data" in self._read("META-INF/manifest.xml"):
            self._archive.close()
            raise SourceError(
                "The file is password protected.", hint="Save a copy without a password."
            )

    def close(self) -> None:
        self._archive.close()

    def xml(self, part: str) -> XmlNode | None:
        """Return the root of a part; None where it is missing."""
        data = self._read(part)
        return parsed_xml(data) if data else None

    @cached_property
    def styles(self) -> XmlNode | None:
        """The named styles and the pages' headers and footers."""
        root = self.xml("styles.xml")
        if root is not None:
            tell_looks(root, None)
        return root

    @cached_property
    def content(self) -> XmlNode | None:
        """The content, its elements told of how they look."""
        root = self.xml("content.xml")
        if root is not None:
            tell_looks(root, self.styles)
            tell_controls(root)
        return root

    def body(self, kind: str) -> XmlNode:
        """Return the content (`office:text` and the like). Raises SourceError without one."""
        body = None if self.content is None else self.content.find(f"office:body/{kind}", NAMES)
        if body is None:
            raise SourceError("The file is damaged: it has no content.")
        return body

    def title(self) -> str:
        root = self.xml("meta.xml")
        return "" if root is None else one_line(root.findtext(".//dc:title", "", NAMES))

    def picture(
        self, frame: XmlNode, *, page: int | None = None, bbox: BBox | None = None
    ) -> list[Element]:
        """Return the pictures and charts of a frame, and what it says of them."""
        for held in frame.findall("draw:object", NAMES):
            made = self._object(_inside(held), page=page, bbox=bbox)
            if made:
                return made
        elements: list[Element] = []
        for image in frame.findall("draw:image", NAMES)[:1]:  # the others show the same
            data = self._read(_inside(image))
            elements += self.pictures.figure(data, page=page, bbox=bbox) if data else []
        if elements:
            words = " ".join(frame.findtext(f"svg:{key}", "", NAMES) for key in ("title", "desc"))
            elements += text_element(description(words), "caption", page=page, bbox=bbox)
        return elements

    def _object(self, folder: str, *, page: int | None, bbox: BBox | None) -> list[Element]:
        """Return what an object within holds: a formula, sheets, a chart."""
        root = self.xml(f"{folder}/content.xml")
        if root is None:
            return []
        if local_name(root.tag) == "math":
            return text_element(math_text(root), page=page, bbox=bbox)
        sheets = root.findall("office:body/office:spreadsheet/table:table", NAMES)
        chart = root.find(".//chart:chart", NAMES)
        if sheets or chart is None:
            return [e for table in sheets for e in table_elements(table, page=page, bbox=bbox)]
        title = " ".join(paragraph_text(p) for p in chart.findall("chart:title/text:p", NAMES))
        elements = text_element(title, page=page, bbox=bbox)
        for table in chart.iter(name("table:table")):
            elements += table_elements(table, page=page, bbox=bbox)
        return elements

    def unread(self, elements: Sequence[Element]) -> list[str]:
        """Return the note on what the package holds beside these, if any."""
        return unread_in_open_document(self._archive, elements)

    def _read(self, part: str) -> bytes:
        try:
            return self._archive.read(part) if part in self._names else b""
        except (zipfile.BadZipFile, OSError, RuntimeError, EOFError) as error:
            raise SourceError("The file is damaged: a part can't be unpacked.") from error


def _inside(link: XmlNode) -> str:
    """Return the name of the part that a link leads to; one to elsewhere leads to none."""
    return str(link.get(name("xlink:href"), "")).removeprefix("./")


def paragraph_text(paragraph: XmlNode) -> str:
    """Return the words of a paragraph, without its notes, comments and frames."""
    return marked(_runs(paragraph, PLAIN))


def _runs(node: XmlNode, outer: Look) -> Iterator[Run]:
    look, font = look_of(node).within(outer), font_of(node)
    yield shown_in(font, node.text or ""), look
    for child in node:
        if child.tag == name("text:s"):
            yield " " * min(number(child, "text:c", 1), MAX_SPACES), look
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag], look
        elif child.tag in _COUNTING:
            yield PAGE_NUMBER, look
        elif child.tag == name("draw:control"):
            yield shown_by(child), look
        elif isinstance(child.tag, str) and child.tag not in _APART | _DELETED:
            yield from _runs(child, look)
        yield shown_in(font, child.tail or ""), look


def comment_of(annotation: XmlNode) -> str:
    """Return what a person noted at a place of the text."""
    words = one_line(" ".join(map(paragraph_text, annotation.iter(name("text:p")))))
    return comment_text(words, author=annotation.findtext("dc:creator", "", NAMES))


def number(node: XmlNode, attribute: str, default: int) -> int:
    """Return a number that an attribute holds, at most a million."""
    text = node.get(name(attribute), "")
    return min(int(text[:7]), 1_000_000) if text.isdecimal() else default


def points(text: str | None) -> float | None:
    """Return a length in points; None where there is none."""
    found = _LENGTH.fullmatch(text or "")
    return float(found.group(1)) * _POINTS[found.group(2) or "pt"] if found else None


def table_elements(
    table: XmlNode, *, page: int | None = None, bbox: BBox | None = None
) -> list[Element]:
    """Return a text's or slide's table, titles in merged rows above it."""
    rows = list(_rows(table))
    heads = [row.getparent().tag == name("table:table-header-rows") for row in rows]
    titles, rest = split_titles(resolve_spans([_cells(row) for row in rows]))
    marked = sum(heads[len(rows) - len(rest) :])
    elements: list[Element] = []
    for title in titles:
        elements += text_element(title, page=page, bbox=bbox)
    return elements + table_element(tidy(rest, header_rows=marked or None), page=page, bbox=bbox)


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
    for node in row.findall("table:table-cell", NAMES):
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
    for part in (part for part in cell if not _is_apart(part)):
        for paragraph in part.iter(name("text:p"), name("text:h")):
            words = paragraph_text(paragraph)
            if words.strip():
                is_item = made and paragraph.getparent().tag == name("text:list-item")
                made += ("; " if is_item else "\n") + words
    return one_line(made)


def _is_apart(part: XmlNode) -> bool:
    return part.tag in _APART or str(part.tag).startswith(f"{{{NAMES['draw']}}}")


def words_of(node: XmlNode) -> str:
    """Return the paragraphs of a note, a shape or a part of a cell as lines."""
    return "\n".join(map(paragraph_text, node.iter(name("text:p"), name("text:h"))))
