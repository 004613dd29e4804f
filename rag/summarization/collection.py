"""One question to every document: a short answer of each with the place it stands, or none.

A document is not searched for itself: all are scored at once, and the few best passages of each
are read together with those of others. Knows the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, asdict, dataclass, replace
from functools import cached_property
from typing import Final, Protocol

from rag.datamodel import Chunk, Citation, Context, Hit
from rag.decoding import converted
from rag.generation.citations import citation_of
from rag.generation.quotation.passages import Passages, likeliest
from rag.generation.quotation.units import Unit, shortened
from rag.generation.verification.confidence import Confidence
from rag.protocols import Reading, Reranker
from rag.retrieval.evidence.reading import Readings, is_of_kind
from rag.summarization.byline import OPENING_CHUNKS, StatedWords, stated
from rag.summarization.library import StoredDocuments
from rag.summarization.statements import Statement
from rag.summarization.summarizer import CONFIDENCE, leading_statement
from rag.understanding.question.question import Question

READ_CHUNKS: Final = 3
"""So many of a document's best passages are read for a cell, and its first besides."""

TOGETHER: Final = 8
"""Documents that are read in one batch: a few cells come at a time, and Stop waits for no more."""

MAX_WORDS: Final = 18
"""Of a cell that quotes, where the reader points at no words."""

MIN_SPAN: Final = 0.05
"""The reader's chance from which its words are the answer."""

FIGURES: Final = frozenset({"number", "percent", "money", "date", "code"})
"""Kinds of answers that can be told by their letters: in a column "forty" is no year."""

