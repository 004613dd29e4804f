"""Hits put in order by a cross-encoder in a folder that sentence-transformers saved.

It loads when first warmed; until then, and where it can't run, hits stay as the ranker before it
left them. Programs of a folder are never run, a hub never asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rag.datamodel import Hit, Query
from rag.errors import failure_message
from rag.models.base.device import computing, spare_cores
from rag.models.base.loading import LazyModel, load_sentence_model
from rag.models.base.weights import FolderWeights
from rag.protocols import Reranker
from rag.retrieval.fusion import renumber

READ_HITS: Final = 20
"""How many hits are read with the question; the others follow them as they were."""

MAX_TOKENS: Final = 512
"""Of question and passage together: what all models of the table read; more costs time."""

BATCH: Final = 8

Judge = Callable[[str, Sequence[Hit]], list[float]]
"""A loaded model: the chance, by it, that each hit answers the question, in 0..1."""


def load_judge(folder: Path) -> Judge:
    """Load a cross-encoder. Raises ModelError where the folder holds none of one score."""
    import torch
    from sentence_transformers import CrossEncoder

    weights = FolderWeights(folder=folder, part="reranker", setting="RAG_RERANKER")
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    model = load_sentence_model(CrossEncoder, weights, dtype=dtype, max_length=MAX_TOKENS)
    if model.num_labels != 1:
        raise weights.unusable(f"it gives {model.num_labels} scores for a passage, not one")

    def scores(question: str, hits: Sequence[Hit]) -> list[float]:
        pairs: Any = [(question, hit.chunk.embedding_text) for hit in hits]
        # A single logit is the chance's log-odds: the sigmoid gives 0..1.
        sigmoid = torch.nn.Sigmoid()
        with computing(spare_cores()):
            found = model.predict(
                pairs, batch_size=BATCH, show_progress_bar=False, activation_fn=sigmoid
            )
        return [float(score) for score in found]

    return scores


class ModelReranker(LazyModel[Judge]):
    """Reorders what `before` has ranked. Implements `rag.protocols.Reranker`. Thread-safe.

    `load` makes what judges hits; it is asked from one thread at a time. `problem` says why it does
    not rank, as a sentence; "" where it does, or is not loaded yet.
    """

    def __init__(
        self, folder: Path, before: Reranker, load: Callable[[Path], Judge] = load_judge
    ) -> None:
        super().__init__()
        self.model_id = folder.name
        self.problem = ""
        self._folder = folder
        self._before = before
        self._make = load

    def load(self) -> None:
        """Load the model now. Raises ModelError."""
        self._model()

    def warm(self) -> None:
        """Load the model now, or try once; where that fails, `problem` says why."""
        if self.problem:
            return
        try:
            self.load()
        except Exception as error:  # noqa: BLE001 - our own ranker stands in, and it is told
            self.problem = self._sentence(error)

    def _load(self) -> Judge:
        return self._make(self._folder)

    def rerank(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order the first hits by the chance, by the model, that each answers the question.

        Where the model fails, hits stay as ranked before: `problem` says why, and the next question
        tries again.
        """
        ranked = self._before.rerank(query, hits)
        judge = self._loaded
        if judge is None or not query.text.strip() or not ranked:
            return ranked
        first, rest = ranked[:READ_HITS], ranked[READ_HITS:]
        try:
            with self._lock:
                scores = judge(query.spoken, first)
            judged = [replace(h, score=score) for h, score in zip(first, scores, strict=True)]
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self.problem = self._sentence(error)
            return ranked
        self.problem = ""
        ordered = sorted(judged, key=lambda hit: (-hit.score, hit.rank))
        floor = ordered[-1].score
        rest = [replace(hit, score=min(floor, hit.score)) for hit in rest]
        return renumber([*ordered, *rest])

    def _sentence(self, error: Exception) -> str:
        return f"{failure_message(error, of=self.model_id)} Our own ranker orders what was found."
