"""Documents into the index: cut, gathered until embedding is worth a call, stored one by one.

Knows chunks and vectors by their seams; knows no file, no format and no thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final, Protocol

import numpy as np

from rag.datamodel import Chunk, Document
from rag.errors import PagelightError
from rag.index.records import FileRecord
from rag.index.store import WorkspaceIndex
from rag.protocols import Embedder, Matrix

EMBEDDED_AT_ONCE: Final = 64
"""Chunks gathered from several small documents before the embedder is called."""

LARGEST_CALL: Final = 512
"""Chunks given to the embedder in one call: a long document is several."""

NOTHING_FOUND: Final = "No text was found in this file."


class ChunkDocument(Protocol):
    """`ingest.chunker.chunk_document`."""

    def __call__(
        self, document: Document, /, *, count_tokens: Callable[[str], int], max_tokens: int
    ) -> list[Chunk]: ...


OnStored = Callable[[Document, Sequence[FileRecord]], None]
"""Called once a document is stored, with its files."""

OnUnstored = Callable[[Document, Sequence[FileRecord], Exception], None]
"""Called instead where a bug kept a document from being stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A document that only lacks vectors. `seconds` is what it took so far."""

    document: Document
    files: tuple[FileRecord, ...]
    chunks: list[Chunk]
    missing: list[Chunk]
    seconds: float


class Writer:
    """Used by one thread. What `add` took is stored by the next `flush`."""

    def __init__(
        self,
        index: WorkspaceIndex,
        embedder: Embedder,
        chunker: ChunkDocument,
        *,
        on_stored: OnStored,
        on_unstored: OnUnstored,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._chunker = chunker
        self._on_stored = on_stored
        self._on_unstored = on_unstored
        self._waiting: list[_Waiting] = []
        self._warm = False

    def add(self, document: Document, files: Sequence[FileRecord], *, seconds: float) -> None:
        """Take a document that was read in `seconds`."""
        start = perf_counter()
        chunks = self._chunker(
            document,
            count_tokens=self._embedder.count_tokens,
            max_tokens=self._embedder.max_tokens,
        )
        missing = self._index.missing(chunks)
        waiting = _Waiting(
            document=_with_warning(document, chunks),
            files=tuple(files),
            chunks=chunks,
            missing=missing,
            seconds=seconds + perf_counter() - start,
        )
        self._waiting.append(waiting)

    @property
    def full(self) -> bool:
        """Whether enough is gathered to make embedding worth a call."""
        return sum(len(each.missing) for each in self._waiting) >= EMBEDDED_AT_ONCE

    def flush(self) -> None:
        """Embed what is gathered, and store each document. Raises only PagelightError."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self._warm_up()
        start = perf_counter()
        missing = [chunk for each in waiting for chunk in each.missing]
        rows = self._embed([chunk.embedding_text for chunk in missing])  # (n, dim)
        a_chunk_s = (perf_counter() - start) / max(1, len(missing))
        at = 0
        for each in waiting:
            own = rows[at : at + len(each.missing)]
            at += len(each.missing)
            self._store(each, own, seconds=each.seconds + a_chunk_s * len(each.missing))

    def _warm_up(self) -> None:
        """Let the model load now, so that no file's seconds hold the load."""
        if not self._warm:
            self._embedder.embed_queries(["warm"])
            self._warm = True

    def _embed(self, texts: Sequence[str]) -> Matrix:
        calls = [texts[at : at + LARGEST_CALL] for at in range(0, len(texts), LARGEST_CALL)]
        if not calls:
            return np.zeros((0, self._embedder.dim), dtype=np.float32)
        return np.concatenate([self._embedder.embed_documents(call) for call in calls])

    def _store(self, each: _Waiting, rows: Matrix, *, seconds: float) -> None:
        vectors = {chunk.id: row for chunk, row in zip(each.missing, rows, strict=True)}
        files = tuple(replace(file, seconds=file.seconds + seconds) for file in each.files)
        try:
            self._index.put(each.document, each.chunks, vectors, files=files)
        except PagelightError:
            raise
        except Exception as error:  # noqa: BLE001 - one document never stops the batch
            self._on_unstored(each.document, files, error)
        else:
            self._on_stored(each.document, files)


def _with_warning(document: Document, chunks: Sequence[Chunk]) -> Document:
    if chunks or document.pending or NOTHING_FOUND in document.warnings:
        return document
    return replace(document, warnings=(*document.warnings, NOTHING_FOUND))
