"""Answers about the documents themselves: how many, which, by whom, and which mention something.

Nothing is guessed: what no file, title or byline tells is left to the search for an answer. Knows
the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.answer.base.citations import plain
from rag.answer.evidence.quoting import shortened
from rag.answer.library.byline import StatedWords
from rag.answer.library.sections import sections
from rag.answer.library.stated import stated_authors, stated_title
from rag.answer.question.document_names import MOST_NAMED, named
from rag.answer.question.question import Question
from rag.answer.summary.documents import StoredDocuments
from rag.answer.summary.text import Draft
from rag.answer.wishes.library_wish import LibraryWish
from rag.datamodel import CELL_SEPARATOR, Answer, Chunk, Filters
from rag.index.rows.document_kinds import Kind, counted, kind_of, of_kind
from rag.index.rows.records import DocumentRecord
from rag.text import content_stems, sentence_spans, words

MOST_LISTED: Final = 20
MOST_SEARCHED: Final = 500
"""So many passages are looked through for some words."""

TELLING_WORDS: Final = 6
QUOTED_WORDS: Final = 24
_NOTE_SIGN: Final = re.compile(r"(?<=[^\W\d_]{3})\d\b")
OPENING_LETTERS: Final = 600


class Librarian:
    """Answers what is asked of the documents. Safe for several threads."""

    def __init__(self, documents: StoredDocuments) -> None:
        self._documents = documents

    def answer(self, asked: Question, records: Sequence[DocumentRecord]) -> Answer | None:
        """Return the answer of `records`, those searched.

        None where something else is asked, where it names none of them, or they do not tell.
        """
        wish, begin = asked.library, time.perf_counter()
        if wish is None or not records:
            return None
        draft = Draft()
        is_answered = self._told(wish, asked, records, draft)
        if not draft.text:
            return None
        begun = Answer(query=asked.said, standalone_query=asked.standalone, confidence=1.0)
        timings = (("total", time.perf_counter() - begin),)
        return replace(draft.answer(begun), answered=is_answered, timings_s=timings, complete=True)

    def _told(
        self, wish: LibraryWish, asked: Question, records: Sequence[DocumentRecord], draft: Draft
    ) -> bool:
        """Fill the draft, or leave it empty; return whether what is asked for was found."""
        if wish.asks in ("count", "list"):
            return self._list(*of_kind(wish.kind, records), draft)
        if wish.asks == "mentions":
            return self._mentions(wish, asked, records, draft)
        meant = named(wish.named, records, self.opening)
        if wish.asks == "sections":
            return len(meant) == 1 and self._sections(wish, meant[0], draft)
        told = [(r, self._of_one(wish, r)) for r in meant] if len(meant) <= MOST_NAMED else []
        known = [(record, one) for record, one in told if one]
        add = draft.line if len(known) > 1 else draft.paragraph
        for record, said in known:
            told_name = f"**{plain(said.text)}** — {record.sources[0]}"
            add(told_name, said.chunk, said.start, said.end)
        return True

    # What there is

    def _list(self, kind: Kind | None, found: Sequence[DocumentRecord], draft: Draft) -> bool:
        number = f"{len(found):,} document{'' if len(found) == 1 else 's'}"
        draft.block(f"**{kind.count(len(found))}**" if kind else f"**{number}**: {counted(found)}")
        first = self._first_chunks(found[:MOST_LISTED])
        for record in found[:MOST_LISTED]:
            if record.id in first:
                place = _first_line(first[record.id])
                draft.line(_described(record), place.chunk, place.start, place.end)
        self._rest(len(found), draft)
        return bool(found)

    def _rest(self, count: int, draft: Draft) -> None:
        if count > MOST_LISTED:
            draft.block(f"And {count - MOST_LISTED:,} more: the list of documents shows them all.")

    def _mentions(
        self, wish: LibraryWish, asked: Question, records: Sequence[DocumentRecord], draft: Draft
    ) -> bool:
        sources = {record.id: record.sources[0] for record in of_kind(wish.kind, records)[1]}
        places = self._places(wish.words, asked.filters)
        found = {doc_id: place for doc_id, place in places.items() if doc_id in sources}
        if not content_stems(wish.words):
            return False
        if not found:
            draft.block(f"No document mentions “{wish.words}”.")
            return False
        mentioned = asked.part(wish.words)
        verb = "document mentions" if len(found) == 1 else "documents mention"
        draft.block(f"**{len(found):,}** {verb} “{wish.words}”:")
        for doc_id, place in list(found.items())[:MOST_LISTED]:
            said = f"**{sources[doc_id]}** — “{_quoted(place, mentioned)}”"
            draft.line(said, place.chunk, place.start, place.end)
        self._rest(len(found), draft)
        return True

    def _places(self, wanted: str, filters: Filters) -> dict[str, StatedWords]:
        """Return the sentence of each document that has all the words, the likeliest first.

        One that has them as they were typed is preferred, and one that is no mere heading.
        """
        hits = self._documents.search_lexical(wanted, k=MOST_SEARCHED, filters=filters)
        stems, typed = set(content_stems(wanted)), f" {_folded(wanted)} "
        best: dict[str, tuple[tuple[bool, bool], StatedWords]] = {}
        for chunk in (hit.chunk for hit in hits):
            for start, end in sentence_spans(chunk.text):
                said = _folded(chunk.text[start:end])
                if not stems <= set(content_stems(said)):
                    continue
                worth = typed in f" {said} ", said.count(" ") >= TELLING_WORDS
                if chunk.doc_id not in best or worth > best[chunk.doc_id][0]:
                    best[chunk.doc_id] = worth, StatedWords(chunk=chunk, start=start, end=end)
        order = sorted(best, key=lambda doc_id: not best[doc_id][0][0])
        return {doc_id: best[doc_id][1] for doc_id in order}

    # One document

    def _sections(self, wish: LibraryWish, record: DocumentRecord, draft: Draft) -> bool:
        """List the headings of a document; leave the draft empty without any."""
        document = self._documents.document(record.id)
        found = self._documents.chunks_of(record.id) if document else []
        chunks = [replace(chunk, source=record.sources[0]) for chunk in found]
        told = sections(document.elements, chunks, of=wish.words) if document else []
        if told:
            draft.block(f"Headings of **{record.sources[0]}**:")
        for one in told[:MOST_LISTED]:
            draft.line(plain(one.text), one.chunk, one.start, one.end)
        if len(told) > MOST_LISTED:
            draft.block(f"And {len(told) - MOST_LISTED:,} more.")
        return bool(told)

    def _of_one(self, wish: LibraryWish, record: DocumentRecord) -> StatedWords | None:
        """Return what is told of one document."""
        found = self._documents.chunks_of(record.id)
        chunks = [replace(chunk, source=record.sources[0]) for chunk in found]
        if not chunks:
            return None
        if wish.asks == "pages":
            return replace(_first_line(chunks[0]), told=_length(record))
        tell = stated_title if wish.asks == "title" else stated_authors
        return tell(record.title, chunks)

    def opening(self, record: DocumentRecord, *, chunk_count: int = 1) -> str:
        """Return how a document begins."""
        keys = self._documents.chunks_by_document([record.id]).get(record.id, ())
        chunks = self._documents.chunks(keys[:chunk_count])
        return "\n".join(chunk.text for chunk in chunks)[:OPENING_LETTERS]

    def _first_chunks(self, records: Sequence[DocumentRecord]) -> dict[str, Chunk]:
        """Return the first chunk of each document that has any."""
        sources = {record.id: record.sources[0] for record in records}
        ids = self._documents.chunks_by_document(list(sources))
        chunks = self._documents.chunks([keys[0] for keys in ids.values() if keys])
        return {c.doc_id: replace(c, source=sources[c.doc_id]) for c in chunks}


def _length(record: DocumentRecord) -> str:
    unit = "slide" if kind_of(record.media_type).one == "presentation" else "page"
    count = record.page_count
    return f"{count:,} {unit}{'' if count == 1 else 's'}" if count else "No pages"


def _described(record: DocumentRecord) -> str:
    pages = f", {record.page_count:,} pages" if record.page_count > 1 else ""
    title = f" — {plain(record.title)}" if record.title else ""
    return f"**{record.sources[0]}**{title}{pages}"


def _first_line(chunk: Chunk) -> StatedWords:
    return StatedWords(chunk=chunk, start=0, end=len(chunk.text.partition("\n")[0]))


def _quoted(place: StatedWords, mentioned: Question) -> str:
    """Return the words of a place around those that were looked for."""
    said = shortened(place.chunk.text, (place.start, place.end), mentioned, most_words=QUOTED_WORDS)
    return plain(said.replace(CELL_SEPARATOR, " · "))


def _folded(text: str) -> str:
    """Return the words of a text, without the signs of notes behind them: `Kan2` as `kan`."""
    return _NOTE_SIGN.sub("", " ".join(words(text)))
