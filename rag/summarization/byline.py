"""Who wrote a document, as its own beginning says: `Author: …`, `By …`, the names below its title.

Rules of form: no model, and no list of names. Knows chunks alone.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import Chunk
from rag.stop_words import NAME_PARTICLES, PREPOSITIONS
from rag.text import YEAR, content_stems
from rag.understanding.question.question import Question

OPENING_CHUNKS: Final = 4
"""In so many chunks of a document its title and the names are sought."""

MAX_LINES: Final = 6
"""The names stand within so many lines below the title."""

TITLE_SHARE: Final = 0.6
"""A line with such a share of its words in the title is a part of it."""

SEVERAL: Final = 2
"""So many names in a row are authors anywhere in the opening; one alone right below the title."""

OFTEN: Final = 3
"""A word that stands so often in small letters is no name: "Basic Course Information"."""

MIN_WORD: Final = 3

_LABELLED: Final = re.compile(
    r"^(?:(?:authors?|from)\s*+:|(?:written |prepared |presented |compiled )?by\b\s*+:?+)\s*+"
    r"(?P<names>\S.*)$",
    re.IGNORECASE,
)
_END: Final = re.compile(
    r"^\W*(?:\d+\W*)?(?:abstract|summary|r[ée]sum[ée]|zusammenfassung|introduction|contents"
    r"|table of contents|keywords)\b",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"(?:\b(?:regards|wishes|greetings|sincerely|faithfully|truly|respectfully|yours)|gr[uü](?:ß|ss)en?"
    r"|salutations|cordialement|saludos|atentamente)[ \t]*+,?[ \t]*+\n\s*+(?P<names>\S[^\n]*+)",
    re.IGNORECASE,
)
"""How a letter ends, in the languages of the page, and who signs it."""

_NOTE: Final = r"[\d*†‡§¶∗⁎⁂♠♣♦♥⋆✉#+±$^\u00b9\u00b2\u00b3\u2070-\u2079]+"
_NOTES: Final = re.compile(rf"(?<=[\w.*†‡§¶∗]){_NOTE}(?:\s*,\s*{_NOTE})*")
"""The signs behind a name that point to its address."""

_ADDRESS: Final = re.compile(r"<[^<>]*+>|\(?\S{1,64}@\S+\)?|\{[^{}]*+\}\S*")
"""What stands before the @ has at most 64 characters (RFC 5321)."""

_PARTS: Final = re.compile(r"[,;·•|&]|\band\b|\bund\b|\bet\b")
_DEGREES: Final = frozenset("phd ph.d. ph.d md m.d. msc mba jr jr. sr sr. esq dr. prof. rn".split())
_WHERE: Final = re.compile(r"\s\d+\s")
"""Behind it stands where the authors work: `Ada Byron2 1 Department of …`."""

_SMALL: Final = re.compile(r"\b[a-z]{3,}\b")
_NAME_WORD: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
_NO_PERSON: Final = re.compile(
    r"\b(?:president|chair|director|manager|officer|editor|professor|lecturer|researcher|author|"
    r"student|engineer|analyst|secretary|consultant|scientist|fellow|universit\w*|institut\w*|"
    r"college|school|laborator\w*|labs?|research|cent(?:er|re)|inc|ltd|gmbh|corp\w*|company|"
    r"department|dept|facult\w*|hospital|agency|ministry|press|street|office|bureau|group|team|"
    r"association|society|foundation|program\w*|academy|division|survey|reports?|manual|guide|"
    r"invoice|receipt|statement|volume|edition|news|times|journal|review|station|observatory|"
    r"museum|council|committee|commission|bank|union|service|authority|board)\b",
    re.IGNORECASE,
)
"""Roles and bodies, which follow the names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedWords:
    """A half-open range of the text of `chunk`, and its `wording` where not word for word."""

    chunk: Chunk
    start: int
    end: int
    wording: str = ""

    @property
    def text(self) -> str:
        return self.wording or self.chunk.text[self.start : self.end]


def byline(chunks: Sequence[Chunk], *, title: str) -> StatedWords | None:
    """Return a document's authors, by its beginning or by the end of a letter; or None."""
    lines = list(_opening(chunks, title))
    labelled = (_stated(_LABELLED.match(one.text), one.chunk, one.start) for one in lines)
    first = next(filter(None, labelled), None)
    if first is not None:
        return first
    counts = Counter(word for chunk in chunks for word in _SMALL.findall(chunk.text))
    lines = [line for line in lines if line.chunk.role == "text" or line.is_below_title]
    signed = (_stated(_SIGNED.search(chunk.text), chunk) for chunk in chunks[-OPENING_CHUNKS:])
    return _run(lines[:MAX_LINES], counts) or next(filter(None, signed), None)


def _stated(found: re.Match[str] | None, chunk: Chunk, offset: int = 0) -> StatedWords | None:
    names = _names(found["names"]) if found else []
    if not found or not names:
        return None
    start, end = (offset + place for place in found.span("names"))
    return StatedWords(chunk=chunk, start=start, end=end, wording=", ".join(names))


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpeningLine(StatedWords):
    is_below_title: bool


