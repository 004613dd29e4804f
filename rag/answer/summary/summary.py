"""Summaries of a document, or of all that is searched: what carries them, each with its place.

Without a generator that writes, a summary is made of the documents' own sentences, tables and
pictures. A generator is given the chunks that hold these, and writes. Knows the seams; knows no
model and no store.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

import prompts
from rag.answer.base.kept_vectors import KeptResults
from rag.answer.question.document_names import MOST_NAMED, named, names_a_document, own_words
from rag.answer.question.question import Question
from rag.answer.summary.centrality import centrality, mean_direction, relevant_and_new
from rag.answer.summary.choice import Embed, Matter, matter_of
from rag.answer.summary.documents import StoredDocuments
from rag.answer.summary.text import Draft, file_name, headings_of, is_caption
from rag.answer.wishes.summary_wish import Length, Pages, SummaryWish
from rag.datamodel import Answer, Chunk, Figure, Filters, Hit
from rag.errors import PagelightError, WriterFailedError
from rag.glossary.gloss import as_english, stems_read
from rag.index.rows.records import DocumentRecord

STAGE: Final = "summarise"
"""The name of the stage in `Answer.timings_s`: what tells a summary from other answers."""

NO_WORDS: Final = "There is nothing in it to summarise: no words and no captions were found."
NAME_ONE: Final = "This is of all that is searched. Name a file with @ to summarise it alone."
MOST_COMPARED: Final = 80
"""Sentences of one document that are compared as vectors: about a second on one core."""

MOST_COMPARED_EACH: Final = 24
"""The same, where several documents are summarised together."""

MOST_LOOKED_AT: Final = 12
"""So many pictures of a document are decoded to tell whether they say anything."""

MOSTLY_FOUND: Final = 0.8
"""Where so many of the first hits are of one document, "the report on X" is that one."""

MOSTLY: Final = 0.4
"""With so much of it in tables, half of a document's summary is of its tables."""

KEPT: Final = 32
SPREAD: Final = 0.5
"""What likeness to a taken document counts beside how central a document is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much a summary holds: of one document, and of several."""

    statements: int
    pictures: int
    documents: int


SIZES: Final[dict[Length, Size]] = {
    "short": Size(statements=3, pictures=1, documents=4),
    "medium": Size(statements=6, pictures=2, documents=8),
    "long": Size(statements=12, pictures=3, documents=16),
}


class SummaryPictures(Protocol):
    """What chooses and captions pictures (`rag.answer.compose.figures`)."""

    def is_telling(self, chunk: Chunk) -> bool: ...
    def caption(self, chunk: Chunk) -> str: ...
    def beside(self, answer: Answer, asked: Question) -> tuple[Figure, ...]: ...


Write = Callable[[Question, Sequence[Hit]], Iterator[Answer]]
"""Has the generator write from some sources; the last answer is complete.

Raises WriterFailedError: the summary is then what would have been written from.
"""


_Given = tuple[list[Chunk], str, int]
"""Chunks and title of a document, and how many sentences are compared."""


