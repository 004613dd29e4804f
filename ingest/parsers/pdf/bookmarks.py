"""Bookmarks of a PDF as headings, where the page does not print them. Pure.

A scanned book and a deck of pictures have no headings to be found, but often bookmarks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ingest.parsers.pdf.drawn.figures import CAPTION
from ingest.parsers.pdf.letters.opening import Bookmark, is_placeholder
from ingest.parsers.pdf.roles import normalised
from rag.datamodel import Element, Provenance

_PAGE_LABEL: Final = re.compile(
    r"(?:page|p\.|seite|s\.|slide|folie|sheet|scan|blank page|leer)?\s*+[-\u2013(]?\s*+"
    r"(?:\d{1,5}|[ivxlcdm]{1,8})?\s*+\)?",
    re.IGNORECASE,
)
_LONGEST_LETTERS: Final = 160
_LEAST_LETTERS: Final = 3
_MOST_ON_A_PAGE: Final = 12
"""More bookmarks to one page are an index, or lead nowhere."""

_OPENING_LETTERS: Final = 200
"""A title that a line prints stands in so much of its beginning, beside its number."""

_SHARED: Final = 0.75
"""A line with so many of a title's words prints it: signs and hyphens are written otherwise."""

_WORD: Final = re.compile(r"[^\W\d_]{3,}")


def by_page(bookmarks: Iterable[Bookmark]) -> dict[int, tuple[Bookmark, ...]]:
    """Return the bookmarks that name sections, by their page from 1."""
    found: dict[int, list[Bookmark]] = defaultdict(list)
    for bookmark in bookmarks:
        if bookmark.page is not None and _names_a_section(bookmark.title):
            found[bookmark.page].append(bookmark)
    return {page: tuple(each) for page, each in found.items() if len(each) <= _MOST_ON_A_PAGE}


def with_bookmarks(
    elements: Sequence[Element], page: int, bookmarks: Mapping[int, Sequence[Bookmark]]
) -> list[Element]:
    """Return a page's elements, and a heading for each bookmark that none of them prints.

    It stands before the first element below the place that the bookmark leads to.
    """
    made = list(elements)
    printed = [e.text[:_OPENING_LETTERS] for e in elements if e.role != "figure"]
    for bookmark in bookmarks.get(page, ()):
        if any(_prints(text, bookmark.title) for text in printed):
            continue
        place = Provenance(page=page, span=(0, len(bookmark.title)))
        heading = Element(
            role="heading", text=bookmark.title, provenances=(place,), level=bookmark.depth
        )
        made.insert(_index_below(made, bookmark.top), heading)
    return made


def _names_a_section(title: str) -> bool:
    letters = sum(c.isalpha() for c in title)
    if len(title) > _LONGEST_LETTERS or letters < _LEAST_LETTERS:
        return False
    return not (_PAGE_LABEL.fullmatch(title) or CAPTION.match(title) or is_placeholder(title))


def _prints(text: str, title: str) -> bool:
    """Whether a line is the title, also without its number, or has nearly all of its words."""
    line, name = normalised(text), normalised(title)
    if len(text) > _LONGEST_LETTERS:  # prose, that may speak of what the title says
        return line.startswith(name)
    if name in line or (len(line) > _LEAST_LETTERS and name.endswith(line)):
        return True
    words, known = _WORD.findall(title.lower()), set(_WORD.findall(text.lower()))
    return len(words) > 2 and sum(word in known for word in words) >= _SHARED * len(words)


def _index_below(elements: Sequence[Element], top: float) -> int:
    """Return the number of the first element that begins below a place of the page.

    What has no place, as headings put in before, stays above.
    """
    for n, element in enumerate(elements):
        if element.bbox is not None and (element.bbox.y0 >= top - 0.01 or element.pending):
            return n
    return len(elements)
