"""Rich Text files (RTF 1.9.1, often named .doc): headings, paragraphs, lists, tables and pictures.

By a reader of our own: those in the registries drop tables, headings and pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ingest.parsers.base.elements import (
    document_of,
    first_text,
    heading,
    list_element,
    meaningful_title,
    place_captions,
    table_element,
    text_element,
)
from ingest.parsers.base.grid import Slot, tidy
from ingest.parsers.base.office import margin_element
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.text.rtf_reader import RtfBlock, RtfReader
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings


def parse_rich_text(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RTF; has no pages of its own."""
    pictures = Pictures(assets)
    title, elements = rich_text_elements(file.at.read_bytes(), pictures)
    return document_of(
        file,
        elements,
        title=meaningful_title(title, first_text(elements, "title", "heading")),
        warnings=pictures.warnings,
    )


def rich_text_elements(data: bytes, pictures: Pictures) -> tuple[str, list[Element]]:
    """Return the title that RTF has among its properties ("" for none), and its elements."""
    reader = RtfReader()
    reader.read(data)
    top, foot = (margin_element(lines) for lines in reader.margins.values())
    return reader.title, [*top, *place_captions(_elements(reader.blocks, pictures)), *foot]


def _elements(blocks: Sequence[RtfBlock], pictures: Pictures) -> list[Element]:
    elements: list[Element] = []
    for (is_row, is_item), run in groupby(
        blocks, key=lambda block: (bool(block.cells), block.is_item and block.level is None)
    ):
        same = list(run)
        if is_row:
            slots = [[Slot(text) for text in block.cells] for block in same]
            elements += table_element(tidy(slots))
        elif is_item:
            elements += list_element((0, block.text) for block in same)
        else:
            for block in same:
                elements += _element(block, pictures)
    return elements


def _element(block: RtfBlock, pictures: Pictures) -> list[Element]:
    if block.picture:
        return pictures.figure(block.picture)
    if block.level == 0:
        return text_element(block.text, "title")
    return heading(block.text, block.level) if block.level else text_element(block.text)