class Summarizer:
    """Summarises documents. Safe for several threads; what was read of a document is kept."""

    def __init__(
        self,
        documents: StoredDocuments,
        embed: Embed,
        pictures: SummaryPictures,
        *,
        write: Write | None = None,
    ) -> None:
        self._documents = documents
        self._embed = embed
        self._pictures = pictures
        self._write = write
        self._kept = KeptResults[tuple[str, ...], _Given, Matter](self._matters, most=KEPT)

    def summarise(
        self, asked: Question, wish: SummaryWish, records: Sequence[DocumentRecord]
    ) -> Iterator[Answer]:
        """Yield a growing summary of `records`, at least one; the last is complete."""
        begin = time.perf_counter()
        size = SIZES[wish.length]
        said = asked.said
        begun = Answer(query=said, standalone_query=said.text, confidence=1.0)
        draft = Draft()
        for _ in self._grow(draft, records, size, wish):
            if self._write is None:
                yield draft.answer(begun)
        if not draft.text:
            yield self._timed(replace(begun, text=_nothing(wish, records), answered=False), begin)
            return
        made = draft.answer(begun)
        if self._write is None:
            yield self._timed(self._quoted(made, asked, wish, records), begin)
            return
        request = asked.part(_request(size, one=len(records) == 1))
        try:
            for answer in self._write(request, made.context.hits):
                told = replace(answer, query=said, standalone_query=said.text)
                yield self._timed(told, begin) if answer.complete else told
        except WriterFailedError as error:
            yield self._timed(self._quoted(made, asked, wish, records, str(error)), begin)

    def _quoted(
        self,
        made: Answer,
        asked: Question,
        wish: SummaryWish,
        records: Sequence[DocumentRecord],
        *told: str,
    ) -> Answer:
        """Return the summary in the documents' own words, with its pictures and notes."""
        notes = (*_notes(made, wish, records), *told)
        return replace(made, figures=self._pictures.beside(made, asked), notes=notes)

    def _timed(self, answer: Answer, begin: float) -> Answer:
        taken = time.perf_counter() - begin
        timings = (*answer.timings_s, (STAGE, taken), ("total", taken))
        return replace(answer, timings_s=timings, complete=True)

    def _grow(
        self, draft: Draft, records: Sequence[DocumentRecord], size: Size, wish: SummaryWish
    ) -> Iterator[None]:
        """Fill the draft, yielding after each document."""
        if len(records) == 1:
            self._one(draft, records[0], size, wish)
            yield
            return
        likeliest = self._likeliest(records, k=size.documents)
        each = max(1, size.statements // len(likeliest))
        for record in likeliest:
            self._each(draft, record, each)
            yield

    def _one(self, draft: Draft, record: DocumentRecord, size: Size, wish: SummaryWish) -> None:
        matter = self._matter(record, most_compared=MOST_COMPARED, pages=wish.pages)
        of_tables = matter.table_share > MOSTLY
        count = size.statements // 2 if of_tables else size.statements
        best = matter.best(count, findings=wish.findings)
        leads = headings_of(best)
        parts = [] if wish.findings else matter.parts_besides(leads)
        for number, (statement, lead) in enumerate(zip(best, leads, strict=True)):
            if number == 1:
                draft.outline(parts)
            draft.statement(statement, lead=lead)
        for grid in matter.grids[: size.statements - len(best)]:
            heading = grid.chunk.headings[-1] if grid.chunk.headings else ""
            draft.table(grid, lead=heading or file_name(record.sources[0]))
        alone = not draft.text
        for chunk in self._telling(matter.pictures, most=size.pictures, alone=alone):
            draft.picture(chunk, self._pictures.caption(chunk))

    def _each(self, draft: Draft, record: DocumentRecord, count: int) -> None:
        """Add one document of several."""
        matter = self._matter(record, most_compared=MOST_COMPARED_EACH)
        name = file_name(record.sources[0])
        best = matter.best(count)
        if len(best) > 1:
            draft.head(name)
        for statement in best:
            draft.statement(statement, lead="" if len(best) > 1 else name)
        if not best and matter.grids:
            draft.table(matter.grids[0], lead=name)
        elif not best:
            for chunk in self._telling(matter.pictures, most=1, alone=True):
                draft.picture(chunk, self._pictures.caption(chunk), lead=name)

    def _telling(self, chunks: Sequence[Chunk], *, most: int, alone: bool) -> list[Chunk]:
        """Return the first few pictures that say something, in the document's order.

        Beside words only those that have a caption; `alone` takes others too.
        """
        found: list[Chunk] = []
        for chunk in chunks[:MOST_LOOKED_AT]:
            says = alone or is_caption(self._pictures.caption(chunk), chunk)
            if len(found) < most and says and self._pictures.is_telling(chunk):
                found.append(chunk)
        return sorted(found, key=lambda chunk: chunk.ordinal)

    def _matter(self, record: DocumentRecord, *, most_compared: int, pages: Pages = None) -> Matter:
        source = record.sources[0]  # the same bytes may lie where this person may not look
        chunks = [
            replace(chunk, source=source)
            for chunk in self._documents.chunks_of(record.id)
            if pages is None or pages[0] <= (chunk.page or 0) <= pages[1]
        ]
        key = (record.id, source, str(most_compared), *(chunk.id for chunk in chunks))
        return self._kept.of({key: (chunks, record.title, most_compared)})[key]

    def _matters(self, given: Sequence[_Given]) -> list[Matter]:
        return [
            matter_of(
                chunks,
                self._documents.vectors([chunk.id for chunk in chunks]),
                self._embed,
                title=title,
                most_compared=most_compared,
            )
            for chunks, title, most_compared in given
        ]

    def _likeliest(self, records: Sequence[DocumentRecord], *, k: int) -> list[DocumentRecord]:
        """Return the documents that stand for most others, and least for each other."""
        if len(records) <= k:
            return list(records)
        ids = self._documents.chunks_by_document([record.id for record in records])
        rows = self._documents.vectors([key for keys in ids.values() for key in keys])
        of_each = {r.id: [rows[key] for key in ids.get(r.id, ()) if key in rows] for r in records}
        known = [record for record in records if of_each[record.id]]
        if len(known) <= k:
            return known or list(records[:k])
        vectors = np.stack([mean_direction(np.stack(of_each[record.id])) for record in known])
        sizes = np.log1p([float(record.chunk_count) for record in known])
        scores = centrality(vectors, sizes) * sizes / sizes.max()
        found = relevant_and_new(vectors, scores / scores.max(), k=k, novelty=SPREAD)
        return [known[n] for n in sorted(found)]


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
        if 0 < len(meant) <= MOST_NAMED:
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
    among = called if 0 < len(called) <= MOST_NAMED else found
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


def _nothing(wish: SummaryWish, records: Sequence[DocumentRecord]) -> str:
    """Return why there is no summary."""
    count = records[0].page_count
    if wish.pages and count < wish.pages[0]:
        has = f"{count:,} page{'' if count == 1 else 's'}" if count else "no pages"
        return f"{records[0].sources[0]} has {has}."
    return NO_WORDS


def _request(size: Size, *, one: bool) -> str:
    """Return what the generator is asked."""
    text: str = prompts.load("summary").substitute(
        sentences=size.statements if one else max(size.statements, size.documents),
        what="document" if one else "documents",
    )
    return text.strip()


def _notes(answer: Answer, wish: SummaryWish, records: Sequence[DocumentRecord]) -> tuple[str, ...]:
    """Return what a person should know of how the summary was made."""
    if len(records) == 1:
        return (_from_pages(answer, records[0].page_count),)
    shown = len({citation.chunk.doc_id for citation in answer.citations})
    likest = "" if shown == len(records) else ": those most like the others, least like each other"
    told = f"Word for word, from {shown} of {len(records)} documents{likest}."
    return (NAME_ONE, told) if wish.one else (told,)


def _from_pages(answer: Answer, page_count: int) -> str:
    pages = {citation.page for citation in answer.citations} - {None}
    if not pages or page_count == 1:
        return "Word for word from the document."
    return f"Word for word, from {len(pages)} of {page_count} pages."
