"""Chooses what stands for documents, and sums them up: quoted; of one, written where a model is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Answer, Chunk
from rag.errors import ModelError
from rag.generation.citations import CitedText, cited, hits_of, plain, without_marks
from rag.generation.composition import UNHELD, in_order_of_use
from rag.generation.context import Source
from rag.generation.draft import Draft, joined
from rag.generation.figures import Figures
from rag.generation.verification.check import check
from rag.generation.writers.large_writer import Writer
from rag.protocols import Matrix
from rag.storage.documents.records import DocumentRecord
from rag.summarization.library import StoredDocuments
from rag.summarization.statements import POINTING_WORTH, Statement, statements_of, tables_of
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import Length, Pages, SummaryWish

NOVELTY: Final = 0.35
"""What likeness to what was taken counts beside a row's own score."""

TOO_LIKE: Final = 0.8
"""The cosine from which two rows say the same."""

Weights = NDArray[np.float64]
"""(n,), none negative."""


def centrality(vectors: Matrix) -> Weights:
    """Return how like each row is to the mean of all, in 0..1: shape (n,)."""
    if not len(vectors):
        return np.zeros(0)
    return (vectors @ mean_direction(vectors)).astype(np.float64).clip(min=0.0)


def central_and_new(
    vectors: Matrix, scores: Weights, *, k: int, too_like: float = TOO_LIKE
) -> list[int]:
    """Return at most `k` positions, the best first, by (1 - NOVELTY) * score - NOVELTY * likeness.

    What is `too_like` something taken is left out, and so is a score of 0.
    """
    taken: list[int] = []
    nearest = np.zeros(len(scores))
    left = scores > 0
    while len(taken) < k and left.any():
        worth = np.where(left, (1 - NOVELTY) * scores - NOVELTY * nearest, -np.inf)
        best = int(worth.argmax())
        taken.append(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
        left &= nearest < too_like
        left[best] = False
    return taken


def mean_direction(vectors: Matrix) -> NDArray[np.float32]:
    """Return the unit vector of the mean: (dim,). There is at least one row."""
    mean = vectors.mean(axis=0)
    unit: NDArray[np.float32] = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return unit


STAGE: Final = "summarise"
"""The name of the stage in `Answer.timings_s`: what tells a summary from other answers."""

NO_WORDS: Final = "There is nothing in it to summarise: no words and no captions were found."
NAME_ONE: Final = "This is of all that is searched. Name a file with @ to summarise it alone."
MAX_COMPARED: Final = 80
"""Sentences of one document that are compared as vectors: about a second on one core."""

MAX_COMPARED_EACH: Final = 24
"""The same, where several documents are summarised together."""

OPENING: Final = 1.4
"""What a document begins with counts so much more."""

CONFIDENCE: Final = 0.5
"""Of a summary: that it tells what was wanted of a document is not known."""

MAX_PICTURES: Final = 3

Embed = Callable[[Sequence[str]], Matrix]
SENTENCES: Final[dict[Length, int]] = {"short": 3, "medium": 6, "long": 12}
"""How much a summary holds."""

DOCUMENTS: Final[dict[Length, int]] = {"short": 12, "medium": 40, "long": 200}
"""So many documents are told by a line each."""

MAX_BEGINNING: Final = 40
"""Chunks at the beginning of a document that are looked through for what it is about."""


Selection = list[tuple[str, list[Statement]]]
"""What stands for some documents: of each, by its title, its statements, in order."""


@dataclass(frozen=True, slots=True)
class Summarizer:
    """Safe for several threads."""

    documents: StoredDocuments
    embed: Embed
    pictures: Figures

    def summarize(
        self,
        asked: Question,
        wish: SummaryWish,
        records: Sequence[DocumentRecord],
        writer: Writer | None,
    ) -> Iterator[Answer]:
        """Yield a growing summary of `records`; where the writer fails it is quoted, with a note.

        A small writer sums up the prose of one document alone.
        """
        begin = time.perf_counter()
        selection = self._selected(wish, records)
        statements = [one for _, its in selection for one in its]
        last = quoted = self._quoted(asked, wish, records, selection)
        is_small = len(selection) == 1 and all(one.is_whole for one in statements)
        try:
            if writer and quoted.citations and (writer.decides or is_small):
                yield replace(quoted, complete=False)
                parts: dict[str, list[Statement]] = {}
                for one in statements:
                    parts.setdefault(one.chunk.id, []).append(one)
                hits = hits_of([part[0].chunk for part in parts.values()])
                sources = [
                    Source(hit=hit, text=" ".join(one.text for one in part))
                    for hit, part in zip(hits, parts.values(), strict=True)
                ]
                drafts = writer.summarize(asked, sources, wish.length)
                begun = replace(quoted, notes=(), figures=())
                for last in written(drafts, begun, asked.standalone):
                    yield replace(last, complete=False)
                if last is quoted and writer.decides:
                    last = replace(quoted, notes=(*quoted.notes, UNHELD))
        except ModelError as error:
            last = replace(quoted, notes=(*quoted.notes, str(error)))
        yield replace(last, timings_s=((STAGE, time.perf_counter() - begin),), complete=True)

    def _selected(self, wish: SummaryWish, records: Sequence[DocumentRecord]) -> Selection:
        k = SENTENCES[wish.length]
        if len(records) == 1:
            found = self._of_one(records[0], max_compared=MAX_COMPARED, pages=wish.pages)
            return [(_title(records[0]), _in_order(found[:k]))]
        listed = self._likeliest(records, k=DOCUMENTS[wish.length])
        each, titles = k // len(listed), Counter(map(_title, listed))
        selection = []
        for one in listed:
            if each > 1:
                found = self._of_one(one, max_compared=MAX_COMPARED_EACH)[:each]
            else:  # what tells what it is about; else a picture
                chunks = self._chunks(one)
                first = leading_statement(self.documents, chunks)
                found = [first] if first else self._captions(chunks[:MAX_BEGINNING])[:1]
            if found:
                name = _title(one)
                selection.append((name if titles[name] == 1 else one.sources[0], _in_order(found)))
        return selection

    def _quoted(
        self,
        asked: Question,
        wish: SummaryWish,
        records: Sequence[DocumentRecord],
        selection: Selection,
    ) -> Answer:
        text = CitedText()
        for name, statements in selection:
            lead = f"**{plain(name)}** — " if len(records) > 1 else ""
            for one in statements:
                text.line(f"{lead}{without_marks(one.text)}", one.chunk, one.start, one.end)
        begun = Answer(query=asked.said, standalone_query=asked.said.text, confidence=CONFIDENCE)
        if not text.text:
            return replace(begun, text=_nothing(wish, records), answered=False)
        made = replace(text.answer(begun), notes=_notes(wish, records, selection))
        figures = self.pictures.by_citations(made, asked) if len(records) == 1 else ()
        return replace(made, figures=figures)

    def _of_one(
        self, record: DocumentRecord, *, max_compared: int, pages: Pages = None
    ) -> list[Statement]:
        chunks = [
            chunk
            for chunk in self._chunks(record)
            if pages is None or pages[0] <= (chunk.page or 0) <= pages[1]
        ]
        found = self._best(chunks, most=max_compared)
        return [*found, *tables_of(chunks)] or self._captions(chunks)

    def _chunks(self, record: DocumentRecord) -> list[Chunk]:
        source = record.sources[0]  # the same bytes may lie where this person may not look
        return [replace(chunk, source=source) for chunk in self.documents.chunks_of(record.id)]

    def _captions(self, chunks: Sequence[Chunk]) -> list[Statement]:
        pictures = {chunk.image.id: chunk for chunk in chunks if chunk.image is not None}
        telling = [chunk for chunk in pictures.values() if self.pictures.is_telling(chunk)]
        return [
            Statement(chunk=one, start=0, end=len(one.text), said=self.pictures.caption(one))
            for one in telling[:MAX_PICTURES]
        ]

    def _best(self, chunks: Sequence[Chunk], *, most: int) -> list[Statement]:
        found = self._max_central(statements_of(chunks), chunks, most=most)
        if not found:
            return []
        vectors = self.embed([one.text for one in found])
        first = found[0].chunk.id
        worth = np.array([one.worth * (OPENING if one.chunk.id == first else 1) for one in found])
        scores = centrality(vectors) * worth
        return [found[n] for n in central_and_new(vectors, scores, k=len(found))]

    def _max_central(
        self, found: list[Statement], chunks: Sequence[Chunk], *, most: int
    ) -> list[Statement]:
        """Return those of the first and the most central chunks, in their order."""
        central = _central(self.documents, chunks) if len(found) > most else {}
        if not central:
            return found[:most]
        first = found[0].chunk.id

        def value(n: int) -> tuple[bool, float]:
            one = found[n]
            return one.chunk.id == first, one.worth * central.get(one.chunk.id, 0.0)

        kept = sorted(range(len(found)), key=value, reverse=True)[:most]
        return [found[n] for n in sorted(kept)]

    def _likeliest(self, records: Sequence[DocumentRecord], *, k: int) -> list[DocumentRecord]:
        """Return the documents that stand for most others, and least for each other."""
        ids = self.documents.chunks_by_document([record.id for record in records])
        rows = self.documents.vectors([key for keys in ids.values() for key in keys])
        of_each = {r.id: [rows[key] for key in ids.get(r.id, ()) if key in rows] for r in records}
        known = [record for record in records if of_each[record.id]]
        if len(records) <= k or len(known) <= k:
            return list(records[:k])
        vectors = np.stack([mean_direction(np.stack(of_each[record.id])) for record in known])
        sizes = np.log1p([float(record.chunk_count) for record in known])
        scores = centrality(vectors) * sizes / sizes.max()
        best = central_and_new(vectors, scores, k=k, too_like=np.inf)
        return [known[n] for n in sorted(best)]


def leading_statement(documents: StoredDocuments, chunks: Sequence[Chunk]) -> Statement | None:
    """Return how an abstract begins, else the most central statement, else a table.

    `chunks` are those of one document, in order, of which the beginning counts. None where it has
    none of these.
    """
    beginning = chunks[:MAX_BEGINNING]
    found = [one for one in statements_of(beginning) if one.worth > POINTING_WORTH]
    central = _central(documents, beginning)

    def value(one: Statement) -> tuple[bool, float]:
        return one.worth > 1, central.get(one.chunk.id, 0.0)

    return max(found, key=value, default=None) or next(iter(tables_of(beginning)), None)


def _central(documents: StoredDocuments, chunks: Sequence[Chunk]) -> dict[str, float]:
    """Return how like each chunk is to all, by its id; of those that have a vector."""
    rows = documents.vectors([chunk.id for chunk in chunks])
    if not rows:
        return {}
    return dict(zip(rows, centrality(np.stack(list(rows.values()))), strict=True))


def _title(record: DocumentRecord) -> str:
    return record.title or PurePosixPath(record.sources[0]).name


def _in_order(statements: Sequence[Statement]) -> list[Statement]:
    return sorted(statements, key=lambda one: (one.chunk.ordinal, one.start))


def _nothing(wish: SummaryWish, records: Sequence[DocumentRecord]) -> str:
    count = records[0].page_count
    if wish.pages and count < wish.pages[0]:
        has = f"{count:,} page{'' if count == 1 else 's'}" if count else "no pages"
        return f"{records[0].sources[0]} has {has}."
    return NO_WORDS


def _notes(
    wish: SummaryWish, records: Sequence[DocumentRecord], selection: Selection
) -> tuple[str, ...]:
    if len(records) > 1:
        note = f"Word for word, from {len(selection)} of {len(records)} documents."
        return (NAME_ONE, note) if wish.one else (note,)
    pages = {one.chunk.page for _, its in selection for one in its} - {None}
    count = records[0].page_count
    if not pages or count == 1:
        return ("Word for word from the document.",)
    return (f"Word for word, from {len(pages)} of {count} pages.",)


def written(drafts: Iterable[Draft], begun: Answer, question: str) -> Iterator[Answer]:
    """Yield `begun` with what of drafts stands; the same again where nothing grew."""
    last, answer = Draft(), begun
    for draft in drafts:
        if draft is not last:
            last, answer = draft, _answer_of(draft, begun, question)
        if answer is not begun:
            yield answer


def _answer_of(draft: Draft, begun: Answer, question: str) -> Answer:
    said = joined(check(draft, question, draft.reading.sources).sentences)
    if not said:
        return begun
    answer = cited(begun, *in_order_of_use(said, draft.reading.context))
    return replace(answer, notes=(*begun.notes, *draft.notes), written=draft.usage)
