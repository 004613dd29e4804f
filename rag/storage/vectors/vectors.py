"""Vectors by id, in Chroma: derived from the database, and made again from it when lost.

Chroma runs in this process or as a server; which of both, its place hides. A copy of the
rows lies in a file of its own, as they are compared. Knows ids and unit rows; knows nothing of
documents or words. All calls may come from any thread.
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

from rag.errors import WorkspaceBusyError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import Matrix
from rag.storage.vectors.chroma_folder import ROWS_FILE, FolderPlace, exchange, fresh, keep_others
from rag.storage.vectors.chroma_server import ServerPlace
from rag.storage.vectors.row_log import RowLog, WrittenMark

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

logger = logging.getLogger(__name__)

BATCH: Final = 1000
"""Rows of one call; Chroma 1.5.9 takes at most 5461, and its speed hardly depends on it."""

READ_BATCH: Final = 5000
"""Rows read in one call: they come as Python's floats, which take ten times the memory."""

SLOW_TO_OPEN: Final = 50_000
"""Chroma takes seconds to open a graph of so many rows."""

MIN_WASTE_BYTES: Final = 1_000_000
"""Less than this is not worth writing everything anew."""

_LINK_BYTES: Final = 140
"""What hnswlib keeps of a row beside its numbers: links to 32 neighbours, count, label."""


