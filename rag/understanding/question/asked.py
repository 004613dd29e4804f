"""Parts of a question's words: its core, names, years, the pages that it names. English rules."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Query
from rag.protocols import Embedder, Matrix
from rag.text import LONG_MONTHS, content_stems, stem


def vector_of(query: Query, words: str, embedder: Embedder) -> Matrix:
    """Return words of the query as a unit row, shape (1, dim); made once a question."""
    return query.once((embedder, words), lambda: embedder.embed_queries([words]))


def searched_text(query: Query, words: str | None = None) -> str:
    """Return the words of the question, or such `words`, and the lettering of its picture."""
    ocr_text = query.image.lettering if query.image else ""
    return f"{query.text if words is None else words} {ocr_text}".strip()


_MONTHS: Final = {stem(month): month[:3] for month in (*LONG_MONTHS, "sept")}
_NUMBER_SIGN: Final = re.compile(r"(?<=\s)#(?=[\s:]|$)|№|\b(?:No|Nr)\.(?=[\s:]|$)")

REGION_WORDS: Final = 40
"""So many words of a part of a page are searched with the question about it."""

Stems = frozenset[str]


def alias(stem_: str) -> str:
    """Return the stem of a month's short name for its long one; any other as it is."""
    return _MONTHS.get(stem_, stem_)


@functools.lru_cache(maxsize=16384)
def stems_of(text: str, language: str | None = None) -> Stems:
    """Return the stems of a text; a month's long and short names are one, `#` is a number."""
    return frozenset(map(alias, content_stems(_NUMBER_SIGN.sub(" number ", text), language)))


@functools.lru_cache(maxsize=4096)
def content_of(text: str, language: str | None = None) -> frozenset[str]:
    """Return the stems of a text as they are; a sentence's are asked for by several stages."""
    return frozenset(content_stems(text, language))


def share(stems: Collection[str], found: Collection[str]) -> float:
    """Return how many of the stems are found, in 0..1; 0 of none."""
    return sum(stem in found for stem in stems) / len(stems) if stems else 0.0


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
        word = match["page"].lower()
        page = int(word) if word.isdecimal() else _COUNTED.index(word) + 1
        yield from range(before, page) if match["to"] else ()
        yield page
        before = page
