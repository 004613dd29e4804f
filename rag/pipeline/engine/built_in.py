"""The models that come with the packages, by which confidence was calibrated, and their stages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Hit, Query
from rag.generation.quotation.passages import Passages
from rag.generation.verification.check import FindMisplaced, none_misplaced
from rag.generation.verification.misplaced import SPANS, FactReader
from rag.models.embedders import SentenceEmbedder
from rag.models.reader.reader import ADAPTER, Pair, Reader
from rag.protocols import Reading
from rag.retrieval.across import LanguageSearch
from rag.retrieval.evidence.evidence import EvidenceScorer
from rag.retrieval.evidence.reading import Readings
from rag.retrieval.rerank.likeness import LateInteraction, by_sentences
from rag.retrieval.rerank.reranking import EvidenceReranker
from rag.retrieval.retriever import ChannelWeights
from rag.storage.search.dense import WeightedQuestion
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.collection import TableAsker
from rag.understanding.question.question import Question
from rag.understanding.question.question_words import vector_of

CELL_EVIDENCE: Final = 5
"""So many sentences or rows of one document are compared with a table's question as vectors."""


def find_misplaced(gaps: Reader) -> FindMisplaced:

    def read(asked: Sequence[tuple[str, str]]) -> Sequence[Reading]:
        pairs = [Pair(question=cloze, passage=place) for cloze, place in asked]
        return gaps.read_pairs(pairs, count=SPANS)

    return FactReader(read).misplaced


@dataclass(eq=False)
class BuiltIn:
    """One of each, over one index. Loads nothing before `warm`, or the first use.

    `languages` finds what is not in English, `gaps` checks facts; None: nothing does.
    """

    index: WorkspaceIndex
    embedder: SentenceEmbedder
    reader: Reader
    _: KW_ONLY
    languages: LanguageSearch | None = None
    gaps: Reader | None = None

    def __post_init__(self) -> None:
        self.misplaced = find_misplaced(self.gaps) if self.gaps else none_misplaced
        self.readings = Readings(self.reader, ready=self.ready)
        self.scorer = EvidenceScorer(
            self.index, self.embedder, self.readings, dense_ready=self.ready
        )
        self._interaction = LateInteraction(self.embedder.token_states)
        self.ranker = EvidenceReranker(
            self.readings, self.scorer, vectors_of=self.vectors_of, met=self.met
        )

    def passages(self) -> Passages:
        if self.languages is None:
            return Passages(self.scorer)
        return Passages(self.scorer, self.languages.similarities)

    def look_again(self, query: Query, hits: Sequence[Hit]) -> Sequence[Hit]:
        """Return the hits, the first by their sentences too where something compares these."""
        return by_sentences(self.languages.similarities, query, hits) if self.languages else hits

    def ready(self) -> bool:
        return self.embedder.ready and self.reader.ready

    def met(self, asked: Question, texts: Mapping[str, str]) -> Mapping[str, float]:
        """Return how well texts meet the words of a question; nothing while models load."""
        return self._interaction.met(asked, texts) if self.ready() else {}

    def vectors_of(self, ids: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return vectors of chunks; none while models load: a question waits for nothing."""
        return self.index.vectors(ids) if self.ready() else {}

    def table(self, *, threshold: float, models: Mapping[str, str]) -> TableAsker:
        """Return what asks every document; kept cells of documents that are gone are forgotten."""
        scorer = EvidenceScorer(
            self.index,
            self.embedder,
            self.readings,
            dense_ready=self.ready,
            max_embedded=CELL_EVIDENCE,
        )
        titles = {record.id: record.title for record in self.index.documents()}
        self.index.cells.keep_only(titles.keys())
        return TableAsker(
            self.index,
            self._best_of_each,
            readings=self.readings,
            reranker=EvidenceReranker(self.readings, scorer, vectors_of=self.vectors_of),
            passages=Passages(scorer),
            kept=self.index.cells,
            threshold=threshold,
            models=models,
            titles=titles,
        )

    def _best_of_each(
        self, question: Question, doc_ids: Sequence[str], k: int
    ) -> dict[str, list[tuple[str, float]]]:
        weights = ChannelWeights()
        asked = WeightedQuestion(
            vector=vector_of(question, question.text, self.embedder),
            text=question.text,
            dense=weights.dense,
            lexical=weights.lexical,
        )
        return self.index.best_of_each(asked, doc_ids=doc_ids, k=k)

    def names(self) -> dict[str, str]:
        """Return what runs, by its part; trained parts of our own are named by their hash."""
        with ADAPTER.open("rb") as file:
            reader = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        return {"embedder": self.embedder.model_id, "reader": reader}
