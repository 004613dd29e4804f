"""Documents into the index: cut, gathered until embedding is worth a call, stored one by one.

Embedding runs on threads of its own, while the next documents are cut and the former ones stored.
Knows chunks and vectors by their seams; knows no file and no format.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import KW_ONLY, dataclass, field, replace
from itertools import takewhile
from operator import attrgetter
from time import perf_counter
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.chunking.cutting import cut_document
from rag.datamodel import Chunk, Document
from rag.protocols import Embedder, Matrix
from rag.storage.documents.records import DocumentToStore, FileRecord
from rag.storage.vectors.chunk_vectors import ChunkEmbedder
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDED_AT_ONCE: Final = 128
"""Chunks gathered from several small documents before the embedder is called."""

CHUNKS_AT_ONCE: Final = 2048
"""Chunks that wait at most, those that have their vectors included: about 10 MB."""

LARGEST_CALL: Final = 256
"""Chunks given to the embedder in one call: a long document is several, and can be stopped; of what
is gathered for many processors, they share the calls."""

EMBEDDED_BY_MANY: Final = 1024
"""The same where other machines embed: a call goes a long way, and a GPU is only fast with many."""

_Read = TypeVar("_Read")

OnStored = Callable[[Document, Sequence[FileRecord]], None]
"""Called once a document is stored, with its files."""

OnUnstored = Callable[[Document, Sequence[FileRecord], Exception], None]
"""Called instead where a bug kept a document from being stored."""


def _raised(_document: Document, _files: Sequence[FileRecord], error: Exception) -> None:
    raise error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A document that only lacks vectors. `seconds` is what it took so far."""

    document: Document
    files: Sequence[FileRecord]
    chunks: list[Chunk]
    missing: list[Chunk]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Embedding:
    """Documents under way, call by call: rows (n, dim) and seconds, None once it was stopped."""

    waiting: Sequence[_Waiting]
    calls: Sequence[tuple[Sequence[Chunk], Future[tuple[Matrix, float] | None]]]

    @property
    def done(self) -> bool:
        return all(outcome.done() for _, outcome in self.calls)

    def entries(self) -> list[DocumentToStore]:
        """Wait for all; return the documents that have all vectors now."""
        rows: dict[str, NDArray[np.float32]] = {}
        seconds = 0.0
        for chunks, outcome in self.calls:
            embedded = outcome.result()
            if embedded is not None:
                rows |= zip((chunk.id for chunk in chunks), embedded[0], strict=True)
                seconds += embedded[1]
        a_chunk_s = seconds / max(1, len(rows))
        return [
            DocumentToStore(
                document=each.document,
                chunks=each.chunks,
                vectors={chunk.id: rows[chunk.id] for chunk in each.missing},
                files=tuple(
                    replace(
                        file, seconds=file.seconds + each.seconds + a_chunk_s * len(each.missing)
                    )
                    for file in each.files
                ),
            )
            for each in self.waiting
            if all(chunk.id in rows for chunk in each.missing)
        ]


