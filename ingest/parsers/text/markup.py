"""Markdown and reStructuredText: rendered to HTML and read as a page, so nothing in them runs.

Of reStructuredText directives that read other files (`include`, `raw` and `csv-table` with a file
or address) and raw HTML are off; no configuration file is looked for; what docutils complains of
stays out of the text.
"""

from __future__ import annotations

import re
from typing import Any, Final

from markdown_it import MarkdownIt

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import text_element
from ingest.parsers.base.pictures import LocalPictures
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
    title = _TITLE_LINE.search(front[1]) if front else None
    local = LocalPictures(file, assets, settings=settings)
    elements = _elements(text[front.end() :] if front else text, local)
    return local.document(elements, title=title[1].strip(" \t\"'") if title else "")


def _elements(text: str, local: LocalPictures) -> list[Element]:
    if any(len(line) > LINE_LETTERS for line in text.split("\n")):
        return [e for part in divide_text(text, PARAGRAPH_LETTERS) for e in text_element(part)]
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
