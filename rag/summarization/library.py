"""The stored documents: which of them a wish is of, what one treats, and answers about themselves.

How many there are, which, by whom, how long: nothing is guessed; what no file, title or byline
tells is left to the search for an answer. Knows the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Answer, Chunk, Element, Filters, Hit
from rag.errors import PagelightError
from rag.generation.citations import CitedText, plain
from rag.glossary.gloss import as_english, stems_read
from rag.storage.documents.records import DocumentRecord, Kind, counted, kind_of, of_kind
from rag.summarization.byline import StatedWords, stated_authors, stated_title
from rag.understanding.question.document_names import MAX_NAMED, named, names_a_document, own_words
from rag.understanding.question.question import Question
from rag.understanding.wishes.library_wish import LibraryWish
from rag.understanding.wishes.summary_wish import SummaryWish

Row = NDArray[np.float32]
"""(dim,)."""

MOSTLY_FOUND: Final = 0.8
"""Where so many of the first hits are of one document, "the report on X" is that one."""

MIN_WORDS, MAX_WORDS = 2, 9
"""Of a heading that says what stands below it: "Results" says too little."""

MIN_BELOW: Final = 40
"""Letters that stand below a heading which is more than a line of a cover."""

MAX_LISTED: Final = 20
OPENING_LETTERS: Final = 600

_HEADINGS: Final = ("title", "heading")
_NUMBER: Final = re.compile(r"^(?:(?:\d+[.)])*\d+[.)]?|[A-Z][.)]|[IVX]+[.)])\s+")
_ENDS: Final = " :.;,–—-"
_WORD: Final = re.compile(r"\w+")
_AMID_A_SENTENCE: Final = re.compile(r"(?<=[\w,] )\w+")


class StoredDocuments(Protocol):
    """The index, by documents. Chunks come in reading order."""

    def chunks(self, ids: Sequence[str]) -> list[Chunk]: ...
    def chunks_of(self, doc_id: str) -> list[Chunk]: ...
    def chunks_by_document(self, doc_ids: Sequence[str]) -> dict[str, list[str]]: ...
    def vectors(self, ids: Sequence[str]) -> Mapping[str, Row]: ...


def chosen(
    records: Sequence[DocumentRecord],
    asked: Question,
    wish: SummaryWish,
    opening: Callable[[DocumentRecord], str],
    find: Callable[[str], Sequence[Hit]],
) -> list[DocumentRecord] | None:
    """Return the documents that a wish is about, by source; None where it names none of them.

    Of what names none it is the one that was spoken of. `opening` returns how a document begins,
    `find` what is found for some words. Raises PagelightError where the filters admit none.
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
    among = called if 0 < len(called) <= MAX_NAMED else _with_pages(found, wish)
    last = [] if wish.of_all else [r for r in among if {*asked.spoken_of[:1]} & {*r.sources}]
    needs_one = wish.refers or wish.pages
    return last or (None if needs_one and len(among) > 1 else among)


def _mostly_found(
    records: Sequence[DocumentRecord], name: str, find: Callable[[str], Sequence[Hit]]
) -> list[DocumentRecord] | None:
    """Return the one of the documents of which nearly all hits are that have a word of the name."""
    own, hits = stems_read(" ".join(own_words(name))), find(name)
    telling = [hit for hit in hits if own & stems_read(hit.chunk.embedding_text)]
    count = Counter(hit.chunk.doc_id for hit in telling)
    return [r for r in records if count[r.id] >= MOSTLY_FOUND * max(1, len(hits))] or None


def _with_pages(records: list[DocumentRecord], wish: SummaryWish) -> list[DocumentRecord]:
    """Return those that may be meant by pages: presentations by slides, and long enough ones."""
    slides = of_kind("presentation", records)[1] if wish.of_slides else []
    meant = slides or records
    first = wish.pages[0] if wish.pages else 0  # what is no file of pages has none
    return [r for r in meant if r.page_count >= first] or meant


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


