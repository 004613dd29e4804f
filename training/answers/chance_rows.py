"""Rows for the weights of reranking and of the chances: every question asked, and asked in vain.

In vain: of an index without the documents that answer. Such a question looks like one that the
documents answer, so that the chance of an answer is learnt where it is hard to tell.
Knows no fitting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.compose.extractive import ExtractiveGenerator
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.pipeline import Pipeline
from rag.answer.question.question import understand
from rag.answer.rerank.late_interaction import LateInteraction
from rag.answer.rerank.reranking import WEIGHED_HITS, EvidenceReranker, HitSigns
from rag.answer.seams import Limits
from rag.answer.trust.confidence import AnswerSigns, Confidence
from rag.datamodel import Chunk, Filters, Hit
from rag.engine.engine import Engine
from rag.evaluate.measures.places import place_of
from rag.evaluate.records.nuggets import holds
from rag.evaluate.records.questions import EvaluationQuestion
from rag.evaluate.scoring import record_of
from rag.neural.embed.embedders import minilm
from rag.neural.reader.reader import Reader
from rag.protocols import Index, Matrix
from rag.retrieve.retriever import Retriever
from service.asking.messages import turns

WORDS: Final = 40
"""An answer is right if an accepted one stands within so many words."""

_DEPTH: Final = 3
"""How many times as many hits are asked for as are wanted, since some are taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceRow:
    """One question. `hits` are the first hits, and which of them tell what is asked.

    `signs` are None where there was no evidence at all. `made` tells that the answer was taken
    out of the index.
    """

    group: str
    hits: tuple[tuple[HitSigns, bool], ...]
    signs: AnswerSigns | None
    held: bool
    right: bool
    made: bool


class WithoutIndex:
    """An index without the chunks that `holds` is true of. Implements `Index`."""

    def __init__(self, index: Index, holds: Callable[[Chunk], bool]) -> None:
        self._index = index
        self._holds = holds

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters) -> list[Hit]:
        return self._kept(self._index.search_dense(vector, k=k * _DEPTH, filters=filters), k)

    def search_lexical(self, text: str, *, k: int, filters: Filters) -> list[Hit]:
        return self._kept(self._index.search_lexical(text, k=k * _DEPTH, filters=filters), k)

    def search_image(self, phash: str, *, k: int, filters: Filters) -> list[Hit]:
        return self._kept(self._index.search_image(phash, k=k * _DEPTH, filters=filters), k)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        return [chunk for chunk in self._index.chunks(ids) if not self._holds(chunk)]

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        return self._index.document_frequencies(terms)

    def nearest_words(self, words: Mapping[str, int], *, filters: Filters) -> dict[str, str]:
        return self._index.nearest_words(words, filters=filters)

    def _kept(self, hits: Sequence[Hit], k: int) -> list[Hit]:
        return [hit for hit in hits if not self._holds(hit.chunk)][:k]


class Collector:
    """Asks questions of an engine's workspace by the stages of the program, refusing none."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readings = Readings(Reader())
        self._interaction = LateInteraction(minilm().token_states)

    def rows(self, question: EvaluationQuestion) -> Iterator[ChanceRow]:
        """Yield the question's row and, if it has an answer, that of asking it in vain."""
        index = self._engine.index
        yield self._row(question, index, made=False)
        if question.answerable and question.gold.sources:
            yield self._row(question, WithoutIndex(index, _holds(question)), made=True)

    def _row(self, question: EvaluationQuestion, index: Index, *, made: bool) -> ChanceRow:
        scorer = EvidenceScorer(index, self._engine.embedder, self._readings)
        ranker = AnswerRanker(scorer)
        reranker = EvidenceReranker(
            self._readings,
            scorer,
            vectors_of=self._engine.index.vectors,
            met=self._interaction.met,
        )
        confidence = Confidence(ranker)
        retriever = Retriever(index, self._engine.embedder)
        pipeline = Pipeline(
            retriever,
            reranker,
            confidence.estimate,
            ExtractiveGenerator(ranker, self._engine.embedder),
            _unrefusing(self._engine.limits),
            fetch=index.chunks,
        )
        asked = understand(question.text, turns(question.history))
        *_, answer = pipeline.ask(asked)
        found = retriever.retrieve(asked.searched, k=WEIGHED_HITS)
        signs = reranker.signs(asked, found, self._readings.read(asked, found))
        held = question.answerable is not False and not made
        return ChanceRow(
            group=question.gold.sources[0] if question.gold.sources else question.id,
            hits=tuple(
                (of_hit, held and _tells(hit.chunk, question))
                for of_hit, hit in zip(signs, found, strict=True)
            ),
            signs=confidence.signs(asked, answer.context),
            held=held,
            right=held and record_of(question, answer, words=WORDS).right is True,
            made=made,
        )


def _unrefusing(limits: Limits) -> Limits:
    return Limits(
        top_k=limits.top_k,
        context_hits=limits.context_hits,
        context_tokens=limits.context_tokens,
        threshold=0.0,
    )


def _tells(chunk: Chunk, question: EvaluationQuestion) -> bool:
    """Tell whether a chunk of a page that answers holds an answer, or a fact of it."""
    told = question.nuggets or ((question.answers,) if question.answers else ())
    is_there = place_of(chunk, question.gold) is not None
    return is_there and (not told or any(holds(chunk.text, forms) for forms in told))


def _holds(question: EvaluationQuestion) -> Callable[[Chunk], bool]:
    """Return whether a chunk is of a document that answers."""
    return lambda chunk: chunk.source in question.gold.sources
