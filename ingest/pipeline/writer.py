"""Documents into the index: cut, gathered until embedding is worth a call, stored one by one.

Embedding runs on threads of its own, while the next documents are cut and the former ones stored.
Knows chunks and vectors by their seams; knows no file and no format.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import takewhile
from operator import attrgetter
from time import perf_counter
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.chunking.cutting import ChunkDocument, CutDocument, cut_document
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
"""Chunks given to the embedder in one call: a long document is several, and can be stopped."""

EMBEDDED_BY_MANY: Final = 1024
"""As `EMBEDDED_AT_ONCE`, where other machines embed: a call goes a long way, and a GPU is only fast
with many; one call for a GPU, several for processors, so that they share them."""

_Read = TypeVar("_Read")


OnStored = Callable[[Document, Sequence[FileRecord]], None]
"""Called once a document is stored, with its files."""

OnUnstored = Callable[[Document, Sequence[FileRecord], Exception], None]
"""Called instead where a bug kept a document from being stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """How much is gathered before the embedder is called, and how much each call is given.

    `chunks` are worth a call; twice as many documents wait at most: those that need no vector would
    gather in memory without end. `patient`: less than that is embedded at the end alone, not
    whenever nothing else is to do.
    """

    chunks: int = EMBEDDED_AT_ONCE
    call: int = LARGEST_CALL
    patient: bool = False


BY_ONE: Final = Batches()
"""For a model that embeds in this process."""


