"""Pages that a question names: "the chart on page 14", "slides three and four".

Knows words alone, of the languages that the page speaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_COUNTED: Final = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER: Final = rf"(?:\d{{1,4}}|{'|'.join(_COUNTED)})\b"
_NOUN: Final = (
    r"(?:pages?|slides?|pp?\.|seiten?|folien?|diapositives?|diapositivas?|páginas?)(?:\s++|(?<=\.))"
)
_NAMED: Final = re.compile(
    r"(?<!['\"“‘\[])(?:\b(?:on|in|at|of|from|auf|von|sur|de|en|la|las|der|den)\s++){0,2}+"
    rf"(?:the\s++)?\b{_NOUN}(?P<pages>{_NUMBER}"
    rf"(?:\s*+(?:,|&|-|–|to|through|and|und|bis|et|à|y|a)\s*+(?:the\s++)?(?:{_NOUN})?{_NUMBER})*+)",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(
    rf"(?P<to>(?:-|–|\bto|\bthrough|\bbis|à)\s*+)?(?P<page>{_NUMBER})", re.IGNORECASE
)
_SPACES: Final = re.compile(r"\s+(?=[?.!,]|\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPages:
    """The `pages`, counted from 1, and the `rest` of the question without them."""

    pages: frozenset[int] = frozenset()
    rest: str = ""


def named_pages(text: str) -> NamedPages:
    """Return the pages that a question names, and what it asks of them."""
    pages = frozenset(page for match in _NAMED.finditer(text) for page in _pages(match["pages"]))
    rest = _SPACES.sub("", _NAMED.sub(" ", text)).strip(" ,")
    return NamedPages(pages=pages, rest=rest)


def _pages(text: str) -> Iterator[int]:
    """Yield the pages of a list; "3 to 5" names the one between as well."""
    before = 0
    for match in _NUMBERS.finditer(text):
        page = _number(match["page"].lower())
        yield from range(before, page) if match["to"] else ()
        yield page
        before = page


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _COUNTED.index(word) + 1
