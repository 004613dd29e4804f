"""Answers about the documents themselves: how many, which, by whom, how long.

Nothing is guessed: what no file, title or byline tells is left to the search for an answer. Knows
the seams; knows no model, no store and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Answer, Chunk
from rag.generation.citations import CitedText, plain
from rag.storage.documents.document_kinds import Kind, counted, kind_of, of_kind
from rag.storage.documents.records import DocumentRecord
from rag.summarization.byline import StatedWords, stated_authors, stated_title
from rag.summarization.documents import StoredDocuments
from rag.understanding.question.document_names import MAX_NAMED, named
from rag.understanding.question.question import Question
from rag.understanding.wishes.library_wish import LibraryWish

MAX_LISTED: Final = 20
OPENING_LETTERS: Final = 600


class Librarian:
    """Answers what is asked of the documents. Safe for several threads."""

    def __init__(self, documents: StoredDocuments) -> None:
        self._documents = documents

    def answer(self, asked: Question, records: Sequence[DocumentRecord]) -> Answer | None:
        """Return the answer of `records`, those searched.

        None where something else is asked, where it names none of them, or they do not tell.
        """
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
        first = self._first_chunks(found[:MAX_LISTED])
        for record in found[:MAX_LISTED]:
            if record.id in first:
                place = _first_line(first[record.id])
                draft.line(_described(record), place.chunk, place.start, place.end)
        self._rest(len(found), draft)
        return bool(found)

    def _rest(self, count: int, draft: CitedText) -> None:
        if count > MAX_LISTED:
            draft.block(f"And {count - MAX_LISTED:,} more: the list of documents shows them all.")

    def _of_one(self, wish: LibraryWish, record: DocumentRecord) -> StatedWords | None:
        """Return what is told of one document."""
        found = self._documents.chunks_of(record.id)
        chunks = [replace(chunk, source=record.sources[0]) for chunk in found]
        if not chunks:
            return None
        if wish.asks == "pages":
            return replace(_first_line(chunks[0]), wording=_length(record))
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