def batches_of_many(call: int) -> Batches:
    """Return the batches for machines that are given so many chunks in a call."""
    return Batches(chunks=EMBEDDED_BY_MANY, call=call, patient=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A document that only lacks vectors. `seconds` is what it took so far."""

    document: Document
    files: tuple[FileRecord, ...]
    chunks: list[Chunk]
    missing: list[Chunk]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """Chunks that are being embedded: rows (n, dim) and seconds; None once stopped."""

    chunks: Sequence[Chunk]
    outcome: Future[tuple[Matrix, float] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Embedding:
    """Documents whose chunks are being embedded, call by call."""

    waiting: Sequence[_Waiting]
    calls: Sequence[_Call]

    @property
    def done(self) -> bool:
        return all(call.outcome.done() for call in self.calls)

    def rows(self) -> tuple[dict[str, NDArray[np.float32]], float]:
        """Wait for all; return rows by chunk, but of calls that were stopped, and the seconds."""
        rows: dict[str, NDArray[np.float32]] = {}
        seconds = 0.0
        for call in self.calls:
            embedded = call.outcome.result()
            if embedded is not None:
                rows |= zip((chunk.id for chunk in call.chunks), embedded[0], strict=True)
                seconds += embedded[1]
        return rows, seconds


class Writer:
    """Used by one thread, but for `cut`; embeds up to `lanes` groups at a time, each on a thread.

    What `add` took is stored by the next `flush`, or once `lanes` more groups were handed over.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        embedder: Embedder,
        chunker: ChunkDocument,
        *,
        on_stored: OnStored,
        on_unstored: OnUnstored,
        stop: threading.Event,
        lanes: int = 1,
        batches: Batches = BY_ONE,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._lanes = lanes
        self._batches = batches
        self._of_thread = threading.local()
        self._chunker = chunker
        self._on_stored = on_stored
        self._on_unstored = on_unstored
        self._stop = stop
        self._waiting: list[_Waiting] = []
        self._chunk_count = self._missing_count = 0  # of those that wait
        self._embeddings: deque[_Embedding] = deque()
        self._threads = ThreadPoolExecutor(lanes, thread_name_prefix="writer")
        self._warm = False

    def open_store(self) -> None:
        """Let the store load while the first document is read. What fails, fails later."""
        threading.Thread(target=self._index.prepare, name="opening").start()

    def load_model(self) -> None:
        """Let the model load while the first documents are read. What fails, fails later."""
        self._threads.submit(self._warm_up)

    def cut(self, document: Document) -> CutDocument:
        """Divide a document. Any thread may call it."""
        return cut_document(
            document,
            self._chunker,
            count_tokens=self._embedder.count_tokens,
            max_tokens=self._embedder.max_tokens,
        )

    def add(self, document: Document, files: Sequence[FileRecord], *, seconds: float) -> None:
        """Take a document that was read in `seconds`."""
        start = perf_counter()
        cut = self.cut(document)
        self.add_cut(cut, files, seconds=seconds + perf_counter() - start)

    def add_cut(self, cut: CutDocument, files: Sequence[FileRecord], *, seconds: float) -> None:
        """Take a document that was read and divided in `seconds`."""
        missing = self._index.missing(cut.chunks)
        waiting = _Waiting(
            document=cut.document,
            files=tuple(files),
            chunks=cut.chunks,
            missing=missing,
            seconds=seconds,
        )
        self._waiting.append(waiting)
        self._chunk_count += len(cut.chunks)
        self._missing_count += len(missing)

    @property
    def full(self) -> bool:
        """Whether enough is gathered to make embedding worth a call, or as much as may wait."""
        worth = self._batches.chunks
        return (
            self._missing_count >= worth
            or self._chunk_count >= max(CHUNKS_AT_ONCE, 4 * worth)
            or len(self._waiting) >= 2 * worth
        )

    def follow(
        self, running: Generator[_Read | None, None, None], take: Callable[[_Read], None]
    ) -> None:
        """Let `take` add what `running` yields, embedding and storing meanwhile, and all at last.

        None is a pause, as `ahead` yields it. Raises as `flush`.
        """
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
        if begun is not None:
            self._embeddings.append(begun)
        while len(self._embeddings) > (self._lanes if begun else 0):
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
        free = len(self._embeddings) - len(done) < self._lanes
        begun = self._begin() if free and not self._batches.patient else None
        if begun is not None:
            self._embeddings.append(begun)
        for _ in done:
            self._store(self._embeddings.popleft())

    def _begin(self) -> _Embedding | None:
        waiting, self._waiting = self._waiting, []
        self._chunk_count = self._missing_count = 0
        if not waiting:
            return None
        missing = [chunk for each in waiting for chunk in each.missing]
        size = self._batches.call
        calls = [
            _Call(
                chunks=(part := missing[at : at + size]),
                outcome=self._threads.submit(self._embed, part, is_first=at == 0),
            )
            for at in range(0, len(missing), size)
        ]
        return _Embedding(waiting=waiting, calls=calls)

    def _store(self, embedding: _Embedding) -> None:
        rows, seconds = embedding.rows()
        a_chunk_s = seconds / max(1, len(rows))
        entries = [
            _entry(each, rows, each.seconds + a_chunk_s * len(each.missing))
            for each in embedding.waiting
            if all(chunk.id in rows for chunk in each.missing)
        ]
        outcomes = self._index.put_all(entries)
        for entry, error in zip(entries, outcomes, strict=True):
            if error is None:
                self._on_stored(entry.document, entry.files)
            else:
                self._on_unstored(entry.document, entry.files, error)

    def _warm_up(self) -> None:
        """Let the model load now, so that no file's seconds hold the load."""
        if not self._warm:
            self._embedder.embed_queries(["warm"])
            self._warm = True

    def _embed(self, chunks: Sequence[Chunk], *, is_first: bool) -> tuple[Matrix, float] | None:
        """Return unit rows and the seconds they took; None once stopped, but of a first call."""
        if not is_first and self._stop.is_set():
            return None
        self._warm_up()
        start = perf_counter()
        return self._vectors().embed(chunks), perf_counter() - start

    def _vectors(self) -> ChunkEmbedder:
        """Return this thread's own: it remembers what it has seen."""
        if not hasattr(self._of_thread, "vectors"):
            self._of_thread.vectors = ChunkEmbedder(self._embedder.embed_documents)
        vectors: ChunkEmbedder = self._of_thread.vectors
        return vectors


def store_again(
    document: Document,
    index: WorkspaceIndex,
    embedder: Embedder,
    chunker: ChunkDocument,
    stop: threading.Event,
) -> None:
    """Divide, embed and store a document of which more was read. Raises as `Writer.flush`."""

    def not_stored(_: Document, __: Sequence[FileRecord], error: Exception) -> None:
        raise error

    writer = Writer(
        index,
        embedder,
        chunker,
        on_stored=lambda _, __: None,
        on_unstored=not_stored,
        stop=stop,
    )
    try:
        files = filter(None, map(index.file, document.sources))
        writer.add(document, list(files), seconds=0.0)
        writer.flush()
    finally:
        writer.close()


def _entry(
    waiting: _Waiting, rows: Mapping[str, NDArray[np.float32]], seconds: float
) -> DocumentToStore:
    return DocumentToStore(
        document=waiting.document,
        chunks=waiting.chunks,
        vectors={chunk.id: rows[chunk.id] for chunk in waiting.missing},
        files=tuple(replace(file, seconds=file.seconds + seconds) for file in waiting.files),
    )
