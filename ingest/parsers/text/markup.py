"""Markdown and reStructuredText, read as pages; Rich Text. Nothing in them runs.

Markdown and reStructuredText are rendered to HTML.

Of reStructuredText directives that read other files (`include`, `raw` and `csv-table` with a file
or address) and raw HTML are off; no configuration file is looked for; what docutils complains of
stays out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from markdown_it import MarkdownIt

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import (
    document_of,
    first_text,
    heading,
    list_element,
    place_captions,
    table_element,
    text_element,
    text_elements,
)
from ingest.parsers.base.grid import Slot, tidy
from ingest.parsers.base.office import margin_element
from ingest.parsers.base.pictures import LocalPictures, Pictures
from ingest.parsers.text.plain import PARAGRAPH_LETTERS, divide_text
from ingest.parsers.text.rtf_reader import RtfBlock, RtfReader
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

LINE_LETTERS: Final = 100_000
"""Markdown's rules take time that grows with the square of a line; longer lines are plain text."""

NESTING: Final = 50
"""Quotes and lists deeper than this would be dropped; lines that begin so are made flat."""

_DEEP: Final = re.compile(r"^(?:[ \t]*[>*+-](?=[ \t>])){20,}[ \t>]*", re.MULTILINE)
_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE_LINE: Final = re.compile(r"^title:(.+)$", re.MULTILINE)


def parse_markdown(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """CommonMark with tables; HTML inside is read as HTML."""
    text = decode_text(file.at.read_bytes())
    front = _FRONT_MATTER.match(text)
    title = _TITLE_LINE.search(front[1]) if front else None
    local = LocalPictures(file, assets, settings=settings)
    elements = _elements(text[front.end() :] if front else text, local)
    return local.document(elements, title=title[1].strip(" \t\"'") if title else "")


def _elements(text: str, local: LocalPictures) -> list[Element]:
    if any(len(line) > LINE_LETTERS for line in text.split("\n")):
        return text_elements(divide_text(text, PARAGRAPH_LETTERS))
    reader = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable(["table", "strikethrough"])
    html = reader.render(_DEEP.sub("> ", text))
    return page_elements(html, fetch=local.fetch, pictures=local.pictures)[1]


_SILENT: Final = 5  # above docutils' most severe level
_OPTIONS: Final[dict[str, Any]] = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": _SILENT,
    "halt_level": _SILENT,
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "stylesheet": None,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "image_loading": "link",
    "initial_header_level": 1,
    "doctitle_xform": False,
    "line_length_limit": 100_000,
    "id_prefix": "",
}


def parse_restructured(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RST; Sphinx's own directives keep their words."""
    from docutils.core import publish_parts  # noqa: PLC0415 - 0.2 s, rarely needed

    text = decode_text(file.at.read_bytes())
    local = LocalPictures(file, assets, settings=settings)
    html = str(publish_parts(text, writer="html5", settings_overrides=_OPTIONS)["html_body"])
    return local.document(page_elements(html, fetch=local.fetch, pictures=local.pictures)[1])


def parse_rich_text(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RTF; has no pages of its own."""
    pictures = Pictures(assets)
    title, elements = rich_text_elements(file.at.read_bytes(), pictures)
    titles = (title, first_text(elements, "title", "heading"))
    return document_of(file, elements, *titles, warnings=pictures.warnings)


def rich_text_elements(data: bytes, pictures: Pictures) -> tuple[str, list[Element]]:
    """Return the title that RTF has among its properties ("" for none), and its elements."""
    reader = RtfReader()
    reader.read(data)
    top, foot = (margin_element(lines) for lines in reader.margins.values())
    return reader.title, [*top, *place_captions(_rich_elements(reader.blocks, pictures)), *foot]


def _rich_elements(blocks: Sequence[RtfBlock], pictures: Pictures) -> list[Element]:
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
                elements += _rich_element(block, pictures)
    return elements


def _rich_element(block: RtfBlock, pictures: Pictures) -> list[Element]:
    if block.picture:
        return pictures.figure(block.picture)
    if block.level == 0:
        return text_element(block.text, "title")
    return heading(block.text, block.level) if block.level else text_element(block.text)
