"""Models in folders that sentence-transformers saved: a text embedder, a cross-encoder of hits.

Any architecture, any length; queries and documents are embedded each in the way that the folder's
own settings say (prompts, prefixes). Programs of a folder are never run, a hub never asked. The
built-in model, which is tuned to two cores, is in `embeddings.embedders`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from rag.datamodel import Hit, Query
from rag.errors import failure_message
from rag.models.base.loading import LazyModel, computing, spare_cores
from rag.models.base.weights import FolderWeights
from rag.protocols import Matrix, Reranker
from rag.retrieval.fusion import renumber

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

MAX_TOKENS: Final = 512
"""Of a text, or of question and passage together: chunks are cut for a model of 256 tokens, and all
models of the table read as many; more would cost time and memory."""

BATCH: Final = 8

M = TypeVar("M", bound="torch.nn.Module")


def _load(
    make: Callable[..., M], weights: FolderWeights, *, dtype: torch.dtype, **options: object
) -> M:
    """Return a model, gradients off. Raises ModelError where the folder holds no such model."""
    import torch
    import transformers

    weights.files()
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
    with weights.guarded():
        model = make(
            str(weights.folder),
            device="cuda" if torch.cuda.is_available() else "cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": dtype, "use_safetensors": True},
            **options,
        )
    model.eval().requires_grad_(requires_grad=False)
    return model


class FolderEmbedder(LazyModel["SentenceTransformer"]):
    """The `Embedder` over one folder. Thread-safe. Raises ModelError where it is none of one."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._weights = FolderWeights(
            folder=folder,
            part="text model",
            setting="RAG_TEXT_MODEL",
            config="modules.json",
            saved_by="sentence-transformers",
        )

    @property
    def model_id(self) -> str:
        return self._weights.model_id

    @property
    def dim(self) -> int:
        return int(self._model().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        return int(self._model().max_seq_length or MAX_TOKENS)

    def count_tokens(self, text: str) -> int:
        # Embedding sets how the tokenizer cuts: it would count less amid that.
        with self._lock:
            return len(self._model().tokenizer(text)["input_ids"])

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts, self._model().encode_query)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts, self._model().encode_document)

    def _embed(self, texts: Sequence[str], encode: Callable[..., Any]) -> Matrix:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._lock, computing(spare_cores()):
            rows = encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        return self._weights.unit_rows(np.asarray(rows, dtype=np.float32))

    def _load(self) -> SentenceTransformer:
        import torch
        from sentence_transformers import SentenceTransformer

        model = _load(SentenceTransformer, self._weights, dtype=torch.bfloat16)
        model.max_seq_length = min(int(model.max_seq_length or MAX_TOKENS), MAX_TOKENS)
        return model


READ_HITS: Final = 20
"""How many hits are read with the question; the others follow them as they were."""

Judge = Callable[[str, Sequence[Hit]], list[float]]
"""A loaded model: the chance, by it, that each hit answers the question, in 0..1."""


def load_judge(folder: Path) -> Judge:
    """Load a cross-encoder. Raises ModelError where the folder holds none of one score."""
    import torch
    from sentence_transformers import CrossEncoder

    weights = FolderWeights(folder=folder, part="reranker", setting="RAG_RERANKER")
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    model = _load(CrossEncoder, weights, dtype=dtype, max_length=MAX_TOKENS)
    if model.num_labels != 1:
        raise weights.unusable(f"it gives {model.num_labels} scores for a passage, not one")

    def scores(question: str, hits: Sequence[Hit]) -> list[float]:
        pairs: Any = [(question, hit.chunk.embedding_text) for hit in hits]
        sigmoid = torch.nn.Sigmoid()  # a single logit is the chance's log-odds
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
        """Order the first hits by their chance; they stay where that fails: see `problem`."""
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
