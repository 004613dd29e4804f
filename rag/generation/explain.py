"""Why a source is shown, and which words of the question stand in it. Knows hits alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rag.datamodel import Channel, Hit
from rag.glossary.gloss import as_english, gloss, stems_read
from rag.stop_words import languages_of
from rag.text import content_stems, fold, stem, word_spans, words

_WAYS: Final[Mapping[Channel, str]] = {
    "lexical": "by its words ({nth})",
    "dense": "by meaning ({nth})",
    "image": "as the same picture ({nth})",
    "visual": "by its looks ({nth})",
}
FOUND: Final = "Found {ways}."
SURE: Final = "Found {ways}; the reader is {n} % sure it answers."
BROUGHT: Final = "Brought along: it stands by a source that was found."
MAX_RANK: Final = 100
"""A rank beyond tells nothing: the channel hardly found it."""


def why(hit: Hit) -> str:
    ways = [(_WAYS[c], rank) for c, rank in hit.found_by if c in _WAYS and rank <= MAX_RANK]
    if not ways:
        return BROUGHT if not hit.found_by else "Found far down the lists of all searches."
    found = " and ".join(way.format(nth=ordinal(rank)) for way, rank in ways)
    if hit.relevance is None:
        return FOUND.format(ways=found)
    return SURE.format(ways=found, n=min(99, max(1, round(100 * hit.relevance))))


def ordinal(rank: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, … 11th, 12th, 13th, … 21st."""
    last = rank % 10 if rank % 100 not in (11, 12, 13) else 0
    return f"{rank}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def asked_words(question: str, text: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of the words of `text` that the question has, in any form or gloss."""
    read = gloss(text)
    if read:
        own = stems_read(question)
        pieces = (one for one in read.pieces if own.intersection(content_stems(one.english)))
        return tuple((piece.start, piece.end) for piece in pieces)
    question = as_english(question)
    languages = languages_of(words(question))
    language = languages[0] if len(languages) == 1 else None
    asked = set(content_stems(question, language))
    return tuple(
        (start, end)
        for start, end in word_spans(text)
        if stem(fold(text[start:end]), language) in asked
    )
