"""Web pages to elements, in reading order, with the pictures beside them; e-books (.epub) of pages.

Of a book the chapters in reading order; it has no pages of its own.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import unquote

from lxml import etree, html

from ingest.discovery.archive import open_checked
from ingest.parsers.base.elements import (
    description,
    document_of,
    heading,
    list_element,
    one_line,
    text_element,
)
from ingest.parsers.base.office import XmlNode, parsed_xml
from ingest.parsers.base.pictures import LocalPictures, Pictures, embedded_picture
from ingest.parsers.base.unread_parts import unread_note
from ingest.parsers.web.styles import STYLE_LETTERS, Styles
from ingest.parsers.web.text import (
    BLOCK_TAGS,
    inline_text,
    is_layout,
    list_items,
    mark_formatting,
    read_table,
)
from ingest.parsers.web.tree import HEADINGS, parse_page, visible_part
from rag.datamodel import Document, Element, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

FetchPicture = Callable[[str], bytes | None]
"""Given an image's address, return its bytes where it stands in the corpus; never goes online."""

BOLD_TAGS: Final = frozenset({"b", "strong"})
BOLD_LEVEL: Final = 3
BOLD_HEADING_LETTERS: Final = 120
_LISTS: Final = frozenset({"ul", "ol", "menu", "dl"})
_COMPLEX_IN_LIST: Final = frozenset({"table", "pre", "figure", *HEADINGS})
_SPACES: Final = re.compile(r"[ \t\n\r\f]+")
_EMBEDDED: Final = re.compile(r"data:image/(?!svg)", re.IGNORECASE)
_BOLD_STYLE: Final = re.compile(
    r"font-weight:\s*(bold|[6-9]00)|font:[^;]{0,200}\bbold", re.IGNORECASE
)


class Blocks:
    """One walk over a page, which may be nested deeper than Python calls."""

    def __init__(self, *, fetch: FetchPicture, pictures: Pictures, bold_headings: bool) -> None:
        self._fetch = fetch
        self._pictures = pictures
        self._bold_headings = bold_headings
        self._elements: list[Element] = []
        self._figures: list[Element] = []  # of the paragraph at hand: they come after it
        self._line: list[str] = []
        self._bold = 0
        self._is_bold = True  # nothing but bold letters in the paragraph so far

    def read(self, root: html.HtmlElement) -> list[Element]:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if node.tag in BLOCK_TAGS:
                self._flush()
            if event == "start":
                self._bold += _is_bold(node)
                if self._take_whole(node.tag, node):
                    walk.skip_subtree()
                else:
                    self._say(_SPACES.sub(" ", node.text or ""))
                continue
            if node.tag in {"td", "th"}:
                self._say(" ")
            self._bold -= _is_bold(node)
            if node is not root:
                self._say(_SPACES.sub(" ", node.tail or ""))
        self._flush()
        return self._elements

    def _take_whole(self, tag: str, node: html.HtmlElement) -> bool:
        """Take a node that is one element as a whole; say whether it is."""
        if tag == "br":
            self._say("\n")
        elif tag == "img":
            self._figures += self._figure(node, caption=_alt(node))
        elif tag in HEADINGS:
            self._elements += heading(inline_text(node), HEADINGS[tag])
            self._add_images(node)
        elif tag == "pre":
            for line_break in node.iter("br"):
                line_break.tail = "\n" + (line_break.tail or "")
            self._elements += text_element("".join(node.itertext()), "code")
        elif tag == "figure" and node.find(".//table") is None:
            self._take_figure(node)
        elif tag in _LISTS and not any(child.tag in _COMPLEX_IN_LIST for child in node.iter()):
            self._elements += list_element(list_items(node))
            self._add_images(node)
        elif tag == "table" and not is_layout(node):
            self._take_table(node)
        else:
            return False
        return True

    def _take_figure(self, node: html.HtmlElement) -> None:
        caption = node.find(".//figcaption")
        words = inline_text(caption) if caption is not None else ""
        figures: list[Element] = []
        for image in node.iter("img"):
            figures += self._figure(image, caption=words or _alt(image))
            words = ""
        self._elements += figures or text_element(inline_text(node))

    def _take_table(self, node: html.HtmlElement) -> None:
        caption = node.find("caption")
        self._elements += read_table(node)
        if caption is not None:
            self._elements += text_element(inline_text(caption), "caption")
        self._add_images(node)

    def _add_images(self, node: html.HtmlElement) -> None:
        for image in node.iter("img"):
            self._elements += self._figure(image, caption=_alt(image))

    def _figure(self, image: html.HtmlElement, *, caption: str) -> list[Element]:
        """Return a picture and its caption, which directly follows it."""
        address = (image.get("src") or image.get("data-src") or "").strip()
        find = embedded_picture if _EMBEDDED.match(address) else self._fetch
        data = find(address) if address else None
        figure = self._pictures.figure(data) if data else []
        return [*figure, *text_element(one_line(caption), "caption")] if figure else []

    def _say(self, text: str) -> None:
        self._line.append(text)
        if text.strip():
            self._is_bold = self._is_bold and self._bold > 0

    def _flush(self) -> None:
        text, is_bold = "".join(self._line), self._is_bold
        self._line, self._is_bold = [], True
        figures, self._figures = self._figures, []
        if is_bold and self._bold_headings and _reads_as_heading(text):
            self._elements += heading(text, BOLD_LEVEL)
        else:
            self._elements += text_element(text)
        self._elements += figures


