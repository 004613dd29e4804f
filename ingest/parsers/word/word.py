"""Word documents (.docx, .docm): the interleaved text, tables and pictures of the body.

Has no pages: Word finds them when it prints. Headers come before the body, footers after it, once.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, Final

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.package import Package

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import (
    comment_text,
    document_of,
    first_text,
    heading,
    list_element,
    one_line,
    place_captions,
    text_element,
)
from ingest.parsers.base.office import (
    NAMESPACES,
    XmlNode,
    drawn_elements,
    margin_element,
    mended_package,
    name,
    open_package,
    part_of,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_in_package
from ingest.parsers.word.styles import Numbering, Styles
from ingest.parsers.word.text import (
    DRAWINGS,
    Content,
    blocks,
    cell_texts,
    cells_of,
    is_layout,
    read_paragraph,
    read_table,
    rows_of,
    shown_margins,
    text_boxes,
)
from rag.datamodel import Document, Element, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

MAX_DEPTH: Final = 3
"""Of documents in documents."""

_PACKAGE: Final = b"PK\x03\x04"
_RICH: Final = b"{\\rtf"
_SAVED: Final = re.compile(rb"[\w-]+:[^\n]*\n(?:.*\n)*?content-type:", re.IGNORECASE)
_PAGE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|(?:\xff\xfe|\xfe\xff)\s*\0?<")
_HEAD_BYTES: Final = 2_000

BOLD_LEVEL: Final = 4
BOLD_HEADING_LETTERS: Final = 90
_MARGINS: Final = ("header", "footer")
_NUMBERED: Final = re.compile(r"\d{1,3}(\.\d{1,3})+\.?\s+[^\W\d_][^\n]{2,80}")
_NOTE_PARTS: Final = {
    name("w:footnoteReference"): (RELATIONSHIP_TYPE.FOOTNOTES, "w:footnote"),
    name("w:endnoteReference"): (RELATIONSHIP_TYPE.ENDNOTES, "w:endnote"),
    name("w:commentReference"): (RELATIONSHIP_TYPE.COMMENTS, "w:comment"),
}


def parse_word(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """DOCX through python-docx's package reader."""
    pictures = Pictures(assets)
    with open_package(file.at, settings=settings) as (archive, stream):
        package = Package.open(stream)
        elements = place_captions(_Body(package, pictures, settings).read())
        unread = unread_in_package(archive, elements)
    top = next((e.text for e in elements if e.role == "heading" and e.level == 1), "")
    titles = (package.core_properties.title, first_text(elements, "title"), top)
    return document_of(file, elements, *titles, warnings=(*pictures.warnings, *unread))


def _root(part: Any) -> XmlNode:  # noqa: ANN401 - python-docx's parts
    """Return a part's XML; macro documents come as bytes."""
    return part.element if hasattr(part, "element") else parse_xml(part.blob)


