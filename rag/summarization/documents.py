"""The stored documents: which of them a summary is of, and what one treats. Knows no store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Chunk, Element, Filters, Hit
from rag.errors import PagelightError
from rag.glossary.gloss import as_english, stems_read
from rag.storage.documents.records import DocumentRecord
from rag.understanding.question.document_names import MAX_NAMED, named, names_a_document, own_words
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import SummaryWish

Row = NDArray[np.float32]
"""(dim,)."""


class StoredDocuments(Protocol):
    """The index, by documents. Chunks come in reading order."""

    def chunks(self, ids: Sequence[str]) -> list[Chunk]: ...
    def chunks_of(self, doc_id: str) -> list[Chunk]: ...
    def chunks_by_document(self, doc_ids: Sequence[str]) -> dict[str, list[str]]: ...
    def vectors(self, ids: Sequence[str]) -> Mapping[str, Row]: ...


MOSTLY_FOUND: Final = 0.8
"""Where so many of the first hits are of one document, "the report on X" is that one."""


def chosen(
    records: Sequence[DocumentRecord],
    asked: Question,
    wish: SummaryWish,
    opening: Callable[[DocumentRecord], str],
    find: Callable[[str], Sequence[Hit]],
) -> list[DocumentRecord] | None:
    """Return the documents that a wish is about, by source; None where it names none of them.

    Of what names none it is the one that was spoken of.

    `opening` returns how a document begins, `find` what is found for some words. Raises
    PagelightError where the filters admit none.
    """
    readable = sorted((r for r in records if r.chunk_count), key=lambda record: record.sources)
    if wish.named:
        meant = named(wish.named, readable, opening)
        meant = meant or named(as_english(wish.named), readable, opening)
        if 0 < len(meant) <= MAX_NAMED:
            return meant
        is_named = names_a_document(wish.named) or names_a_document(as_english(wish.named))
        among = meant or (readable if is_named else [])
        return _mostly_found(among, wish.named, find) if among else None
    found = admitted(readable, asked.filters)
    if not found:
        raise PagelightError(
            "There is no document to summarise.", hint="Add documents, or choose others."
        )
    called = named(wish.one, found, opening) if wish.one else []
    among = called if 0 < len(called) <= MAX_NAMED else found
    last = [] if wish.of_all else [r for r in among if {*asked.spoken_of[:1]} & {*r.sources}]
    needs_one = wish.refers or wish.pages
    return last or (None if needs_one and len(among) > 1 else among)


def _mostly_found(
    records: Sequence[DocumentRecord], name: str, find: Callable[[str], Sequence[Hit]]
) -> list[DocumentRecord] | None:
    """Return the one of the documents of which nearly all hits are; None where there is none.

    A hit that has no word of the name's own speaks for nothing.
    """
    own, hits = stems_read(" ".join(own_words(name))), find(name)
    telling = [hit for hit in hits if own & stems_read(hit.chunk.embedding_text)]
    count = Counter(hit.chunk.doc_id for hit in telling)
    return [r for r in records if count[r.id] >= MOSTLY_FOUND * max(1, len(hits))] or None


def admitted(records: Sequence[DocumentRecord], filters: Filters) -> list[DocumentRecord]:
    """Return the documents that are searched."""
    return [
        record
        for record in records
        if any(
            filters.admit(source=source, media_type=record.media_type, day=record.day)
            for source in record.sources
        )
    ]


MIN_WORDS, MAX_WORDS = 2, 9
"""Of a heading that says what stands below it: "Results" says too little."""

MIN_BELOW: Final = 40
"""Letters that stand below a heading which is more than a line of a cover."""

_HEADINGS: Final = ("title", "heading")
_NUMBER: Final = re.compile(r"^(?:(?:\d+[.)])*\d+[.)]?|[A-Z][.)]|[IVX]+[.)])\s+")
_ENDS: Final = " :.;,–—-"
_WORD: Final = re.compile(r"\w+")
_AMID_A_SENTENCE: Final = re.compile(r"(?<=[\w,] )\w+")


def topics_of(elements: Sequence[Element]) -> dict[str, int]:
    """Return the headings that name a topic, without their numbers, in order; and their pages.

    Of a document without pages they are of page 1. What is all in capitals is told as text is.
    """
    topics: dict[str, int] = {}
    above: Element | None = None
    for heading, below in pairwise(elements):
        topic = _NUMBER.sub("", " ".join(heading.text.split())).strip(_ENDS)
        is_cover = _is_cover(above, heading, below)
        if heading.role == "heading" and not is_cover and _is_topic(topic):
            topics.setdefault(topic, heading.page or 1)
        above = heading
    if not any(map(str.isupper, topics)):
        return topics
    prose = {
        w for e in elements if e.role not in _HEADINGS for w in _AMID_A_SENTENCE.findall(e.text)
    }
    return {_as_text(topic, prose): page for topic, page in topics.items()}


def _as_text(topic: str, prose: Collection[str]) -> str:
    """Return a topic in capitals with each word as the `prose` has it, else in small letters."""

    def written(word: re.Match[str]) -> str:
        forms = (word[0].lower(), word[0].capitalize(), word[0])
        return next((form for form in forms if form in prose), forms[0])

    text = _WORD.sub(written, topic)
    return text[:1].upper() + text[1:] if topic.isupper() else topic


def _is_cover(above: Element | None, heading: Element, below: Element) -> bool:
    """Tell whether nothing stands below a heading, or it is the second line of a title page."""
    is_second = heading.page == 1 and above is not None and above.role in _HEADINGS
    return is_second or below.role in _HEADINGS or len(below.text) < MIN_BELOW


def _is_topic(text: str) -> bool:
    words = text.split()
    letters = sum(map(str.isalpha, text))
    return MIN_WORDS <= len(words) <= MAX_WORDS and letters > len(text) / 2
