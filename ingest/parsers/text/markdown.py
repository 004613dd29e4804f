"""Markdown notes: rendered to HTML by markdown-it and read as a page, so nothing in it runs."""

from __future__ import annotations

import re
from typing import Final

from markdown_it import MarkdownIt

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import document_of, first_text, meaningful_title, text_element
from ingest.parsers.base.local_pictures import LocalPictures
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.text.plain import PARAGRAPH_LETTERS, divide_text
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
    title = _TITLE_LINE.search(front.group(1)) if front else None
    pictures = Pictures(assets)
    local = LocalPictures(file, settings=settings)
    body = text[front.end() :] if front else text
    elements = _elements(body, local, pictures)
    return document_of(
        file,
        elements,
        title=meaningful_title(
            _unquoted(title.group(1)) if title else "", first_text(elements, "heading")
        ),
        warnings=pictures.warnings,
        companions=local.companions,
    )


def _unquoted(value: str) -> str:
    value = value.strip(" \t")
    value = value[1:] if value[:1] in {'"', "'"} else value
    return value[:-1] if value[-1:] in {'"', "'"} else value


def _elements(text: str, local: LocalPictures, pictures: Pictures) -> list[Element]:
    if any(len(line) > LINE_LETTERS for line in text.split("\n")):
        return [e for part in divide_text(text, PARAGRAPH_LETTERS) for e in text_element(part)]
    reader = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable(["table", "strikethrough"])
    html = reader.render(_DEEP.sub("> ", text))
    return page_elements(html, fetch=local.fetch, pictures=pictures)[1]
