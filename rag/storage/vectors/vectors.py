"""Vectors by id: derived from the database, and made again from it when lost.

They lie in a file of rows, as they are compared, and in Chroma, which holds what the file does:
what a cut left there beside it is put right with the next write or check, and where the file is
damaged it is made again of what Chroma has. Knows ids and unit rows; knows nothing of documents
or words. All calls may come from any thread.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rag.errors import VectorServerError, WorkspaceBusyError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import Matrix
from rag.storage.documents.records import Finding, findings
from rag.storage.vectors.chroma import ROWS_FILE, FolderPlace, ServerPlace
from rag.storage.vectors.row_log import RowLog, WrittenMark

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

BATCH: Final = 1000
"""Rows of one call; Chroma 1.5.9 takes at most 5461, and its speed hardly depends on it. They are
read as Python's floats, which take ten times the memory."""

SLOW_TO_OPEN: Final = 50_000
"""Chroma takes seconds to open a graph of so many rows."""

MIN_WASTE_BYTES: Final = 1_000_000
"""Less than this is not worth writing everything anew."""

_LINK_BYTES: Final = 140
"""What hnswlib keeps of a row beside its numbers: links to 32 neighbours, count, label."""


class VectorStore:
    """One collection of one workspace: the space of one embedding model.

    The file is searched: Chroma's `where` clauses take 30 to 180 ms, and after deletions its graph
    may lead to a row no more. `ours` tells whether this process alone writes. As long as it does
    not, the file that the writer keeps is read; what would write raises WorkspaceBusyError.
    """

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str,
        dim: int,
        kind: str = "text",
        server: str = "",
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        self._folder = folder
        self._dim = dim
        name = f"{kind}-" + hashlib.sha256(model_id.encode()).hexdigest()[:16]
        self._place = (
            ServerPlace(folder, url=server, name=kind) if server else FolderPlace(folder, name=name)
        )
        self._is_local = not server
        self._rows_folder = folder / f"rows-{name}"
        self._ours = ours
        self._mark = WrittenMark(folder)
        self._seen = ""  # the mark of the rows that were taken in while another process writes
        self._begun = False
        self._lock = threading.RLock()
        # Held while Chroma reads its graph, and before `_lock` by what can't go on meanwhile.
        self._opening = threading.Lock()
        self._rows: RowLog | None = None
        self._agrees = False  # whether Chroma was held against the file since it was opened
        self._closed = False

    @property
    def is_ours(self) -> bool:
        """Whether this process writes the vectors. What it read before it did is forgotten."""
        with self._lock:
            if not self._begun and self._ours():
                self._begun = True
                self._rows = None
            return self._begun

    def close(self) -> None:
        """End the use of Chroma; what comes later is refused, not opened again unlocked."""
        with self._opening, self._lock:
            self._closed = True
            self._place.close()
            self._let_go()

    def prepare(self) -> None:
        """Let Chroma load, and its graph where that takes long, while searches go on."""
        with self._opening:
            try:
                import_module("chromadb")
                with self._lock:
                    ours = not self._closed and self._is_local and self.is_ours
                    if not ours or len(self._all_rows()) <= SLOW_TO_OPEN:
                        return
                    collection = self._place.collection()
                collection.get(limit=1, include=["embeddings"])
            except Exception as error:  # it fails again at the write, and is told there
                if not isinstance(error, WorkspaceError) and self._place.message_of(error) is None:
                    raise

    def exists(self) -> bool:
        """Whether anything was ever stored. Raises VectorServerError where its server is silent."""
        with self._lock:
            if self._closed:
                raise WorkspaceError(f"The workspace of {self._folder} is closed.")
            return self._mark.count() >= 0 or self._place.exists()

    def ids(self) -> set[str]:
        """Return the ids that have a vector; where it is ours, one that Chroma can read."""
        with self._lock:
            if self.is_ours and self.exists():
                self._agrees = False
                with self._using() as collection:
                    if not self._agreed(collection).check():
                        self._copied(collection)
            return self._all_rows().ids()

    def compared(self, known: set[str], *, lacking: str, stray: str) -> list[Finding]:
        """Say how many of the `known` have no vector, and how many vectors are of no such."""
        try:
            stored = self.ids()
        except VectorServerError:
            raise
        except WorkspaceError as error:
            return [Finding(kind="missing", problem=str(error), count=max(1, len(known)))]
        return [
            *findings("missing", len(known - stored), lacking),
            *findings("stray", len(stored - known), stray),
        ]

    def upsert(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store unit rows by id. Doing it twice changes nothing."""
        wrong = next((row.shape for row in vectors.values() if row.shape != (self._dim,)), None)
        if wrong is not None:
            raise ValueError(f"a vector of shape {wrong}, not ({self._dim},)")
        with self._writing() as (collection, rows):
            for some in _batches(vectors):
                collection.upsert(ids=some, embeddings=np.stack([vectors[key] for key in some]))
            rows.put(vectors)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete those of `ids` that are there."""
        if not self.exists():
            return
        with self._writing() as (collection, rows):
            for some in _batches(ids):
                collection.delete(ids=some)
            rows.drop(ids)

    def search(
        self, vector: Matrix, *, k: int, among: Iterable[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return at most `k` (id, cosine), best first, of all or `among`; `vector` is (1, dim)."""
        if among is None:
            with self._lock:
                return self._all_rows().nearest(vector, k=k)
        scores = self.cosines(vector, among)
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[: max(k, 0)]

    def cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        """Return the cosines of those of `ids` that are there. `vector` is (1, dim)."""
        with self._lock:
            return self._all_rows().cosines(vector, ids)

    def rows(self, ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the unit rows, shape (dim,), of those of `ids` that are there."""
        with self._lock:
            return self._all_rows().of(ids)

    def destroy(self) -> None:
        """Forget every vector, damaged or not; those of another process are its own to forget."""
        with self._opening, self._lock:
            if self.is_ours:
                self._place.forget()
                self._let_go()
                shutil.rmtree(self._folder, ignore_errors=True)

    def is_wasteful(self) -> bool:
        """Whether over a third of the disk is of deleted rows, which Chroma keeps."""
        files = [*self._folder.glob(f"*/{ROWS_FILE}"), *self._rows_folder.glob("*.log")]
        stored = max((file.stat().st_size for file in files), default=0)
        if stored < MIN_WASTE_BYTES:
            return False
        with self._lock:
            count = len(self._all_rows())
        return stored > 1.5 * count * (4 * self._dim + _LINK_BYTES) + MIN_WASTE_BYTES

    def compact(self, progress: Progress = NO_PROGRESS) -> None:
        """Write all rows anew, in the file and where Chroma is not a server. Searches go on.

        Raises WorkspaceError where neither the file is whole nor Chroma can be read.
        """
        with self._opening:
            with self._lock:
                rows = self._all_rows()
                rows = self._written_anew(rows.of(some) for some in _batches(sorted(rows.ids())))
                if self._is_local:
                    self._place.forget()
                    self._agrees = False
            self._fill(rows, progress)

    def _let_go(self) -> None:
        self._rows, self._agrees = None, False

    @contextmanager
    def _using(self) -> Iterator[Collection]:
        """Lend the collection, opened when first needed; tell its errors for a person."""
        with self._lock:
            if self._closed:
                raise WorkspaceError(f"The workspace of {self._folder} is closed.")
            try:
                yield self._place.collection()
            except Exception as error:
                failure = self._place.message_of(error)
                if failure is None:
                    raise
                self._let_go()
                raise failure from error

    @contextmanager
    def _writing(self) -> Iterator[tuple[Collection, RowLog]]:
        if not self.is_ours:
            raise WorkspaceBusyError(
                "Another process stores what is read in this workspace.",
                hint="Wait until it has ended.",
            )
        with self._opening, self._using() as collection:
            rows = self._agreed(collection)
            try:
                yield collection, rows
                self._mark.renew(rows.record_count)
            except BaseException:
                self._let_go()
                raise

    def _all_rows(self) -> RowLog:
        """Return the rows as they are by now, as far as this process can know."""
        if not self.exists():
            return RowLog(self._rows_folder, self._dim, count=0)
        if not self.is_ours:
            now = self._mark.read()
            if self._rows is None or now not in {"", self._seen}:
                if self._rows is None or not self._rows.follows(self._mark.count()):
                    self._rows = self._written()
                self._seen = now
            return self._rows
        if self._rows is None:
            self._rows = self._written()
            if not self._rows.is_whole:
                with self._using() as collection:
                    return self._agreed(collection)
        return self._rows

    def _written(self) -> RowLog:
        count = self._mark.count()
        rows = RowLog(self._rows_folder, self._dim, count=count)
        rows.is_whole = rows.is_whole and count >= 0
        return rows

    def _agreed(self, collection: Collection) -> RowLog:
        """Return the file, which Chroma was held against once; made again where it is damaged."""
        if self._rows is None:
            self._rows, self._agrees = self._written(), False
        if not self._rows.is_whole:
            self._rows = self._copied(collection)
        elif not self._agrees and len(self._rows) != collection.count():
            self._fill(self._rows, NO_PROGRESS)
        self._agrees = True
        return self._rows

    def _copied(self, collection: Collection) -> RowLog:
        if self._rows_folder.exists():
            logger.warning("the rows of the vectors in %s are made anew", self._folder)
        return self._written_anew(
            dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
            for some in _batches(sorted(_stored(collection)))
            for found in [collection.get(ids=some, include=["embeddings"])]
        )

    def _written_anew(self, batches: Iterable[Mapping[str, NDArray[np.float32]]]) -> RowLog:
        """Let the file hold these rows alone; cut before it is noted, it counts as damaged."""
        anew = self._rows_folder.with_suffix(".new")
        shutil.rmtree(anew, ignore_errors=True)
        rows = RowLog(anew, self._dim, count=0)
        for some in batches:
            rows.put(some)
        shutil.rmtree(self._rows_folder, ignore_errors=True)
        if anew.exists():
            anew.replace(self._rows_folder)
        self._mark.renew(rows.record_count)
        self._rows = self._written()
        return self._rows

    def _fill(self, rows: RowLog, progress: Progress) -> None:
        """Let Chroma hold the rows of the file, and no others."""
        with self._using() as collection:
            stored = set(_stored(collection))
        lacking = sorted(rows.ids() - stored)
        progress.begin("Writing vectors anew", len(lacking))
        for some in _batches(stored - rows.ids()):
            with self._using() as collection:
                collection.delete(ids=some)
        for some in _batches(lacking):
            with self._using() as collection:
                collection.upsert(ids=some, embeddings=np.stack([*rows.of(some).values()]))
            progress.advance(len(some))


def _stored(collection: Collection) -> Iterator[str]:
    step = 5 * BATCH
    for start in range(0, collection.count(), step):
        yield from collection.get(include=[], limit=step, offset=start)["ids"]


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    known = list(ids)
    for start in range(0, len(known), BATCH):
        yield known[start : start + BATCH]
