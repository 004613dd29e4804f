"""Jupyter notebooks (nbformat 4): notes, code and what it printed, in order. Nothing is run."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt

from ingest.parsers.base.elements import text_element
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.web.web import page_elements
from rag.datamodel import Element
from rag.protocols import Assets

OUTPUT_LETTERS: Final = 4_000
_ESCAPES: Final = "\x1b"


def is_notebook(content: object) -> bool:
    return (
        isinstance(content, dict)
        and isinstance(content.get("cells"), list)
        and all(isinstance(cell, dict) for cell in content["cells"])
    )


def notebook_elements(
    cells: Sequence[dict[str, Any]], assets: Assets
) -> tuple[list[Element], tuple[str, ...]]:
    """Return the elements of a notebook's cells, and warnings."""
    pictures = Pictures(assets)
    elements = [element for cell in cells for element in _cell(cell, pictures)]
    return elements, pictures.warnings


def _cell(cell: dict[str, Any], pictures: Pictures) -> Iterator[Element]:
    source = _text(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        html = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table").render(source)
        yield from page_elements(html, fetch=lambda _: None, pictures=pictures)[1]
        return
    yield from text_element(source, "code")
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if isinstance(output, dict):
            yield from _output(output, pictures)


def _output(output: dict[str, Any], pictures: Pictures) -> Iterator[Element]:
    data = output.get("data")
    shown = data if isinstance(data, dict) else {}
    for kind in ("image/png", "image/jpeg"):
        if shown.get(kind):
            yield from _picture(_text(shown[kind]), pictures)
            return
    if shown.get("text/html"):
        page = _text(shown["text/html"])
        yield from page_elements(page, fetch=lambda _: None, pictures=pictures)[1]
        return
    text = _text(output.get("text") or shown.get("text/plain"))
    yield from text_element(text[:OUTPUT_LETTERS], "code")


def _picture(text: str, pictures: Pictures) -> list[Element]:
    try:
        return pictures.figure(base64.b64decode(text))
    except (binascii.Error, ValueError):
        return []


def _text(value: object) -> str:
    """Return a text that is stored whole or line by line."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value.replace(_ESCAPES, "") if isinstance(value, str) else ""
