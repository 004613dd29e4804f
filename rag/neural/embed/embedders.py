"""Text embedders: words to unit vectors, through sentence-transformers.

The tokenizer is there at once; the model behind it takes seconds to import and loads when first
needed, or when `warm` is called from a background thread.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from rag.errors import ModelError
from rag.neural.base.threads import SMALL, computing
from rag.neural.base.weights import MINILM, WheelWeights
from rag.protocols import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

BATCH: Final = 8
"""Texts of like length in tokens pad to 0.6 % more; of like length in letters it was 32 %, and the
embedder a third slower (measured: larger batches gain nothing and share out worse)."""

PADDED_TO: Final = 16
"""Widths of batches are multiples of so many tokens: oneDNN keeps a compiled kernel for each width
that it meets, and makes it anew (1,500 chunks: 12 % less time and 0.15 in place of 0.53 GB)."""

WORKERS: Final = 2
"""Two models of one torch thread each, side by side: no OpenMP barrier between them, so a busy
second core slows one worker and not both (measured: 57 against 45-50 chunks/s)."""


class SentenceEmbedder:
    """A sentence-transformers model in bfloat16 (cosine to float32 0.9999, about 3x as fast).

    Thread-safe: a query takes the first worker that is free. Raises ModelError where the
    weights are missing or damaged.
    """

    def __init__(self, locate: Callable[[], Path], *, name: str, max_tokens: int, dim: int) -> None:
        self._locate = locate
        self._name = name
        self._max_tokens = max_tokens
        self._dim = dim
        self._lock = threading.Lock()
        self._loaded: queue.Queue[SentenceTransformer] | None = None
        self._tokenizer_cache: Tokenizer | None = None

    @property
    def model_id(self) -> str:
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def max_tokens(self) -> int:
        return self._max_tokens

    @property
    def ready(self) -> bool:
        """Whether embedding starts without a wait."""
        return self._loaded is not None

    def warm(self) -> None:
        """Load the model now."""
        self._models()

    def count_tokens(self, text: str) -> int:
        return len(self._tokenizer().encode(text).ids)

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Matrix:
        """Return unit rows in the order of `texts`; batches hold texts of like length."""
        vectors = np.zeros((len(texts), self._dim), dtype=np.float32)
        lengths = [len(encoding.ids) for encoding in self._tokenizer().encode_batch(list(texts))]
        # The longest first: the workers then end together.
        order = sorted(range(len(texts)), key=lambda i: -lengths[i])
        batches = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
        if len(batches) <= 1:
            for batch in batches:
                vectors[batch] = self._encode([texts[i] for i in batch])
            return vectors
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="embed") as pool:
            encoded = pool.map(lambda batch: self._encode([texts[i] for i in batch]), batches)
            for batch, rows in zip(batches, encoded, strict=True):
                vectors[batch] = rows
        return vectors

    def _encode(self, texts: list[str]) -> Matrix:
        models = self._models()
        model = models.get()
        try:
            with computing(SMALL):
                rows = model.encode(texts, batch_size=BATCH, show_progress_bar=False)
        finally:
            models.put(model)
        rows = np.asarray(rows, dtype=np.float32)
        # bfloat16 leaves lengths off by up to 0.4 %: cosines are taken of true unit vectors.
        unit: Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def _tokenizer(self) -> Tokenizer:
        if self._tokenizer_cache is None:
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self._locate() / "tokenizer.json"))
            tokenizer.no_truncation()
            tokenizer.no_padding()
            self._tokenizer_cache = tokenizer
        return self._tokenizer_cache

    def _models(self) -> queue.Queue[SentenceTransformer]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> queue.Queue[SentenceTransformer]:
        start = time.perf_counter()
        import torch
        import transformers
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
        folder = self._locate()
        models: queue.Queue[SentenceTransformer] = queue.Queue()
        for _ in range(WORKERS):
            try:
                model = SentenceTransformer(
                    str(folder),
                    device="cpu",
                    local_files_only=True,
                    model_kwargs={"dtype": torch.bfloat16},
                )
            except (OSError, ValueError, KeyError) as error:
                raise ModelError(f"The text model in {folder} can't be loaded: {error}") from error
            model.max_seq_length = self._max_tokens
            padding = {"text": {"pad_to_multiple_of": PADDED_TO}}
            model[0].processing_kwargs = padding  # type: ignore[assignment]  # a plain Module to mypy
            models.put(model.eval())
        seconds = time.perf_counter() - start
        logger.info("loaded %s on cpu in bfloat16 in %.1f s", self._name, seconds)
        return models


def minilm(weights: WheelWeights = MINILM) -> SentenceEmbedder:
    """Return the embedder of the `embedded` profile; 256 tokens, 384 dimensions."""
    return SentenceEmbedder(
        weights.locate,
        name=f"all-MiniLM-L6-v2@{weights.sha256[:12]}",
        max_tokens=256,
        dim=384,
    )