def topics_of(elements: Sequence[Element]) -> dict[str, int]:
    """Return the headings that name a topic, without their numbers, in order; and their pages.

    Of a document without pages they are of page 1. What is all in capitals is told as text is.
    """
    topics: dict[str, int] = {}
    above: Element | None = None
    for heading, below in pairwise(elements):
        topic = _NUMBER.sub("", " ".join(heading.text.split())).strip(_ENDS)
        # Nothing stands below a line of a cover, or it is the second one of a title page.
        is_second = heading.page == 1 and above is not None and above.role in _HEADINGS
        is_cover = is_second or below.role in _HEADINGS or len(below.text) < MIN_BELOW
        is_worded = MIN_WORDS <= len(topic.split()) <= MAX_WORDS
        is_topic = is_worded and sum(map(str.isalpha, topic)) > len(topic) / 2
        if heading.role == "heading" and not is_cover and is_topic:
            topics.setdefault(topic, heading.page or 1)
        above = heading
    if not any(map(str.isupper, topics)):
        return topics
    prose = {
        w for e in elements if e.role not in _HEADINGS for w in _AMID_A_SENTENCE.findall(e.text)
    }

    def written(word: re.Match[str]) -> str:
        """Return a word in capitals as the prose has it, else in small letters."""
        forms = (word[0].lower(), word[0].capitalize(), word[0])
        return next((form for form in forms if form in prose), forms[0])

    told = {t: _WORD.sub(written, t) if t.isupper() else t for t in topics}
    return {f"{told[t][:1].upper()}{told[t][1:]}" if t.isupper() else t: topics[t] for t in topics}


@dataclass(frozen=True, slots=True)
class Librarian:
    """Answers what is asked of the documents. Safe for several threads."""

    documents: StoredDocuments

    def answer(self, asked: Question, records: Sequence[DocumentRecord]) -> Answer | None:
        """Return the answer of `records`; None where they do not tell what is asked."""
        wish = asked.library
        if wish is None or not records:
            return None
        draft = CitedText()
        is_answered = self._fill(wish, records, draft)
        if not draft.text:
            return None
        begun = Answer(query=asked.said, standalone_query=asked.standalone, confidence=1.0)
        return replace(draft.answer(begun), answered=is_answered, complete=True)

    def _fill(self, wish: LibraryWish, records: Sequence[DocumentRecord], draft: CitedText) -> bool:
        """Fill the draft, or leave it empty; return whether what is asked for was found."""
        if wish.asks in ("count", "list"):
            return self._list(*of_kind(wish.kind, records), draft)
        meant = named(wish.named, records, self.opening)
        answers = [(r, self._of_one(wish, r)) for r in meant] if len(meant) <= MAX_NAMED else []
        known = [(record, one) for record, one in answers if one]
        add = draft.line if len(known) > 1 else draft.paragraph
        for record, said in known:
            document_line = f"**{plain(said.text)}** — {record.sources[0]}"
            add(document_line, said.chunk, said.start, said.end)
        return True

    def _list(self, kind: Kind | None, found: Sequence[DocumentRecord], draft: CitedText) -> bool:
        number = f"{len(found):,} document{'' if len(found) == 1 else 's'}"
        draft.block(f"**{kind.count(len(found))}**" if kind else f"**{number}**: {counted(found)}")
        listed = found[:MAX_LISTED]
        ids = self.documents.chunks_by_document([record.id for record in listed])
        chunks = self.documents.chunks([keys[0] for keys in ids.values() if keys])
        first = {chunk.doc_id: chunk for chunk in chunks}
        for record in listed:
            if record.id in first:
                place = _first_line(replace(first[record.id], source=record.sources[0]))
                pages = f", {record.page_count:,} pages" if record.page_count > 1 else ""
                title = f" — {plain(record.title)}" if record.title else ""
                document_line = f"**{record.sources[0]}**{title}{pages}"
                draft.line(document_line, place.chunk, place.start, place.end)
        if len(found) > MAX_LISTED:
            more = len(found) - MAX_LISTED
            draft.block(f"And {more:,} more: the list of documents shows them all.")
        return bool(found)

    def _of_one(self, wish: LibraryWish, record: DocumentRecord) -> StatedWords | None:
        found = self.documents.chunks_of(record.id)
        chunks = [replace(chunk, source=record.sources[0]) for chunk in found]
        if not chunks:
            return None
        if wish.asks == "pages":
            unit = "slide" if kind_of(record.media_type).one == "presentation" else "page"
            count = record.page_count
            length = f"{count:,} {unit}{'' if count == 1 else 's'}" if count else "No pages"
            return replace(_first_line(chunks[0]), wording=length)
        tell = stated_title if wish.asks == "title" else stated_authors
        return tell(record.title, chunks)

    def opening(self, record: DocumentRecord, *, chunk_count: int = 1) -> str:
        keys = self.documents.chunks_by_document([record.id]).get(record.id, ())
        chunks = self.documents.chunks(keys[:chunk_count])
        return "\n".join(chunk.text for chunk in chunks)[:OPENING_LETTERS]


def _first_line(chunk: Chunk) -> StatedWords:
    return StatedWords(chunk=chunk, start=0, end=len(chunk.text.partition("\n")[0]))
