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
from rag.datamodel import Document, Element, SourceFile
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
    """EPUB 2 and 3."""
    pictures = Pictures(assets)
    with open_checked(file.at, settings=settings) as archive:
        book = _Book(archive)
        elements = [*book.front(), *book.chapters(pictures)]
    return document_of(
        file,
        elements,
        title=meaningful_title(book.title),
        warnings=(*pictures.warnings, *book.warnings, *unread_note(book.unread())),
    )


class _Book:
    """An open e-book: its package document names the chapters and their order."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        if ENCRYPTION in self._names and _LOCKED_CHAPTER.search(archive.read(ENCRYPTION)):
            raise SourceError(
                "The e-book is copy protected.", hint="Get a copy without protection."
            )
        container = self._xml(CONTAINER)
        rootfile = container.find(".//c:rootfile", _NAMES)
        self._opf = "" if rootfile is None else rootfile.get("full-path", "")
        self._package = self._xml(self._opf)
        self.title = self._meta("title")
        self.warnings: tuple[str, ...] = ()

    def front(self) -> list[Element]:
        """Return the title and who wrote it, where the package says so."""
        names = {"Author": self._meta("creator"), "Publisher": self._meta("publisher")}
        lines = [f"{key}: {words}" for key, words in names.items() if words]
        return text_element(self.title, "title") + text_element("\n".join(lines))

    def chapters(self, pictures: Pictures) -> list[Element]:
        elements: list[Element] = []
        missing = 0
        for name in self._spine():
            if name not in self._names:
                missing += 1
                continue
            folder = posixpath.dirname(name)
            fetch = partial(self._fetch, folder)
            elements += page_elements(self._archive.read(name), fetch=fetch, pictures=pictures)[1]
        if missing:
            self.warnings = (f"{missing} chapters are missing in the file",)
        return elements

    def _fetch(self, folder: str, address: str) -> bytes | None:
        """Return a picture of a chapter that lies in `folder`, from inside the book."""
        name = _join(folder, address.partition("#")[0])
        return self._archive.read(name) if name in self._names else None

    def unread(self) -> list[str]:
        """Return the names of pages, sounds and films that the book lists and no chapter is."""
        apart = {item.get("href", "") for item in self._chapters().values()}
        listed = (item for item in self._items() if item.get("href", "") not in apart)
        return [
            posixpath.basename(unquote(item.get("href", "")))
            for item in listed
            if _is_content(item) and not _is_navigation(item)
        ]

    def _spine(self) -> list[str]:
        """Return the names of the chapters in reading order; navigation is left out."""
        base = posixpath.dirname(self._opf)
        return [_join(base, item.get("href", "")) for item in self._chapters().values()]

    def _chapters(self) -> dict[str, XmlNode]:
        items = {
            item.get("id"): item
            for item in self._items()
            if item.get("media-type") in _PAGE_TYPES and not _is_navigation(item)
        }
        order = (ref.get("idref") for ref in self._package.findall(".//o:spine/o:itemref", _NAMES))
        return {key: items[key] for key in order if key in items}

    def _items(self) -> list[XmlNode]:
        return list(self._package.findall(".//o:manifest/o:item", _NAMES))

    def _meta(self, key: str) -> str:
        found = self._package.findall(f".//d:{key}", _NAMES)
        return ", ".join(words for node in found if (words := one_line("".join(node.itertext()))))

    def _xml(self, name: str) -> XmlNode:
        if name not in self._names:
            raise SourceError("The e-book is damaged: it does not say where its chapters are.")
        root = parsed_xml(self._archive.read(name), recover=True)
        if root is None:
            raise SourceError("The e-book is damaged: its table of contents can't be read.")
        return root


def _is_navigation(item: XmlNode) -> bool:
    return "nav" in item.get("properties", "").split()


def _is_content(item: XmlNode) -> bool:
    """Say whether an item of the list holds words or sound of its own."""
    kind = item.get("media-type", "")
    return kind in _PAGE_TYPES or kind.startswith(("audio/", "video/"))


def _join(folder: str, address: str) -> str:
    """Return the name of a member, given its address as written in a member of `folder`."""
    return posixpath.normpath(posixpath.join(folder, unquote(address)))