def _opening(chunks: Sequence[Chunk], title: str) -> Iterator[_OpeningLine]:
    """Yield the lines between the title and what the document says."""
    title_stems, is_below = set(content_stems(title)), False
    for chunk in chunks[:OPENING_CHUNKS]:
        start = 0
        for text in chunk.text.split("\n"):
            if _END.match(text):
                return
            end, own = start + len(text), content_stems(text)
            is_title = sum(s in title_stems for s in own) >= TITLE_SHARE * len(own)
            if own and not is_title:
                yield _OpeningLine(chunk=chunk, start=start, end=end, is_below_title=is_below)
            is_dated = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
            is_below, start = is_title or (is_below and (is_dated or not own)), end + 1


def _run(lines: Sequence[_OpeningLine], counts: Mapping[str, int]) -> StatedWords | None:
    """Return the first lines that follow each other and hold nothing but names."""
    run: list[tuple[_OpeningLine, list[str]]] = []
    for line in lines:
        names = [
            name for name in _names(_WHERE.split(line.text)[0]) if not _is_common(name, counts)
        ]
        is_next = not run or run[-1][0].chunk is line.chunk
        if names and is_next and (run or line.is_below_title or len(names) >= SEVERAL):
            run.append((line, names))
        elif run:
            break
    if not run:
        return None
    first, last = run[0][0], run[-1][0]
    names = [name for _, found in run for name in found]
    return StatedWords(chunk=first.chunk, start=first.start, end=last.end, wording=", ".join(names))


def _is_common(name: str, counts: Mapping[str, int]) -> bool:
    own = [word for word in re.split(r"[ -]", name.lower()) if len(word) >= MIN_WORD]
    return sum(counts.get(word, 0) >= OFTEN for word in own) * 2 > len(own)


def _names(line: str) -> list[str]:
    """Return the names of persons that a line consists of; none where it says anything else."""
    plain = _ADDRESS.sub(" ", line)
    parts = [part.strip().strip(" .") for part in _PARTS.split(_NOTES.sub(",", plain))]
    parts = [part for part in parts if part and part.lower() not in _DEGREES]
    parts = list(itertools.takewhile(lambda part: not _NO_PERSON.search(part), parts))
    return parts if parts and all(map(_is_name, parts)) else []


def _is_name(text: str) -> bool:
    found = [word for word in text.split() if word.lower().strip(".,") not in _DEGREES]
    capital = [w for w in found if w[:1].isupper() and _NAME_WORD.fullmatch(w)]
    inside = [w for w in found if w.lower() in NAME_PARTICLES]
    return (
        2 <= len(capital) <= 5  # noqa: PLR2004
        and len(capital) + len(inside) >= len(found)
        and found[0].lower() not in PREPOSITIONS
        and any(len(w.rstrip(".")) > 1 and not w.isupper() for w in capital)
    )


_I: Final = re.IGNORECASE
_DOCUMENT: Final = r"(?:\s+of\s+(?:the|this|each)\s+(?:document|file|paper|report|article|text))?"
_WHAT: Final = r"\W{0,3}(?:(?:what|who)(?:['’]s|\s+is|\s+was|\s+are|\s+were)\s+)?(?:the\s+|its\s+)?"
_YEAR: Final = re.compile(rf"(?<!of )(?<!from )(?<!since )(?<!in )\b{YEAR}(?:[/–-]\d\d(?:\d\d)?)?$")
"""At the end of a title; "the record of 1999" is not of that year itself."""


def stated(asked: Question, title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return what a document says to a question about itself, if it is one and does."""
    asks = (tell for tell, pattern in _ASKS if pattern.fullmatch(asked.said.text))
    tell = next(asks, None)
    return tell(title, chunks) if tell and chunks else None


def stated_title(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return the title, or else the first heading, that stands among the first words."""
    heading = next((chunk.headings[0] for chunk in chunks if chunk.headings), "")
    for one in filter(None, (title, heading)):
        pattern = re.compile(r"\s+".join(map(re.escape, one.split())), re.IGNORECASE)
        for chunk in chunks[:OPENING_CHUNKS]:
            if match := pattern.search(chunk.text):
                return StatedWords(chunk=chunk, start=match.start(), end=match.end(), wording=one)
    return None


def stated_year(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    """Return the year that the title ends with: "Annual Report 2025"."""
    place = stated_title(title, chunks)
    year = _YEAR.search(place.text) if place is not None else None
    if place is None or year is None or place.end - place.start != len(place.text):
        return None
    return replace(place, wording=year.group(), start=place.start + year.start())


def stated_authors(title: str, chunks: Sequence[Chunk]) -> StatedWords | None:
    return byline(chunks, title=" ".join((title, *chunks[0].headings[:1])))


_ASKS: Final = (
    (stated_title, re.compile(rf"{_WHAT}(?:full\s+|exact\s+)?title{_DOCUMENT}\W{{0,3}}", _I)),
    (
        stated_authors,
        re.compile(
            rf"{_WHAT}(?:names?\s+of\s+the\s+)?(?:authors?|writers?){_DOCUMENT}\W{{0,3}}"
            r"|\W{0,3}who\s+(?:wrote|authored)\s+(?:it|(?:the|this)\s+(?:document|paper|report|text))\W{0,3}",
            _I,
        ),
    ),
    (
        stated_year,
        re.compile(
            rf"{_WHAT}year{_DOCUMENT}\W{{0,3}}|\W{{0,3}}(?:which|what)\s+year{_DOCUMENT}\W{{0,3}}",
            _I,
        ),
    ),
)