@dataclass
class Writer:
    """Used by one thread, but for `cut`; embeds up to `lanes` groups at a time, each on a thread.

    What `add` took is stored by the next `flush`, or once `lanes` more groups were handed over.
    So many `gathered` chunks are worth a call; twice as many documents wait at most: those that
    need no vector would gather in memory without end. `patient`: fewer are embedded at the end
    alone, not whenever nothing else is to do.
    """

    index: WorkspaceIndex
    embedder: Embedder
    _: KW_ONLY
    stop: threading.Event
    on_stored: OnStored = field(default=lambda *_: None)
    on_unstored: OnUnstored = _raised
    lanes: int = 1
    gathered: int = EMBEDDED_AT_ONCE
    patient: bool = False

    def __post_init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._embeddings: deque[_Embedding] = deque()
        self._threads = ThreadPoolExecutor(self.lanes, thread_name_prefix="writer")
        self._of_thread = threading.local()
        self._warm = False

    def open_store(self) -> None:
        """Let the store load while the first document is read. What fails, fails later."""
        threading.Thread(target=self.index.prepare, name="opening").start()

    def load_model(self) -> None:
        """Let the model load while the first documents are read. What fails, fails later."""
        self._threads.submit(self._warm_up)

    def cut(self, document: Document) -> tuple[Document, list[Chunk]]:
        """Divide a document, as `cut_document`. Any thread may call it."""
        embedder = self.embedder
        return cut_document(
            document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )

    def add(self, document: Document, files: Sequence[FileRecord], *, seconds: float = 0) -> None:
        """Take a document that was read in `seconds`."""
        start = perf_counter()
        document, chunks = self.cut(document)
        self.add_cut(document, chunks, files, seconds=seconds + perf_counter() - start)

    def add_cut(
        self,
        document: Document,
        chunks: list[Chunk],
        files: Sequence[FileRecord],
        *,
        seconds: float,
    ) -> None:
        """Take a document that was read and divided in `seconds`."""
        self._waiting.append(
            _Waiting(
                document=document,
                files=files,
                chunks=chunks,
                missing=self.index.missing(chunks),
                seconds=seconds,
            )
        )

    @property
    def full(self) -> bool:
        """Whether enough is gathered to make embedding worth a call, or as much as may wait."""
        worth = self.gathered
        return (
            sum(len(each.missing) for each in self._waiting) >= worth
            or sum(len(each.chunks) for each in self._waiting) >= max(CHUNKS_AT_ONCE, 4 * worth)
            or len(self._waiting) >= 2 * worth
        )

    def follow(
        self, running: Generator[_Read | None, None, None], take: Callable[[_Read], None]
    ) -> None:
        """Let `take` add what `ahead` yields, embedding and storing meanwhile, and all at last."""
        with closing(running):
            for done in running:
                if done is None:
                    self._pause()
                    continue
                take(done)
                if self.full:
                    self.hand_over()
        self.flush()

    def hand_over(self) -> None:
        """Begin to embed what is gathered; store what was embedded before. Raises as `flush`."""
        begun = self._begin()
        while len(self._embeddings) > (self.lanes if begun else 0):
            self._store(self._embeddings.popleft())

    def flush(self) -> None:
        """Embed what is gathered, and store each document. Raises only PagelightError.

        Once stopped, it stores of what is gathered what is embedded by then.
        """
        self.hand_over()
        self.hand_over()

    def close(self) -> None:
        """End the threads once they have embedded what they are at; nothing more is stored."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _pause(self) -> None:
        """Use a pause: store what is embedded, embed what is gathered; wait for nothing."""
        done = list(takewhile(attrgetter("done"), self._embeddings))
        if len(self._embeddings) - len(done) < self.lanes and not self.patient:
            self._begin()
        for _ in done:
            self._store(self._embeddings.popleft())

    def _begin(self) -> bool:
        """Begin to embed what is gathered; False where that is nothing."""
        waiting, self._waiting = self._waiting, []
        missing = [chunk for each in waiting for chunk in each.missing]
        calls = [
            (part, self._threads.submit(self._embed, part, is_first=at == 0))
            for at in range(0, len(missing), LARGEST_CALL)
            for part in [missing[at : at + LARGEST_CALL]]
        ]
        if waiting:
            self._embeddings.append(_Embedding(waiting=waiting, calls=calls))
        return bool(waiting)

    def _store(self, embedding: _Embedding) -> None:
        entries = embedding.entries()
        outcomes = self.index.put_all(entries)
        for entry, error in zip(entries, outcomes, strict=True):
            if error is None:
                self.on_stored(entry.document, entry.files)
            else:
                self.on_unstored(entry.document, entry.files, error)

    def _warm_up(self) -> None:
        """Let the model load now, so that no file's seconds hold the load."""
        if not self._warm:
            self.embedder.embed_queries(["warm"])
            self._warm = True

    def _embed(self, chunks: Sequence[Chunk], *, is_first: bool) -> tuple[Matrix, float] | None:
        """Return unit rows and the seconds they took; None once stopped, but of a first call."""
        if not is_first and self.stop.is_set():
            return None
        self._warm_up()
        start = perf_counter()
        return self._vectors().embed(chunks), perf_counter() - start

    def _vectors(self) -> ChunkEmbedder:
        """Return this thread's own: it remembers what it has seen."""
        if not hasattr(self._of_thread, "vectors"):
            self._of_thread.vectors = ChunkEmbedder(self.embedder.embed_documents)
        vectors: ChunkEmbedder = self._of_thread.vectors
        return vectors


def store_again(
    document: Document, index: WorkspaceIndex, embedder: Embedder, stop: threading.Event
) -> None:
    """Divide, embed and store a document of which more was read. Raises as `Writer.flush`."""
    with closing(Writer(index, embedder, stop=stop)) as writer:
        writer.add(document, list(filter(None, map(index.file, document.sources))))
        writer.flush()
