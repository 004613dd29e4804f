"""Hits put in order by a cross-encoder in a folder that sentence-transformers saved.

It loads when first warmed; until then, and where it can't run, hits stay as the ranker before it
left them. Programs of a folder are never run, a hub never asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from rag.datamodel import Hit, Query
from rag.errors import told_failure
from rag.models.base.loading import LazyModel, load_sentence_model
from rag.models.base.threads import computing, spare_cores
from rag.models.base.weights import FolderWeights
from rag.protocols import Reranker
from rag.retrieval.fusion import renumber

logger = logging.getLogger(__name__)

READ_HITS: Final = 20
"""How many hits are read with the question; the others follow them as they were."""

MAX_TOKENS: Final = 512
"""Of question and passage together: what all models of the table read; more costs time."""

BATCH: Final = 8


class Judge(Protocol):
    """A loaded model. `ModelReranker` asks it from one thread at a time."""

    def scores(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """Return the chance, by the model, that each hit answers the question, in 0..1."""
        ...


def cross_encoder(folder: Path, before: Reranker) -> ModelReranker:
    """Return the reranker over a cross-encoder in a folder, not yet loaded."""
    return ModelReranker(folder, before, lambda: CrossEncoderJudge(folder))


class ModelReranker(LazyModel[Judge]):
    """Reorders what `before` has ranked. Implements `rag.protocols.Reranker`. Thread-safe."""

    def __init__(self, folder: Path, before: Reranker, load: Callable[[], Judge]) -> None:
        super().__init__()
        self._name = folder.name
        self._before = before
        self._make = load
        self._problem = ""

    @property
    def model_id(self) -> str:
        return self._name

    @property
    def problem(self) -> str:
        """Why it does not rank, as a sentence; "" where it does, or is not loaded yet."""
        return self._problem

    def load(self) -> None:
        """Load the model now. Raises ModelError."""
        self._model()

    def warm(self) -> None:
        """Load the model now, or try once; where that fails, `problem` says why."""
        if self._problem:
            return
        try:
            self.load()
        except Exception as error:  # noqa: BLE001 - our own ranker stands in, and it is told
            self._problem = self._sentence(error)

    def _load(self) -> Judge:
        return self._make()

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order the first hits by the chance, by the model, that each answers the question.

        Where the model fails, hits stay as ranked before: `problem` says why, and the next question
        tries again.
        """
        ranked = self._before.rerank(query, hits)
        model = self._loaded
        if model is None or not query.text.strip() or not ranked:
            return ranked
        first, rest = ranked[:READ_HITS], ranked[READ_HITS:]
        try:
            with self._lock:
                scores = model.scores(query.spoken, first)
            ordered = _by_scores(first, scores)
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self._problem = self._sentence(error)
            return ranked
        self._problem = ""
        floor = ordered[-1].score
        rest = [replace(hit, score=min(floor, hit.score)) for hit in rest]
        return renumber([*ordered, *rest])

    def _sentence(self, error: Exception) -> str:
        return f"{told_failure(error, of=self._name)} Our own ranker orders what was found."


def _by_scores(hits: Sequence[Hit], scores: Sequence[float]) -> list[Hit]:
    return sorted(
        (replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)),
        key=lambda hit: (-hit.score, hit.rank),
    )


class CrossEncoderJudge:
    """Question and passage read together by one model, through sentence-transformers."""

    def __init__(self, folder: Path) -> None:
        """Load the model. Raises ModelError where the folder holds none of one score."""
        import torch
        from sentence_transformers import CrossEncoder

        weights = FolderWeights(folder=folder, part="reranker", setting="RAG_RERANKER")
        dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
        self._model = load_sentence_model(CrossEncoder, weights, dtype=dtype, max_length=MAX_TOKENS)
        if self._model.num_labels != 1:
            reason = f"it gives {self._model.num_labels} scores for a passage, not one"
            raise weights.unusable(reason)

    def scores(self, question: str, hits: Sequence[Hit]) -> list[float]:
        from torch import nn

        pairs: Any = [(question, hit.chunk.embedding_text) for hit in hits]
        # A single logit is the chance's log-odds: the sigmoid gives 0..1.
        with computing(spare_cores()):
            found = self._model.predict(
                pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=nn.Sigmoid()
            )
        return [float(score) for score in found]
