"""Web pages saved as files, with the pictures that lie beside them."""

from __future__ import annotations

from ingest.parsers.base.elements import document_of, first_text, meaningful_title
from ingest.parsers.base.local_pictures import LocalPictures
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.web.blocks import HEADINGS, Blocks, FetchPicture
from ingest.parsers.web.tree import parse_markup, parse_page, title_of, visible_part
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings


def parse_web(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """HTML in any encoding, however broken."""
    pictures = Pictures(assets)
    local = LocalPictures(file, settings=settings)
    data = file.at.read_bytes()
    title, elements = page_elements(data, fetch=local.fetch, pictures=pictures)
    return document_of(
        file,
        elements,
        title=meaningful_title(title, first_text(elements, "heading")),
        warnings=pictures.warnings,
        companions=local.companions,
    )


def page_elements(
    page: bytes | str, *, fetch: FetchPicture, pictures: Pictures
) -> tuple[str, list[Element]]:
    """Return the title and the elements of a page."""
    root = parse_page(page) if isinstance(page, bytes) else parse_markup(page)
    if root is None:
        return "", []
    title = title_of(root)
    part = visible_part(root)
    has_headings = any(True for _ in part.iter(*HEADINGS))
    blocks = Blocks(fetch=fetch, pictures=pictures, bold_headings=not has_headings)
    return title, blocks.read(part)