class VectorStore:
    """One collection of one workspace: the space of one embedding model.

    Its own copy of the rows is searched: Chroma's `where` clauses take 30 to 180 ms, and after
    deletions its graph may lead to a row no more. What lacks there when the program ended amid a
    write is taken from Chroma, and all of it where the copy is damaged.

    `ours` tells whether this process alone writes them. As long as it does not, the copy that the
    writer keeps is read; what would write raises WorkspaceBusyError.
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
        self._model_id = model_id
        self._kind = kind
        self._dim = dim
        name = f"{kind}-" + hashlib.sha256(model_id.encode()).hexdigest()[:16]
        self._place = (
            ServerPlace(folder, url=server, kind=kind) if server else FolderPlace(folder, name=name)
        )
        self._is_local = not server
        self._rows_folder = folder / f"rows-{name}"
        self._ours = ours
        self._mark = WrittenMark(folder)
        self._seen = ""  # the mark of the rows that were taken in while another process writes
        self._begun = False
        self._lock = threading.RLock()
        self._opening = threading.Lock()
        """Held while Chroma reads its graph, and before `_lock` by what can't go on meanwhile."""
        self._rows: RowLog | None = None
        self._compared = False
        """Whether the copy of the rows was held against Chroma since it was opened."""
        self._closed = False

    @property
    def is_ours(self) -> bool:
        """Whether this process writes the vectors. What it read before it did is forgotten."""
        with self._lock:
            self._begin()
            return self._begun

    def _begin(self) -> None:
        if not self._begun and self._ours():
            self._begun = True
            self._rows = None
            self._place.begin()

    def close(self) -> None:
        """End the use of Chroma; what comes later is refused, not opened again unlocked."""
        with self._opening, self._lock:
            self._closed = True
            self._let_go()

    def prepare(self) -> None:
        """Let Chroma load, and its graph where that takes long: else the first write waits for it.

        Searches go on meanwhile. What fails here fails again at the write, and is told there.
        """
        with self._opening:
            try:
                import_module("chromadb")
                with self._lock:
                    ours = not self._closed and self._is_local and self.is_ours
                    if not ours or len(self._all_rows()) <= SLOW_TO_OPEN:
                        return
                    collection = self._place.collection()
                collection.get(limit=1, include=["embeddings"])
            except Exception as error:
                if not isinstance(error, WorkspaceError) and self._place.message_of(error) is None:
                    raise

    def exists(self) -> bool:
        """Whether anything was ever stored; asks the disk, or the server once.

        Raises VectorServerError where that does not answer.
        """
        with self._lock:
            self._refuse_closed()
            self._begin()
            return self._place.exists()

    def count(self) -> int:
        with self._lock:
            return len(self._all_rows()) if self.exists() else 0

    def ids(self) -> set[str]:
        """Return the ids that have a vector; where it is ours, one that Chroma can read."""
        with self._lock:
            if self.is_ours and self.exists():
                self._compared = False
                with self._using() as collection:
                    if not self._compared_rows(collection).check():
                        self._rows = self._copied(collection)
            return self._all_rows().ids()

    def upsert(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store unit rows by id. Doing it twice changes nothing."""
        ids = list(vectors)
        wrong = next((row.shape for row in vectors.values() if row.shape != (self._dim,)), None)
        if wrong is not None:
            raise ValueError(f"a vector of shape {wrong}, not ({self._dim},)")
        with self._writing() as (collection, rows):
            for start in range(0, len(ids), BATCH):
                some = ids[start : start + BATCH]
                collection.upsert(ids=some, embeddings=np.stack([vectors[key] for key in some]))
            rows.put(vectors)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete those of `ids` that are there."""
        if not self.exists():
            return
        with self._writing() as (collection, rows):
            for start in range(0, len(ids), BATCH):
                collection.delete(ids=list(ids[start : start + BATCH]))
            rows.drop(ids)

    def search(
        self, vector: Matrix, *, k: int, among: Iterable[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return at most `k` (id, cosine), best first, ties by id. `vector` is (1, dim).

        Only those of `among` are searched that are there; None: all.
        """
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
        """Forget every vector, also where the files of Chroma are damaged.

        Those that another process writes are its own to forget.
        """
        with self._opening, self._lock:
            if not self.is_ours:
                return
            self._place.forget()
            self._let_go()
            shutil.rmtree(self._folder, ignore_errors=True)

    def is_wasteful(self) -> bool:
        """Whether more than a third of what is on disk is of rows that were deleted.

        Chroma never gives their place back (771 MB before and after a deletion, measured).
        """
        files = [*self._folder.glob(f"*/{ROWS_FILE}"), *self._rows_folder.glob("*.log")]
        stored = max((file.stat().st_size for file in files), default=0)
        if stored < MIN_WASTE_BYTES:
            return False
        return stored > 1.5 * self.count() * (4 * self._dim + _LINK_BYTES) + MIN_WASTE_BYTES

    def compact(self) -> None:
        """Write all rows anew and take that in place of what is there. Searches go on meanwhile.

        Cut at any point, all rows are there still, in the one place or in the other. Not to be
        called while another thread writes.
        """
        if not self._is_local:
            with self._using() as collection:
                self._rows = self._copied(collection)
            return
        self._write_anew(self.ids(), NO_PROGRESS)

    def rewrite(self, progress: Progress = NO_PROGRESS) -> None:
        """As `compact`, by the copy of the rows alone: for where Chroma can't be read.

        Raises WorkspaceError where the copy is not whole either, and what `progress` does: then
        all is as it was.
        """
        with self._lock:
            ids = self._all_rows().ids()
        self._write_anew(ids, progress)

    def _write_anew(self, stored: Iterable[str], progress: Progress) -> None:
        ids = sorted(stored)
        progress.begin("Writing vectors anew", len(ids))
        anew = fresh(self._folder)
        try:
            anew.mkdir()
            keep_others(self._folder, anew)
            copy = VectorStore(anew, model_id=self._model_id, dim=self._dim, kind=self._kind)
            for start in range(0, len(ids), READ_BATCH):
                some = ids[start : start + READ_BATCH]
                copy.upsert(self.rows(some))
                progress.advance(len(some))
            copy.close()
        except BaseException:
            shutil.rmtree(anew, ignore_errors=True)
            raise
        with self._opening, self._lock:
            self._let_go()
            exchange(self._folder)

    def _let_go(self) -> None:
        self._place.close()
        self._rows = None
        self._compared = False

    @contextmanager
    def _using(self) -> Iterator[Collection]:
        """Lend the collection, opened when first needed; tell its errors for a person."""
        with self._lock:
            self._refuse_closed()
            try:
                yield self._place.collection()
            except Exception as error:
                failure = self._place.message_of(error)
                if failure is None:
                    raise
                self._rows = None
                raise failure from error

    def _refuse_closed(self) -> None:
        if self._closed:
            raise WorkspaceError(f"The workspace of {self._folder} is closed.")

    @contextmanager
    def _writing(self) -> Iterator[tuple[Collection, RowLog]]:
        """Lend the collection and the copy of its rows."""
        if not self.is_ours:
            raise WorkspaceBusyError(
                "Another process stores what is read in this workspace.",
                hint="Wait until it has ended.",
            )
        with self._opening, self._using() as collection:
            rows = self._compared_rows(collection)
            try:
                yield collection, rows
                self._mark.renew(rows.record_count)
            except BaseException:
                self._rows = None  # what lacks in it is taken from Chroma
                raise

    def _all_rows(self) -> RowLog:
        """Return the rows as they are by now, as far as this process can know."""
        self._refuse_closed()
        if not self.exists():
            return RowLog(self._rows_folder, self._dim, count=0)
        if not self.is_ours:
            return self._rows_as_written()
        if self._rows is None:
            rows = self._written()
            if not rows.is_whole:
                with self._using() as collection:
                    return self._compared_rows(collection)
            self._rows = rows
        return self._rows

    def _written(self) -> RowLog:
        count = self._mark.count()
        rows = RowLog(self._rows_folder, self._dim, count=count)
        rows.is_whole = rows.is_whole and count >= 0
        return rows

    def _rows_as_written(self) -> RowLog:
        """Return the rows as another process keeps them by now."""
        now = self._mark.read()
        if self._rows is None or now not in {"", self._seen}:
            count = self._mark.count()
            if self._rows is None or not self._rows.follows(count):
                self._rows = self._written()
            self._seen = now
        return self._rows

    def _compared_rows(self, collection: Collection) -> RowLog:
        """Return the copy, held against Chroma once; mended where it is damaged or another."""
        if self._rows is None:
            self._rows, self._compared = self._written(), False
        if not self._rows.is_whole:
            self._rows = self._copied(collection)
        elif not self._compared and len(self._rows) != collection.count():
            self._mend(self._rows, collection)
        self._compared = True
        return self._rows

    def _copied(self, collection: Collection) -> RowLog:
        """Return a copy that is made anew of all that Chroma has."""
        if self._rows_folder.exists():
            logger.warning("the copy of the vectors in %s is made anew", self._folder)
            shutil.rmtree(self._rows_folder)
        rows = RowLog(self._rows_folder, self._dim, count=0)
        self._mend(rows, collection)
        return rows

    def _mend(self, rows: RowLog, collection: Collection) -> None:
        """Let the copy hold the rows that Chroma has, and no others."""
        stored: set[str] = set()
        for start in range(0, collection.count(), READ_BATCH):
            stored |= set(collection.get(include=[], limit=READ_BATCH, offset=start)["ids"])
        rows.drop(rows.ids() - stored)
        lacking = sorted(stored - rows.ids())
        for start in range(0, len(lacking), BATCH):
            some = lacking[start : start + BATCH]
            found = collection.get(ids=some, include=["embeddings"])
            matrix = np.asarray(found["embeddings"], dtype=np.float32).reshape(-1, self._dim)
            rows.put(dict(zip(found["ids"], matrix, strict=True)))
        self._mark.renew(rows.record_count)
