"""The words of one page of a document, part by part with their places. Knows values only.

A document without pages is read in stretches of whole parts, numbered from 1 like pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rag.datamodel import Document, Element
from rag.text import words

STRETCH_LETTERS: Final = 6000
"""A stretch ends with the part that reaches this: about two printed pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """Page `page` of `page_count`, its parts in reading order; pictures without words have none.

    `is_stretch` tells that the format has no pages. `pending` tells that lettering of this page
    has yet to be read.
    """

    source: str
    page: int
    page_count: int
    is_stretch: bool
    parts: tuple[Element, ...] = ()
    pending: bool = False

    @property
    def text(self) -> str:
        """All words, the parts a blank line apart."""
        return "\n\n".join(part.text for part in self.parts)


def page_text(doc: Document, page: int) -> PageText | None:
    """Return a page by its number from 1; None where the document has no such page."""
    pages = _pages(doc)
    if not 1 <= page <= len(pages):
        return None
    elements = pages[page - 1]
    return PageText(
        source=doc.sources[0],
        page=page,
        page_count=len(pages),
        is_stretch=not doc.page_count,
        parts=tuple(element for element in elements if element.text.strip()),
        pending=any(element.pending for element in elements),
    )


def page_with(doc: Document, quote: str) -> int | None:
    """Return the first page that has these words one after another; None where none has.

    Marks between words, and between the cells of a table, do not count.
    """
    wanted = _spaced(quote)
    for number, elements in enumerate(_pages(doc), start=1):
        if wanted in _spaced("\n".join(element.text for element in elements)):
            return number
    return None


def _spaced(text: str) -> str:
    return f" {' '.join(words(text))} "


def _pages(doc: Document) -> list[list[Element]]:
    return _printed(doc) if doc.page_count else _stretches(doc)


def _printed(doc: Document) -> list[list[Element]]:
    pages: list[list[Element]] = [[] for _ in range(doc.page_count)]
    for element in doc.elements:
        if element.page is not None and element.page <= doc.page_count:
            pages[element.page - 1].append(element)
    return pages


def _stretches(doc: Document) -> list[list[Element]]:
    stretches: list[list[Element]] = [[]]
    letters = 0
    for element in doc.elements:
        if letters >= STRETCH_LETTERS:
            stretches.append([])
            letters = 0
        stretches[-1].append(element)
        letters += len(element.text)
    return stretches