METHOD: Final = 6
"""Changes whenever cells that were kept would come out otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDocument:
    """A document of a table, by the source that it is shown under."""

    doc_id: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAnswer:
    """What one document says to one question.

    `text` is the likeliest answer, `supported` whether it is likely enough to be told: where it
    is not, the document does not say. `held` is the calibrated chance that the document holds an
    answer, `confidence` the one that this is it, both in 0..1. The cited words are `start` to
    `end` of the text of `chunk_id`.
    """

    doc_id: str
    question: str
    text: str = ""
    supported: bool = False
    held: float = 0.0
    confidence: float = 0.0
    chunk_id: str = ""
    start: int = 0
    end: int = 0

    def citation(self, chunk: Chunk) -> Citation:
        """Return the place that the cell stands on; `chunk` is that of `chunk_id`."""
        return citation_of(chunk, self.start, self.end)


class Kept(Protocol):
    """Where finished cells lie, by document and key."""

    def get(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]: ...
    def put(self, bodies: Mapping[tuple[str, str], str]) -> None: ...


BestOfEach = Callable[[Question, Sequence[str], int], Mapping[str, Sequence[tuple[str, float]]]]
"""Question, document ids, k: the `k` best (chunk id, score) of each document."""


@dataclass(frozen=True)
class TableAsker:
    """Fills a table: each question to each document. Finished cells are kept, and used again.

    `titles` are those of the documents, by their ids.
    """

    documents: StoredDocuments
    best_of_each: BestOfEach
    _: KW_ONLY
    readings: Readings
    reranker: Reranker
    passages: Passages
    kept: Kept
    threshold: float
    models: Mapping[str, str]
    titles: Mapping[str, str]

    @cached_property
    def method(self) -> str:
        """Part of a kept cell's key: what it came about by."""
        return json.dumps([METHOD, READ_CHUNKS, self.threshold, sorted(self.models.items())])

    def cells(
        self, questions: Sequence[Question], rows: Sequence[ListedDocument]
    ) -> Iterator[DocumentAnswer]:
        """Yield every cell once, row by row; the kept ones of some rows at once.

        Closing the iterator ends the work; what was yielded is kept by then.
        """
        doc_ids = [row.doc_id for row in rows]
        asked = [question.said.text for question in questions]
        known = self.documents.chunks_by_document(doc_ids)
        best: dict[str, Mapping[str, Sequence[tuple[str, float]]]] = {}
        for start in range(0, len(doc_ids), TOGETHER):
            some = doc_ids[start : start + TOGETHER]
            found = self._from_kept(asked, some, known)
            for question, text in zip(questions, asked, strict=True):
                lacking = [doc_id for doc_id in some if (doc_id, text) not in found]
                if lacking and text not in best:
                    best[text] = self.best_of_each(question, doc_ids, READ_CHUNKS)
                fresh = self._fresh(question, lacking, best.get(text, {}), known)
                self._keep(fresh, known)
                found |= {(cell.doc_id, text): cell for cell in fresh}
            for doc_id in some:
                yield from (found[doc_id, text] for text in asked)

    def _fresh(
        self,
        question: Question,
        doc_ids: Sequence[str],
        best: Mapping[str, Sequence[tuple[str, float]]],
        known: Mapping[str, Sequence[str]],
    ) -> list[DocumentAnswer]:
        stated = {
            doc_id: self._stated(question, doc_id, known.get(doc_id, ())) for doc_id in doc_ids
        }
        hits = {
            doc_id: self._hits(best.get(doc_id, ()), known.get(doc_id, ()))
            for doc_id in doc_ids
            if stated[doc_id] is None
        }
        asked = replace(question)  # what is found for some documents is not kept for others
        self.readings.read(asked, [hit for of_doc in hits.values() for hit in of_doc])
        self.passages.scorer.prepare(asked, list(hits.values()))
        ranked = {doc_id: self.reranker.rerank(asked, of_doc) for doc_id, of_doc in hits.items()}
        read = {doc_id: self._cell(asked, doc_id, of_doc) for doc_id, of_doc in ranked.items()}
        return [stated[doc_id] or read[doc_id] for doc_id in doc_ids]

    def _stated(
        self, question: Question, doc_id: str, known: Sequence[str]
    ) -> DocumentAnswer | None:
        """Return what a document is about or says of itself, if asked; else None."""
        found: StatedWords | Statement | None
        if question.summary is not None and not question.summary.named:
            chunks = self.documents.chunks_of(doc_id)
            found, sureness = leading_statement(self.documents, chunks), CONFIDENCE
        else:
            opening = self.documents.chunks(known[:OPENING_CHUNKS])
            found, sureness = stated(question, self.titles.get(doc_id, ""), opening), 1.0
        if found is None:
            return None
        return DocumentAnswer(
            doc_id=doc_id,
            question=question.said.text,
            text=" ".join(found.text.split()),
            supported=True,
            held=1.0,
            confidence=sureness,
            chunk_id=found.chunk.id,
            start=found.start,
            end=found.end,
        )

    def _hits(self, best: Sequence[tuple[str, float]], known: Sequence[str]) -> list[Hit]:
        """Return a document's best passages and how it begins: that tells title, author, date."""
        scores = dict(best)
        lowest = min(scores.values(), default=0.0)
        ids = list(dict.fromkeys([*scores, *known[:1]]))
        return [
            Hit(chunk=chunk, score=scores.get(chunk.id, lowest), rank=rank, channel="fused")
            for rank, chunk in enumerate(self.documents.chunks(ids), start=1)
        ]

    def _cell(self, asked: Question, doc_id: str, hits: Sequence[Hit]) -> DocumentAnswer:
        cell = DocumentAnswer(doc_id=doc_id, question=asked.said.text)
        best = likeliest(self.passages.units(asked, hits))
        if best is None:
            return cell
        verdict = Confidence(self.passages).estimate(asked, Context(hits=tuple(hits)))
        chunk = best.evidence.hit.chunk
        reading = self.passages.scorer.readings(asked, hits)[chunk.id]
        limits = (best.evidence.start, best.evidence.end)
        text = _short_answer(best, reading) or " ".join(
            shortened(chunk.text, limits, asked, max_words=MAX_WORDS).split()
        )
        # What asks for a figure or a date is answered by one alone
        fits = asked.kind not in FIGURES or is_of_kind(text, chunk, asked)
        is_supported = verdict.held >= self.threshold and fits
        return replace(
            cell,
            text=text,
            supported=is_supported,
            held=verdict.held,
            confidence=verdict.right,
            chunk_id=chunk.id,
            start=best.evidence.start,
            end=best.evidence.end,
        )

    def _key(self, doc_id: str, column: str, known: Mapping[str, Sequence[str]]) -> tuple[str, str]:
        text = json.dumps([self.method, column, list(known.get(doc_id, ()))])
        return doc_id, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _from_kept(
        self, columns: Sequence[str], doc_ids: Sequence[str], known: Mapping[str, Sequence[str]]
    ) -> dict[tuple[str, str], DocumentAnswer]:
        asked = {(doc, text): self._key(doc, text, known) for doc in doc_ids for text in columns}
        found = self.kept.get(list(asked.values()))
        return {
            cell: converted(json.loads(found[key]), DocumentAnswer)
            for cell, key in asked.items()
            if key in found
        }

    def _keep(self, cells: Sequence[DocumentAnswer], known: Mapping[str, Sequence[str]]) -> None:
        if cells:  # escaped: lone surrogates, from damaged files, are no UTF-8
            keys = (self._key(cell.doc_id, cell.question, known) for cell in cells)
            bodies = (json.dumps(asdict(cell)) for cell in cells)
            self.kept.put(dict(zip(keys, bodies, strict=True)))


def _short_answer(unit: Unit, reading: Reading) -> str:
    """Return the words of a unit that the reader takes for the answer; "" where it is unsure."""
    evidence = unit.evidence
    inside = [s for s in reading.spans if evidence.start <= s.start and s.end <= evidence.end]
    best = max(inside, key=lambda span: span.score, default=None)
    if best is None or best.score < MIN_SPAN:
        return ""
    return " ".join(evidence.hit.chunk.text[best.start : best.end].split())
