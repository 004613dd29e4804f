"""The built-in text embedder: words to unit vectors, by the mean of BERT's states.

The tokenizer is there at once; the model behind it takes seconds to import and loads when first
needed, or when `warm` is called from a background thread.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from rag.glossary.gloss import as_english
from rag.models.base.inputs import computed
from rag.models.base.loading import LazyModel, load_tokenizer
from rag.models.base.weights import MINILM
from rag.protocols import Matrix

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from rag.models.base.bert import Bert

CACHED_TEXTS: Final = 64
"""Of so many texts that came alone the states are kept: at most 25 MB, mostly one."""


class SentenceEmbedder(LazyModel["Bert"]):
    """A BERT of sentence-transformers. Thread-safe. Raises ModelError for weights that lack."""

    def __init__(
        self,
        locate: Callable[[], Path],
        *,
        name: str,
        max_tokens: int,
        dim: int,
        reads: Callable[[str], str] = str,
    ) -> None:
        """`reads` makes of a text what is embedded for it."""
        super().__init__()
        self._reads = reads
        self._locate = locate
        self.model_id = name
        self.max_tokens = max_tokens
        self.dim = dim
        self._asked = functools.lru_cache(CACHED_TEXTS)(lambda text: self._states([text])[0])

    def count_tokens(self, text: str) -> int:
        return len(self._tokens([text])[0])

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self.embed_documents(texts)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        """Return unit rows, the means of the states, in the order of `texts`."""
        rows = self._encoded(texts, lambda states: _unit(states.mean(0)))
        return np.stack(rows) if rows else np.zeros((0, self.dim), dtype=np.float32)

    def token_states(self, texts: Sequence[str]) -> list[Matrix]:
        """Return the unit rows, (tokens, dim), of each text's own tokens, up to `max_tokens`."""
        return self._encoded(texts, lambda states: _unit(states[1:-1]))

    def _encoded(self, texts: Sequence[str], pool: Callable[[Matrix], Matrix]) -> list[Matrix]:
        """Return what `pool` makes of each text's states, shape (tokens, dim).

        One text alone is mostly a question, of which both its vector and its words' are asked for.
        """
        if len(texts) == 1:
            return [pool(self._asked(texts[0]))]
        return [pool(states) for states in self._states(texts)]

    def _states(self, texts: Sequence[str]) -> list[Matrix]:
        most = self.max_tokens
        ids = [  # what is beyond is left out; the last one, which ends a text, stays the last
            own if len(own) <= most else [*own[: most - 1], own[-1]]
            for own in self._tokens(list(map(self._reads, texts)))
        ]
        return computed(ids, self._encode, length=len)

    def _encode(self, batch: Sequence[Sequence[int]]) -> list[Matrix]:
        states = self._model().states(batch)
        return [own[: len(row)] for own, row in zip(states, batch, strict=True)]

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts)]

    @functools.cached_property
    def _tokenizer(self) -> Tokenizer:
        return load_tokenizer(self._locate() / "tokenizer.json")

    def _load(self) -> Bert:
        from rag.models.base.bert import bert_of, read_checkpoint

        return bert_of(*read_checkpoint(self._locate()), in_bytes=True)


def _unit(rows: Matrix) -> Matrix:
    lengths: Matrix = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / lengths


def minilm() -> SentenceEmbedder:
    """Return the built-in embedder; it knows English: of another language the gloss is embedded."""
    return SentenceEmbedder(
        MINILM.locate,
        name=f"all-MiniLM-L6-v2@{MINILM.sha256[:12]}",
        max_tokens=256,
        dim=384,
        reads=as_english,
    )
