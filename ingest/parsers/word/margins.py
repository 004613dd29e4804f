"""The headers and footers that Word shows, of all sections. Knows WordprocessingML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from docx.opc.constants import RELATIONSHIP_TYPE

from ingest.parsers.base.office.markup import NAMESPACES, XmlNode, name
from ingest.parsers.word.runs import is_on, read_paragraph
from ingest.parsers.word.text import blocks, cell_text, cells_of, rows_of, text_boxes

RootOf = Callable[[str], XmlNode | None]
"""Returns the XML behind the id or the type of a relationship; None where there is none."""

_CELL_GAP: Final = "\t"


def shown_margins(body: XmlNode, kind: str, *, root_of: RootOf) -> Iterator[str]:
    """Yield the lines of the headers (`kind` header) or footers of a body's sections."""
    settings = root_of(RELATIONSHIP_TYPE.SETTINGS)
    has_even = is_on(settings, "w:evenAndOddHeaders")
    for section in body.iter(name("w:sectPr")):
        shown = {"default": True, "first": is_on(section, "w:titlePg"), "even": has_even}
        for reference in section.findall(f"w:{kind}Reference", NAMESPACES):
            root = root_of(reference.get(name("r:id"), ""))
            if root is not None and shown.get(reference.get(name("w:type"), "default")):
                yield from _lines(root)


def _lines(parent: XmlNode) -> Iterator[str]:
    for block in blocks(parent):
        if block.tag == name("w:tbl"):
            yield from (_CELL_GAP.join(map(cell_text, cells_of(row))) for row in rows_of(block))
            continue
        content = read_paragraph(block)
        yield content.text
        for drawing in content.drawings:
            for box in text_boxes(drawing):
                yield from _lines(box)
