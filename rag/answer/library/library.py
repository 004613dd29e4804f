"""Answers about the documents themselves: how many, which, by whom, and which mention something.

Nothing is guessed: what no file, title or byline tells is left to the search for an answer. Knows
the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from rag.answer.evidence.quoting import shortened
from rag.answer.library.document_kinds import Kind, counted, kind_of, of_kind
from rag.answer.library.stated import stated_authors, stated_title
from rag.answer.question.document_names import MOST_NAMED, named
from rag.answer.question.library_wish import LibraryWish
from rag.answer.question.question import Question
from rag.answer.summary.summary import SummarizedDocument
from rag.answer.summary.text import Draft
from rag.datamodel import CELL_SEPARATOR, Answer, Chunk, Filters, Hit
from rag.text import content_stems, sentence_spans, words

MOST_LISTED: Final = 20
MOST_SEARCHED: Final = 500
"""So many passages are looked through for some words."""

TELLING_WORDS: Final = 6
QUOTED_WORDS: Final = 24
_NOTE_SIGN: Final = re.compile(r"(?<=[^\W\d_]{3})\d\b")
OPENING_LETTERS: Final = 400


class LibraryIndex(Protocol):
    """The index, as far as it is needed here."""

    def chunks(self, ids: Sequence[str]) -> list[Chunk]: ...
    def chunks_of(self, doc_id: str) -> list[Chunk]: ...
    def chunks_by_document(self, doc_ids: Sequence[str]) -> dict[str, list[str]]: ...
    def search_lexical(self, text: str, *, k: int, filters: Filters) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class _Place:
    """A range of a chunk's text."""

    chunk: Chunk
    start: int
    end: int


class Librarian:
    """Answers what is asked of the documents. Safe for several threads."""

    def __init__(
        self, documents: LibraryIndex, *, now: Callable[[], float] = time.perf_counter
    ) -> None:
        self._documents = documents
        self._now = now

    def answer(self, asked: Question, records: Sequence[SummarizedDocument]) -> Answer | None:
        """Return the answer of `records`, those searched.

        None where something else is asked, where it names none of them, or they do not tell.
        """
        wish, begin = asked.library, self._now()
        if wish is None or not records:
            return None
        draft = Draft()
        is_answered = self._told(wish, asked, records, draft)
        if not draft.text:
            return None
        begun = Answer(query=asked.said, standalone_query=asked.standalone, confidence=1.0)
        timings = (("total", self._now() - begin),)
        return replace(draft.answer(begun), answered=is_answered, timings_s=timings, complete=True)

    def _told(
        self,
        wish: LibraryWish,
        asked: Question,
        records: Sequence[SummarizedDocument],
        draft: Draft,
    ) -> bool:
        """Fill the draft, or leave it empty; return whether what is asked for was found."""
        if wish.asks in ("count", "list"):
            return self._list(*of_kind(wish.kind, records), draft)
        if wish.asks == "mentions":
            return self._mentions(wish, asked, records, draft)
        meant = named(wish.named, records, self.opening)
        told = [(r, self._of_one(wish, r)) for r in meant] if len(meant) <= MOST_NAMED else []
        known = [(record, *one) for record, one in told if one]
        add = draft.line if len(known) > 1 else draft.paragraph
        for record, said, place in known:
            add(f"**{said}** — {record.sources[0]}", place.chunk, place.start, place.end)
        return True

    # What there is

    def _list(self, kind: Kind | None, found: Sequence[SummarizedDocument], draft: Draft) -> bool:
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
        self,
        wish: LibraryWish,
        asked: Question,
        records: Sequence[SummarizedDocument],
        draft: Draft,
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

    def _places(self, wanted: str, filters: Filters) -> dict[str, _Place]:
        """Return the sentence of each document that has all the words, the likeliest first.

        One that has them as they were typed is preferred, and one that is no mere heading.
        """
        hits = self._documents.search_lexical(wanted, k=MOST_SEARCHED, filters=filters)
        stems, typed = set(content_stems(wanted)), f" {_folded(wanted)} "
        best: dict[str, tuple[tuple[bool, bool], _Place]] = {}
        for chunk in (hit.chunk for hit in hits):
            for start, end in sentence_spans(chunk.text):
                said = _folded(chunk.text[start:end])
                if not stems <= set(content_stems(said)):
                    continue
                worth = typed in f" {said} ", said.count(" ") >= TELLING_WORDS
                if chunk.doc_id not in best or worth > best[chunk.doc_id][0]:
                    best[chunk.doc_id] = worth, _Place(chunk, start, end)
        order = sorted(best, key=lambda doc_id: not best[doc_id][0][0])
        return {doc_id: best[doc_id][1] for doc_id in order}

    # One document

    def _of_one(self, wish: LibraryWish, record: SummarizedDocument) -> tuple[str, _Place] | None:
        """Return what is told of one document, and where that stands."""
        found = self._documents.chunks_of(record.id)
        chunks = [replace(chunk, source=record.sources[0]) for chunk in found]
        if not chunks:
            return None
        if wish.asks == "pages":
            return _length(record), _first_line(chunks[0])
        tell = stated_title if wish.asks == "title" else stated_authors
        told = tell(record.title, chunks)
        return (_plain(told.text), _Place(told.chunk, told.start, told.end)) if told else None

    def opening(self, record: SummarizedDocument) -> str:
        """Return how a document begins."""
        first = self._first_chunks([record])
        return "".join(chunk.text[:OPENING_LETTERS] for chunk in first.values())

    def _first_chunks(self, records: Sequence[SummarizedDocument]) -> dict[str, Chunk]:
        """Return the first chunk of each document that has any."""
        sources = {record.id: record.sources[0] for record in records}
        ids = self._documents.chunks_by_document(list(sources))
        chunks = self._documents.chunks([keys[0] for keys in ids.values() if keys])
        return {c.doc_id: replace(c, source=sources[c.doc_id]) for c in chunks}


def _length(record: SummarizedDocument) -> str:
    unit = "slide" if kind_of(record.media_type).one == "presentation" else "page"
    count = record.page_count
    return f"{count:,} {unit}{'' if count == 1 else 's'}" if count else "No pages"


def _described(record: SummarizedDocument) -> str:
    pages = f", {record.page_count:,} pages" if record.page_count > 1 else ""
    title = f" — {_plain(record.title)}" if record.title else ""
    return f"**{record.sources[0]}**{title}{pages}"


def _plain(text: str) -> str:
    """Return document words on one line, without marks and markup."""
    return re.sub(r"[*\[\]]", " ", " ".join(text.split()))


def _first_line(chunk: Chunk) -> _Place:
    return _Place(chunk, 0, len(chunk.text.partition("\n")[0]))


def _quoted(place: _Place, mentioned: Question) -> str:
    """Return the words of a place around those that were looked for."""
    said = shortened(
        place.chunk.text,
        (place.start, place.end),
        mentioned,
        most_words=QUOTED_WORDS,
    )
    return _plain(said.replace(CELL_SEPARATOR, " · "))


def _folded(text: str) -> str:
    """Return the words of a text, without the signs of notes behind them: `Kan2` as `kan`."""
    return _NOTE_SIGN.sub("", " ".join(words(text)))