def _is_bold(node: html.HtmlElement) -> bool:
    return node.tag in BOLD_TAGS or bool(
        _BOLD_STYLE.search((node.get("style") or "")[:STYLE_LETTERS])
    )


def _reads_as_heading(text: str) -> bool:
    words = one_line(text)
    return (
        0 < len(words) <= BOLD_HEADING_LETTERS
        and any(letter.isalpha() for letter in words)
        and not words.endswith((",", ";"))
    )


def _alt(image: html.HtmlElement) -> str:
    return description(image.get("alt") or image.get("title") or "")


def parse_web(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """HTML in any encoding, however broken."""
    local = LocalPictures(file, assets, settings=settings)
    data = file.at.read_bytes()
    title, elements = page_elements(data, fetch=local.fetch, pictures=local.pictures)
    return local.document(elements, title=title)


def page_elements(
    page: bytes | str, *, pictures: Pictures, fetch: FetchPicture = lambda _: None
) -> tuple[str, list[Element]]:
    """Return the title and the elements of a page; `fetch` finds pictures that it embeds not."""
    root = parse_page(page)
    if root is None:
        return "", []
    title, styles = " ".join((root.findtext(".//title") or "").split()), Styles(root)
    part = visible_part(root, styles=styles)
    mark_formatting(part, styles=styles)
    has_headings = any(True for _ in part.iter(*HEADINGS))
    blocks = Blocks(fetch=fetch, pictures=pictures, bold_headings=not has_headings)
    return title, blocks.read(part)


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
    notes = (*pictures.warnings, *cut, *unread_note(book.unread))
    return document_of(file, elements, title, warnings=notes)


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
        items = self._package.findall(".//o:manifest/o:item", _NAMES)
        items = [item for item in items if "nav" not in item.get("properties", "").split()]
        kinds = [
            (item.get("media-type", ""), item.get("href", ""), item.get("id")) for item in items
        ]
        pages = {key: href for kind, href, key in kinds if kind in _PAGE_TYPES}
        heard = [href for kind, href, _ in kinds if kind.startswith(("audio/", "video/"))]
        spine = self._package.findall(".//o:spine/o:itemref", _NAMES)
        order = dict.fromkeys(ref.get("idref") for ref in spine)
        apart = (pages[key] for key in pages.keys() - order.keys())
        self.unread = [posixpath.basename(unquote(href)) for href in (*heard, *apart)]
        folder = posixpath.dirname(opf)
        self.chapters = [_join(folder, pages[key]) for key in order if key in pages]

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
