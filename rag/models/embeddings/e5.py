"""The text embedder of a hundred languages: multilingual-e5-small, from its file of 4 bits.

Wang et al., Multilingual E5 Text Embeddings, 2024: a BERT over XLM-R's pieces of words, pooled by
the mean; what is asked begins with "query: ", what is found with "passage: ". The vectors of its
250,000 pieces, four fifths of its numbers, stay in the file and are unpacked as a text needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.models.base.device import CPU
from rag.models.embeddings.e5_file import FILE, E5File
from rag.models.embeddings.e5_pieces import Pieces
from rag.models.embeddings.embedders import SentenceEmbedder
from rag.protocols import Matrix

if TYPE_CHECKING:
    from rag.models.base.bert import Bert

MODEL_ID: Final = "multilingual-e5-small@1571fc982750"
"""With the hash of its file, which whoever put it there has checked."""


class E5Embedder(SentenceEmbedder):
    """The `Embedder` over the file in a folder. Loads when first needed; thread-safe.

    Raises ModelError where there is no such file, or it is damaged.
    """

    def __init__(self, locate: Callable[[], Path], *, device: str = CPU) -> None:
        super().__init__(locate, name=MODEL_ID, max_tokens=512, dim=384, device=device)
        self._pieces: Pieces | None = None

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return super().embed_documents([f"query: {text}" for text in texts])

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return super().embed_documents([f"passage: {text}" for text in texts])

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        with self._lock:
            if self._pieces is None:
                self._pieces = Pieces(self._file().words())
        return [self._pieces.tokens(text) for text in texts]

    def _read_bert(self) -> Bert:
        from rag.models.embeddings.e5_network import bert_of

        return bert_of(self._file())

    def _file(self) -> E5File:
        return E5File(self._locate() / FILE)
