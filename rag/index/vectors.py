"""Vectors by id, in Chroma: derived from the ledger, and made again from it when lost.

The only module that imports chromadb (1.2 s, so when first needed). Knows ids and unit rows;
knows nothing of documents, files or words. All calls may come from any thread.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from rag.errors import WorkspaceError
from rag.index.folder import FREE_SPACE
from rag.protocols import Matrix

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

BATCH = 1000
"""Rows of one call; Chroma 1.5.9 takes at most 5461, and its speed hardly depends on it."""


LEAST_WASTE_BYTES = 1_000_000
"""Less than this is not worth writing everything anew."""

_FULL = re.compile(r"disk is full|no space left|file too large|disk I/O error", re.IGNORECASE)
"""What Chroma's errors say then: SQLite's words and the system's."""

_ROWS_FILE = "data_level0.bin"
"""Of hnswlib, which Chroma keeps in a folder of its own: the rows, also those deleted."""

_LINK_BYTES = 140
"""What hnswlib keeps of a row beside its numbers: links to 32 neighbours, count, label."""


class VectorStore:
    """One collection of one workspace: the space of one embedding model.

    `search` is Chroma's approximate one; `search_among` is exact over a subset, because Chroma's
    `where` clauses take 30 to 180 ms. For the latter and for `cosines` all rows are held in memory
    (15 MB for 10,000 chunks) from the first search on.
    """

    def __init__(self, folder: Path, *, model_id: str, dim: int, kind: str = "text") -> None:
        self._folder = folder
        self._model_id = model_id
        self._kind = kind
        self._name = f"{kind}-" + hashlib.sha256(model_id.encode()).hexdigest()[:16]
        self._dim = dim
        self._lock = threading.RLock()
        self._client: Client | None = None
        self._opened: Collection | None = None
        self._rows: dict[str, NDArray[np.float32]] | None = None
        self._closed = False
        _end_exchange(folder)

    def close(self) -> None:
        """End the use of Chroma; what comes later is refused, not opened again unlocked."""
        with self._lock:
            self._closed = True
            self._let_go()

    def exists(self) -> bool:
        """Whether anything was ever stored; asks the disk, not Chroma."""
        return (self._folder / "chroma.sqlite3").is_file()

    def count(self) -> int:
        with self._using() as collection:
            return collection.count()

    def ids(self) -> set[str]:
        """Return the ids that have a vector that can be read."""
        with self._lock:
            return set(self._all_rows())

    def upsert(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store unit rows by id. Doing it twice changes nothing."""
        ids = list(vectors)
        with self._using() as collection:
            for start in range(0, len(ids), BATCH):
                some = ids[start : start + BATCH]
                rows = np.stack([self._checked(vectors[chunk_id]) for chunk_id in some])
                collection.upsert(ids=some, embeddings=rows)
            if self._rows is not None:
                self._rows.update({key: self._checked(vectors[key]) for key in ids})

    def delete(self, ids: Sequence[str]) -> None:
        """Delete those of `ids` that are there."""
        with self._using() as collection:
            for start in range(0, len(ids), BATCH):
                collection.delete(ids=list(ids[start : start + BATCH]))
            if self._rows is not None:
                for chunk_id in ids:
                    self._rows.pop(chunk_id, None)

    def search(self, vector: Matrix, *, k: int) -> list[tuple[str, float]]:
        """Return at most `k` (id, cosine), best first, ties by id. `vector` is (1, dim)."""
        if k < 1:
            return []
        with self._using() as collection:
            found = collection.query(
                query_embeddings=vector.reshape(1, self._dim), n_results=k, include=["distances"]
            )
        distances = found["distances"] or [[]]
        scored = [
            (key, 1 - float(at)) for key, at in zip(found["ids"][0], distances[0], strict=True)
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def search_among(
        self, vector: Matrix, ids: Sequence[str], *, k: int
    ) -> list[tuple[str, float]]:
        """As `search`, but exact, and only over those of `ids` that are there."""
        scores = self.cosines(vector, ids)
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[: max(k, 0)]

    def cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        """Return the exact cosines of those of `ids` that are there. `vector` is (1, dim)."""
        with self._lock:
            rows = self._all_rows()
            present = [chunk_id for chunk_id in ids if chunk_id in rows]
            if not present:
                return {}
            matrix = np.stack([rows[chunk_id] for chunk_id in present])  # (n, dim)
        scores: list[float] = (matrix @ vector.reshape(self._dim)).tolist()  # (n,)
        return dict(zip(present, scores, strict=True))

    def destroy(self) -> None:
        """Forget every vector, also where the files of Chroma are damaged."""
        with self._lock:
            self._let_go()
            shutil.rmtree(self._folder, ignore_errors=True)

    def is_wasteful(self) -> bool:
        """Whether more than a third of what Chroma keeps on disk is of rows that were deleted.

        Chroma never gives their place back (771 MB before and after a deletion, measured).
        """
        kept = sum(file.stat().st_size for file in self._folder.glob(f"*/{_ROWS_FILE}"))
        if kept < LEAST_WASTE_BYTES:
            return False
        return kept > 1.5 * self.count() * self._row_bytes + LEAST_WASTE_BYTES

    def compact(self) -> None:
        """Write all rows anew and take that in place of what is there. Searches go on meanwhile.

        Cut at any point, all rows are there still, in the one place or in the other. Not to be
        called while another thread writes.
        """
        with self._lock:
            rows = dict(self._all_rows())
        fresh = _fresh(self._folder)
        try:
            copy = VectorStore(fresh, model_id=self._model_id, dim=self._dim, kind=self._kind)
            copy.upsert(rows)
            copy.close()
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        with self._lock:
            self._let_go()
            self._folder.replace(_former(self._folder))
            _end_exchange(self._folder)

    @property
    def _row_bytes(self) -> int:
        return 4 * self._dim + _LINK_BYTES

    def _let_go(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._opened = self._rows = None

    @contextmanager
    def _using(self) -> Iterator[Collection]:
        """Lend the collection, opened when first needed; tell its errors for a person."""
        from chromadb.errors import ChromaError

        with self._lock:
            if self._closed:
                raise WorkspaceError(f"The workspace of {self._folder} is closed.")
            try:
                if self._opened is None:
                    self._client, self._opened = _open(self._folder, self._name)
                yield self._opened
            except ChromaError as error:
                raise _unreadable(self._folder, error) from error

    def _all_rows(self) -> dict[str, NDArray[np.float32]]:
        if self._rows is None:
            with self._using() as collection:
                found = collection.get(include=["embeddings"])
            rows: Any = found["embeddings"]
            matrix = np.asarray(rows, dtype=np.float32).reshape(-1, self._dim)  # (n, dim)
            self._rows = dict(zip(found["ids"], matrix, strict=True))
        return self._rows

    def _checked(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        if row.shape != (self._dim,):
            raise ValueError(f"a vector of shape {row.shape}, not ({self._dim},)")
        return row


def _fresh(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.new")


def _former(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.old")


def _end_exchange(folder: Path) -> None:
    """End what `VectorStore.compact` began: the fresh folder is whole once the other is moved."""
    if not folder.exists() and _former(folder).exists() and _fresh(folder).exists():
        _fresh(folder).replace(folder)
    for left in (_fresh(folder), _former(folder)):
        shutil.rmtree(left, ignore_errors=True)


def _open(folder: Path, name: str) -> tuple[Client, Collection]:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    try:
        made = chromadb.PersistentClient(path=str(folder), settings=settings)
    except (ValueError, AttributeError, OSError) as error:
        # What Chroma 1.5.9 makes of files that it can't read; it would keep the broken client.
        SharedSystemClient.clear_system_cache()
        raise _unreadable(folder, error) from error
    client = cast("Client", made)  # its interface, `ClientAPI`, lacks `close`
    collection = client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    return client, collection


def _unreadable(folder: Path, error: Exception) -> WorkspaceError:
    if _FULL.search(str(error)):
        return WorkspaceError(
            f"The vectors in {folder} can't be written: the disk is full.", hint=FREE_SPACE
        )
    return WorkspaceError(
        f"The vectors in {folder} can't be read ({error}).", hint="Run: pagelight doctor --repair"
    )
