"""The stored documents, as far as what tells of whole documents needs them. Knows no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Chunk, Document, Filters, Hit

Row = NDArray[np.float32]
"""(dim,)."""


class StoredDocuments(Protocol):
    """The index, by documents. Chunks come in reading order."""

    def chunks(self, ids: Sequence[str]) -> list[Chunk]: ...
    def document(self, doc_id: str) -> Document | None: ...
    def chunks_of(self, doc_id: str) -> list[Chunk]: ...
    def chunks_by_document(self, doc_ids: Sequence[str]) -> dict[str, list[str]]: ...
    def search_lexical(self, text: str, *, k: int, filters: Filters) -> list[Hit]: ...
    def vectors(self, ids: Sequence[str]) -> Mapping[str, Row]: ...