class _Body:
    def __init__(
        self, package: Package, pictures: Pictures, settings: Settings, *, depth: int = 0
    ) -> None:
        self._part = package.main_document_part
        self._pictures = pictures
        self._settings = settings
        self._depth = depth
        self._styles = Styles(self._root_of(RELATIONSHIP_TYPE.STYLES))
        self._numbering = Numbering(self._root_of(RELATIONSHIP_TYPE.NUMBERING))
        self._elements: list[Element] = []
        self._items: list[tuple[int, str]] = []  # of the list at hand
        self._notes: dict[str, dict[str, str]] = {}  # by tag, by id

    def read(self) -> list[Element]:
        """Return the elements, in order. Raises SourceError where there is no body."""
        body = _root(self._part).find("w:body", NAMESPACES)
        if body is None:
            raise SourceError("The file has no text body: it is damaged or no Word document.")
        self._styles.write_looks(body)
        self._read_blocks(body)
        self._end_list()
        margins = (shown_margins(body, kind, root_of=self._root_of) for kind in _MARGINS)
        top, foot = map(margin_element, margins)
        return [*top, *self._elements, *foot]

    def _root_of(self, relation: str) -> XmlNode | None:
        part = part_of(self._part, relation)
        if part is None:
            with suppress(KeyError):
                part = self._part.part_related_by(relation)
        return None if part is None else _root(part)

    def _read_blocks(self, parent: XmlNode) -> None:
        for block in blocks(parent):
            if block.tag == name("w:p"):
                self._read_paragraph(block)
                continue
            self._end_list()
            if block.tag == name("w:tbl"):
                self._read_table(block)
            elif (part := part_of(self._part, block.get(name("r:id")))) is not None:
                self._elements += self._chunk(part.blob)

    def _chunk(self, data: bytes) -> list[Element]:
        if self._depth == MAX_DEPTH:
            return []
        if not data.startswith(_PACKAGE):
            return _foreign_elements(data, self._pictures)
        inner = Package.open(mended_package(data, settings=self._settings))
        return _Body(inner, self._pictures, self._settings, depth=self._depth + 1).read()

    def _read_paragraph(self, paragraph: XmlNode) -> None:
        content = read_paragraph(paragraph)
        if content.text.strip() and not self._styles.is_contents(paragraph):
            self._add_text(paragraph, content)
        if content.drawings or content.notes:
            self._end_list()
        for drawing in content.drawings:
            self._read_drawing(drawing)
        for tag, note_id in content.notes:
            self._add_note(tag, note_id)

    def _add_text(self, paragraph: XmlNode, content: Content) -> None:
        """Add a paragraph as what it is: list item, heading, caption, or text."""
        text = content.text
        level = self._styles.heading_level(paragraph)
        numbered = self._styles.numbering(paragraph)
        mark = self._numbering.mark(*numbered) if numbered else ""
        style = self._styles.name_of(paragraph)
        if numbered and level is None and style != "title":
            self._items.append((numbered[1], f"{mark} {text}".strip()))
            return
        self._end_list()
        if style == "title":
            self._elements += text_element(one_line(text), "title")
        elif level is not None:
            self._elements += heading(f"{mark} {text}", level)
        elif style == "caption":
            self._elements += text_element(text, "caption")
        elif _NUMBERED.fullmatch(text.strip()) or (content.is_bold and _reads_as_heading(text)):
            self._elements += heading(text, BOLD_LEVEL)
        else:
            self._elements += text_element(text)

    def _end_list(self) -> None:
        self._elements += list_element(self._items)
        self._items = []

    def _read_table(self, table: XmlNode) -> None:
        texts = cell_texts(table)
        if is_layout(texts):
            for row in rows_of(table):
                for cell in cells_of(row):
                    self._read_blocks(cell)
            self._end_list()
            return
        self._elements += read_table(table, texts)
        for drawing in table.iter(*DRAWINGS):
            self._read_drawing(drawing)
        self._end_list()
        for note in table.iter(*_NOTE_PARTS):
            self._add_note(note.tag, note.get(name("w:id"), ""))

    def _read_drawing(self, drawing: XmlNode) -> None:
        about = next(drawing.iter(name("wp:docPr")), None)
        alt = "" if about is None else about.get("descr", "")
        self._elements += drawn_elements(drawing, self._part, self._pictures, alt=alt)
        for box in text_boxes(drawing):
            self._read_blocks(box)
            self._end_list()

    def _add_note(self, tag: str, note_id: str) -> None:
        if tag not in self._notes:
            relationship, node_name = _NOTE_PARTS[tag]
            self._notes[tag] = _notes_of(self._root_of(relationship), node_name)
        self._elements += text_element(self._notes[tag].get(note_id, ""))


def _foreign_elements(data: bytes, pictures: Pictures) -> list[Element]:
    """Return what stands for a piece of a document (altChunk; ECMA-376, part 1, 17.17.2).

    Report generators and mail merges write whole bodies so: pages, saved pages (MHT), Rich Text,
    plain text, told by content. Raises SourceError, LimitError.
    """
    from ingest.archives.mailbox import read_message  # noqa: PLC0415 - rarely needed, as the rest
    from ingest.parsers.mail import body_elements  # noqa: PLC0415
    from ingest.parsers.text.markup import rich_text_elements  # noqa: PLC0415
    from ingest.parsers.text.plain import plain_elements  # noqa: PLC0415
    from ingest.parsers.web.web import page_elements  # noqa: PLC0415

    if data.startswith(_RICH):
        return rich_text_elements(data, pictures)[1]
    if _SAVED.match(data[:_HEAD_BYTES]):
        return body_elements(read_message(data), pictures)[1]
    if _PAGE.match(data):
        return page_elements(data, pictures=pictures)[1]
    return plain_elements(decode_text(data))


def _notes_of(root: XmlNode | None, node_name: str) -> dict[str, str]:
    notes: dict[str, str] = {}
    for note in () if root is None else root.findall(node_name, NAMESPACES):
        words = one_line(" ".join(read_paragraph(p).text for p in note.iter(name("w:p"))))
        if note.tag == name("w:comment"):
            words = comment_text(words, author=note.get(name("w:author"), ""))
        notes.setdefault(note.get(name("w:id"), ""), words)
    return notes


def _reads_as_heading(text: str) -> bool:
    words = one_line(text)
    has_letters = any(letter.isalpha() for letter in words)
    return has_letters and len(words) <= BOLD_HEADING_LETTERS and words[-1] not in ".,;"
