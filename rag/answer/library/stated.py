"""What a document says of itself at its beginning: its title, who wrote it, which year it is of.

For a question of a few words that names no other thing: "What is the title?", "year". English
rules. Knows chunks; knows no index and no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from rag.answer.library.byline import OPENING_CHUNKS, StatedWords, byline
from rag.answer.question.question import Question
from rag.datamodel import Chunk
from rag.text import YEAR

_I: Final = re.IGNORECASE
_DOCUMENT: Final = r"(?:\s+of\s+(?:the|this|each)\s+(?:document|file|paper|report|article|text))?"
_WHAT: Final = r"\W{0,3}(?:(?:what|who)(?:['’]s|\s+is|\s+was|\s+are|\s+were)\s+)?(?:the\s+|its\s+)?"
_YEAR: Final = re.compile(rf"(?<!of )(?<!from )(?<!since )(?<!in )\b{YEAR}(?:[/–-]\d\d(?:\d\d)?)?$")
"""At the end of a title; "the record of 1999" is not of that year itself."""

_ASKS: Final[dict[Literal["title", "authors", "year"], re.Pattern[str]]] = {
    "title": re.compile(rf"{_WHAT}(?:full\s+|exact\s+)?title{_DOCUMENT}\W{{0,3}}", _I),
    "authors": re.compile(
        rf"{_WHAT}(?:names?\s+of\s+the\s+)?(?:authors?|writers?){_DOCUMENT}\W{{0,3}}"
        r"|\W{0,3}who\s+(?:wrote|authored)\s+(?:it|(?:the|this)\s+(?:document|paper|report|text))\W{0,3}",
        _I,
    ),
    "year": re.compile(
        rf"{_WHAT}year{_DOCUMENT}\W{{0,3}}|\W{{0,3}}(?:which|what)\s+year{_DOCUMENT}\W{{0,3}}", _I
    ),
}


def stated(asked: Question, title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return what a document says to a question about itself.

    `title` is the one that is known of it, `chunks` its first. None where something else is asked,
    or where nothing of it stands there.
    """
    asks = next(
        (name for name, pattern in _ASKS.items() if pattern.fullmatch(asked.said.text)), None
    )
    if asks is None or not chunks:
        return None
    told = {"title": stated_title, "authors": stated_authors, "year": stated_year}
    return told[asks](title, chunks)


def stated_title(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return the title, or else the first heading, that stands among the first words."""
    heading = next((chunk.headings[0] for chunk in chunks if chunk.headings), "")
    for one in filter(None, (title, heading)):
        place = _found(one, chunks)
        if place is not None:
            return place
    return None


def stated_year(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return the year that the title ends with: "Annual Report 2025"."""
    place = stated_title(title, chunks)
    year = _YEAR.search(place.text) if place is not None else None
    if place is None or year is None or place.end - place.start != len(place.text):
        return None
    return replace(place, told=year.group(), start=place.start + year.start())


def stated_authors(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    return byline(chunks, title=" ".join((title, *chunks[0].headings[:1])))


def _found(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return where a title stands among a document's first words."""
    pattern = re.compile(r"\s+".join(map(re.escape, title.split())), re.IGNORECASE)
    for chunk in chunks[:OPENING_CHUNKS]:
        match = pattern.search(chunk.text)
        if match:
            return StatedWords(chunk=chunk, start=match.start(), end=match.end(), told=title)
    return None
