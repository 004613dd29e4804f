"""A text embedder from a folder that sentence-transformers saved: any architecture, any length.

Queries and documents are embedded each in the way that the folder's own settings say (prompts,
prefixes). Programs of a folder are never run, a hub never asked. The built-in model, which is tuned
to two cores, is in `embedders`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.models.base.device import computing, spare_cores
from rag.models.base.loading import LazyModel, load_sentence_model
from rag.models.base.weights import FolderWeights
from rag.protocols import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MAX_TOKENS: Final = 512
"""Chunks are cut for a model of 256 tokens: more is never needed, and would cost memory."""

BATCH: Final = 8


class FolderEmbedder(LazyModel["SentenceTransformer"]):
    """The `Embedder` over one folder. Loads when first needed; thread-safe.

    Raises ModelError where the folder or a file of it is missing, damaged, or no embedder's.
    """

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
        """The folder's name and the hash of its files."""
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

        model = load_sentence_model(SentenceTransformer, self._weights, dtype=torch.bfloat16)
        model.max_seq_length = min(int(model.max_seq_length or MAX_TOKENS), MAX_TOKENS)
        return model
