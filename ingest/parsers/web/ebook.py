"""E-books (.epub): the chapters in reading order, each read as a page. Has no pages of its own."""

from __future__ import annotations

import posixpath
import re
import zipfile
from functools import partial
from typing import Final
from urllib.parse import unquote

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import document_of, meaningful_title, one_line, text_element
from ingest.parsers.base.office.markup import XmlNode, parsed_xml
from ingest.parsers.base.office.unread_parts import unread_note
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

CONTAINER: Final = "META-INF/container.xml"
ENCRYPTION: Final = "META-INF/encryption.xml"
_NAMES: Final = {
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
    "o": "http://www.idpf.org/2007/opf",
    "d": "http://purl.org/dc/elements/1.1/",
}
_PAGE_TYPES: Final = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_LOCKED_CHAPTER: Final = re.compile(rb"\.x?html?[\"']", re.IGNORECASE)


def parse_ebook(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """EPUB 2 and 3: the title and who wrote it, then each chapter."""
    pictures = Pictures(assets)
    with open_checked(file.at, settings=settings) as archive:
        book = _Book(archive)
        title, creator, publisher = map(book.meta, ("title", "creator", "publisher"))
        by = {"Author": creator, "Publisher": publisher}
        elements = text_element(title, "title")
        elements += text_element("\n".join(f"{key}: {words}" for key, words in by.items() if words))
        for chapter in book.chapters:
            if chapter in book.names:
                fetch = partial(book.read, posixpath.dirname(chapter))
                page = archive.read(chapter)
                elements += page_elements(page, fetch=fetch, pictures=pictures)[1]
    missing = sum(chapter not in book.names for chapter in book.chapters)
    cut = [f"{missing} chapters are missing in the file"] if missing else []
    return document_of(
        file,
        elements,
        title=meaningful_title(title),
        warnings=(*pictures.warnings, *cut, *unread_note(book.unread)),
    )


class _Book:
    """An open e-book: its package document names the chapters and their order.

    `unread` are pages, sounds and films that it lists and no chapter is; navigation is left out.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = set(archive.namelist())
        if ENCRYPTION in self.names and _LOCKED_CHAPTER.search(archive.read(ENCRYPTION)):
            raise SourceError(
                "The e-book is copy protected.", hint="Get a copy without protection."
            )
        rootfile = self._xml(CONTAINER).find(".//c:rootfile", _NAMES)
        opf = "" if rootfile is None else rootfile.get("full-path", "")
        self._package = self._xml(opf)
        hrefs: dict[str | None, str] = {}
        self.unread: list[str] = []
        for item in self._package.findall(".//o:manifest/o:item", _NAMES):
            kind, href = item.get("media-type", ""), item.get("href", "")
            if "nav" in item.get("properties", "").split():
                continue
            if kind in _PAGE_TYPES:
                hrefs[item.get("id")] = href
            elif kind.startswith(("audio/", "video/")):
                self.unread.append(posixpath.basename(unquote(href)))
        order = [ref.get("idref") for ref in self._package.findall(".//o:spine/o:itemref", _NAMES)]
        folder = posixpath.dirname(opf)
        self.chapters = [_join(folder, hrefs[key]) for key in dict.fromkeys(order) if key in hrefs]
        apart = (hrefs[key] for key in hrefs.keys() - set(order))
        self.unread += [posixpath.basename(unquote(href)) for href in apart]

    def read(self, folder: str, address: str) -> bytes | None:
        """Return a picture of a chapter that lies in `folder`, from inside the book."""
        name = _join(folder, address.partition("#")[0])
        return self._archive.read(name) if name in self.names else None

    def meta(self, key: str) -> str:
        found = self._package.findall(f".//d:{key}", _NAMES)
        return ", ".join(words for node in found if (words := one_line("".join(node.itertext()))))

    def _xml(self, name: str) -> XmlNode:
        if name not in self.names:
            raise SourceError("The e-book is damaged: it does not say where its chapters are.")
        root = parsed_xml(self._archive.read(name), recover=True)
        if root is None:
            raise SourceError("The e-book is damaged: its table of contents can't be read.")
        return root


def _join(folder: str, address: str) -> str:
    """Return the name of a member, given its address as written in a member of `folder`."""
    return posixpath.normpath(posixpath.join(folder, unquote(address)))
