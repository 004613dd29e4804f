"""A text embedder from a folder that sentence-transformers saved: any architecture, any length.

Queries and documents are embedded each in the way that the folder's own settings say (prompts,
prefixes). Programs of a folder are never run, a hub never asked. The built-in model, which is tuned
to two cores, is in `embedders`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.errors import ModelError
from rag.models.base.memory import give_back
from rag.models.base.threads import computing, spare_cores
from rag.models.base.weights import FolderWeights, reason_of
from rag.protocols import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

logger = logging.getLogger(__name__)

MOST_TOKENS: Final = 512
"""Chunks are cut for a model of 256 tokens: more is never needed, and would cost memory."""

BATCH: Final = 8

_HINT: Final = "Set RAG_TEXT_MODEL to file: and a folder that sentence-transformers saved."


class FolderEmbedder:
    """The `Embedder` over one folder. Loads when first needed; thread-safe.

    Raises ModelError where the folder or a file of it is missing, damaged, or no embedder's.
    """

    def __init__(self, folder: Path) -> None:
        self._weights = FolderWeights(
            folder=folder,
            config="modules.json",
            names=("model.safetensors", "model.safetensors.index.json"),
        )
        self._lock = threading.RLock()
        self._loaded: SentenceTransformer | None = None

    @property
    def model_id(self) -> str:
        """The folder's name and the hash of its files."""
        return self._weights.model_id

    @property
    def dim(self) -> int:
        return int(self._model().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        return int(self._model().max_seq_length or MOST_TOKENS)

    @property
    def ready(self) -> bool:
        """Whether embedding starts without a wait."""
        return self._loaded is not None

    def warm(self) -> None:
        """Load the model now."""
        self._model()

    def close(self) -> None:
        """Give the memory back. The next use loads again."""
        with self._lock:
            was_loaded, self._loaded = self._loaded is not None, None
        if was_loaded:
            give_back()

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
        found: Matrix = np.asarray(rows, dtype=np.float32)
        # bfloat16 leaves lengths off by up to 0.4 %: cosines are taken of true unit vectors.
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise self._unusable("it makes vectors without a direction")
        unit: Matrix = found / lengths
        return unit

    def _model(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> SentenceTransformer:
        start = time.perf_counter()
        self._weights.files()
        import torch
        import transformers
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
        try:
            model: SentenceTransformer = SentenceTransformer(
                str(self._weights.folder),
                device="cuda" if torch.cuda.is_available() else "cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"dtype": torch.bfloat16, "use_safetensors": True},
            )
        except Exception as error:  # loaders raise whatever their parsers do
            raise self._unusable(reason_of(error)) from error
        model.eval()
        model.requires_grad_(requires_grad=False)
        model.max_seq_length = min(int(model.max_seq_length or MOST_TOKENS), MOST_TOKENS)
        seconds = time.perf_counter() - start
        logger.info("loaded %s on %s in %.1f s", self._weights.folder.name, model.device, seconds)
        return model

    def _unusable(self, reason: str) -> ModelError:
        return ModelError(
            f"The text model in {self._weights.folder} can't be used: {reason}.", hint=_HINT
        )
