"""Vectors by id, in Chroma: derived from the ledger, and made again from it when lost.

Chroma runs in this process or as a server; which of both, `CollectionPlace` hides. A copy of the
rows lies beside it, as they are compared: in files that are mapped into memory, or of a server in
memory. Knows ids and unit rows; knows nothing of documents, files or words. All calls may come from
any thread.
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
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import WorkspaceBusyError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import Matrix
from rag.storage.vectors.beside import FollowedRows, WrittenMark
from rag.storage.vectors.chroma_folder import ROWS_FILE, FolderPlace, exchange, fresh, keep_others
from rag.storage.vectors.chroma_server import ServerPlace
from rag.storage.vectors.rooms import FolderRoom
from rag.storage.vectors.row_sums import DamagedRowsError
from rag.storage.vectors.unit_rows import MOST_COMPARED, UnitRows

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import GetResult

logger = logging.getLogger(__name__)

BATCH = 1000
"""Rows of one call; Chroma 1.5.9 takes at most 5461, and its speed hardly depends on it."""

READ_AT_ONCE = 5000
"""Rows read in one call: they come as Python's floats, which take ten times the memory."""

ROWS_FOLDER = "rows-"
"""Beside Chroma's files, before the collection's name: the copy of its rows."""

LEAST_WASTE_BYTES = 1_000_000
"""Less than this is not worth writing everything anew."""

LOOKED_AGAIN: Final = 3
"""So often a search is made anew at most where another process wrote in its midst."""

Found = TypeVar("Found")

_LINK_BYTES = 140
"""What hnswlib keeps of a row beside its numbers: links to 32 neighbours, count, label."""


class CollectionPlace(Protocol):
    """Where Chroma keeps a collection. Called by one thread at a time."""

    def begin(self) -> None:
        """End what a crash left, before anything else: by the process that writes alone."""
        ...

    def exists(self) -> bool:
        """Whether anything was ever stored."""
        ...

    def collection(self) -> Collection:
        """Return it, opened once, made where it does not exist."""
        ...

    def forget(self) -> None:
        """Delete what is not in the folder, and close."""
        ...

    def close(self) -> None: ...
    def told(self, error: Exception) -> WorkspaceError | None:
        """Return an error of Chroma for a person; None for any other: it is a bug."""
        ...


def load() -> None:
    """Import Chroma, on any thread: 1.5 s of the processor that else the first use takes."""
    import_module("chromadb")


class VectorStore:
    """One collection of one workspace: the space of one embedding model.

    Its own copy of the rows is searched (15 MB for 10,000 chunks): Chroma's `where` clauses take 30
    to 180 ms, and after deletions its graph may lead to a row no more. Only `search` of a server is
    Chroma's own. What was being written when the program ended is taken from Chroma again, and all
    where the copy lacks or has another number of rows.

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
        self._place: CollectionPlace = (
            ServerPlace(folder, url=server, kind=kind) if server else FolderPlace(folder, name=name)
        )
        self._room = None if server else FolderRoom(folder / f"{ROWS_FOLDER}{name}")
        self._rows_folder = folder / f"{ROWS_FOLDER}{name}"
        self._ours = ours
        self._mark = WrittenMark(folder)
        self._seen = ""  # the mark of the rows that were taken in beside another process
        self._begun = False
        self._lock = threading.RLock()
        self._opening = threading.Lock()
        """Held while Chroma reads its graph, and before `_lock` by what can't go on meanwhile."""
        self._rows: UnitRows | None = None
        self._compared = False
        """Whether the copy of the rows was held against Chroma since it was opened."""
        self._closed = False

    @property
    def is_ours(self) -> bool:
        """Whether this process writes the vectors. What was read beside another is forgotten."""
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
                load()
                if self._is_long_to_open():
                    with self._lock:
                        collection = self._place.collection()
                    collection.get(limit=1, include=["embeddings"])
            except Exception as error:
                if not isinstance(error, WorkspaceError) and self._place.told(error) is None:
                    raise

    def _is_long_to_open(self) -> bool:
        with self._lock:
            ours = not self._closed and self._room is not None and self.is_ours
            return ours and len(self._all_rows()) > MOST_COMPARED

    def exists(self) -> bool:
        """Whether anything was ever stored; asks the disk, or the server once.

        Raises VectorServerError where that does not answer.
        """
        with self._lock:
            self._refuse_closed()
            self._begin()
            return self._place.exists()

    def count(self) -> int:
        if not self.exists():
            return 0
        if self._room is not None:
            with self._lock:
                return len(self._all_rows())
        with self._using() as collection:
            return collection.count()

    def ids(self) -> set[str]:
        """Return the ids that have a vector; where it is ours, one that Chroma can read."""
        with self._lock:
            if self.is_ours and self.exists():
                with self._using() as collection:
                    self._checked_rows(collection)
            return self._all_rows().ids()

    def upsert(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Store unit rows by id. Doing it twice changes nothing."""
        ids = list(vectors)
        checked = {chunk_id: self._checked(vectors[chunk_id]) for chunk_id in ids}
        with self._writing(ids) as (collection, rows):
            for start in range(0, len(ids), BATCH):
                some = ids[start : start + BATCH]
                collection.upsert(ids=some, embeddings=np.stack([checked[key] for key in some]))
            if rows is not None:
                rows.put(checked)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete those of `ids` that are there."""
        if not self.exists():
            return
        with self._writing(ids) as (collection, rows):
            for start in range(0, len(ids), BATCH):
                collection.delete(ids=list(ids[start : start + BATCH]))
            if rows is not None:
                rows.drop(ids)

    def search(self, vector: Matrix, *, k: int) -> list[tuple[str, float]]:
        """Return at most `k` (id, cosine), best first, ties by id. `vector` is (1, dim)."""
        if k < 1 or not self.exists():
            return []
        if self._room is not None:
            return self._looked(lambda rows: rows.nearest(vector, k=k))
        return self._search_graph(vector, k=k)

    def _search_graph(self, vector: Matrix, *, k: int) -> list[tuple[str, float]]:
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
        wanted = list(ids)
        return self._looked(lambda rows: rows.cosines(vector, wanted))

    def rows(self, ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Return the unit rows, shape (dim,), of those of `ids` that are there."""
        wanted = list(ids)
        return self._looked(lambda rows: rows.of(wanted))

    def _looked(self, look: Callable[[UnitRows], Found]) -> Found:
        """Return what is found; where another process wrote meanwhile, what is found then."""
        with self._lock:
            for _ in range(LOOKED_AGAIN):
                try:
                    found = look(self._all_rows())
                except DamagedRowsError:
                    self._forget_copy()
                    continue
                if self.is_ours or self._mark.read() in {"", self._seen}:
                    return found
            return look(self._all_rows())

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
        """Whether more than a third of what Chroma keeps on disk is of rows that were deleted.

        Chroma never gives their place back (771 MB before and after a deletion, measured).
        """
        kept = sum(file.stat().st_size for file in self._folder.glob(f"*/{ROWS_FILE}"))
        if kept < LEAST_WASTE_BYTES:
            return False
        return kept > 1.5 * self.count() * self._row_bytes + LEAST_WASTE_BYTES

    def compact(self) -> None:
        """Write all rows anew and take that in place of what is there. Searches go on meanwhile.

        Cut at any point, all rows are there still, in the one place or in the other. Not to be
        called while another thread writes.
        """
        self._write_anew(self.ids(), NO_PROGRESS)

    def rewrite(self, progress: Progress = NO_PROGRESS) -> None:
        """As `compact`, by the copy of the rows alone: for where Chroma can't be read.

        What was being written when the program ended is left out. Raises WorkspaceError where the
        copy is not whole either, and what `progress` does: then all is as it was.
        """
        with self._lock:
            ids = self._all_rows().ids()
        self._write_anew(ids, progress)

    def _write_anew(self, stored: Iterable[str], progress: Progress) -> None:
        ids = sorted(stored)
        progress.begin("Writing vectors anew", len(ids))
        anew = fresh(self._folder)
        try:
            copy = VectorStore(anew, model_id=self._model_id, dim=self._dim, kind=self._kind)
            for start in range(0, len(ids), READ_AT_ONCE):
                some = ids[start : start + READ_AT_ONCE]
                copy.upsert(self.rows(some))
                progress.advance(len(some))
            copy.close()
            keep_others(self._folder, anew)
        except BaseException:
            shutil.rmtree(anew, ignore_errors=True)
            raise
        with self._opening, self._lock:
            self._let_go()
            exchange(self._folder)
            self._mark.renew(len(ids))

    @property
    def _row_bytes(self) -> int:
        return 4 * self._dim + _LINK_BYTES

    def _let_go(self) -> None:
        self._place.close()
        self._rows = None
        self._compared = False
        if self._room is not None:
            self._room.let_go()

    @contextmanager
    def _using(self) -> Iterator[Collection]:
        """Lend the collection, opened when first needed; tell its errors for a person."""
        with self._lock:
            self._refuse_closed()
            try:
                yield self._place.collection()
            except Exception as error:
                told = self._place.told(error)
                if told is None:
                    raise
                self._rows = None
                raise told from error

    def _refuse_closed(self) -> None:
        if self._closed:
            raise WorkspaceError(f"The workspace of {self._folder} is closed.")

    @contextmanager
    def _writing(self, ids: Sequence[str]) -> Iterator[tuple[Collection, UnitRows | None]]:
        """Lend the collection and the copy of its rows, if there is one; note what is written."""
        if not self.is_ours:
            raise WorkspaceBusyError(
                "Another process stores what is read in this workspace.",
                hint="Wait until it has ended.",
            )
        with self._opening, self._using() as collection:
            if self._rows is not None or self._keeps_rows(collection):
                self._compared_rows(collection)
            rows = self._rows
            if rows is not None:
                rows.begin(ids)
            try:
                yield collection, rows
            except BaseException:
                self._rows = None  # what was noted is taken from Chroma again
                raise
            if rows is not None:
                rows.end()
            self._mark.renew(-1 if rows is None else len(rows))

    def _keeps_rows(self, collection: Collection) -> bool:
        """Whether there is a copy, or nothing yet to be copied: else the first search makes it."""
        return self._room is not None and (self._room.exists() or collection.count() == 0)

    def _all_rows(self) -> UnitRows:
        if not self.is_ours:
            return self._rows_as_written()
        if self._rows is None:
            if not self.exists():
                return UnitRows(self._dim)
            self._rows = self._kept_whole()
        if self._rows is None:
            self._refuse_closed()
            try:
                with self._using() as collection:
                    return self._compared_rows(collection)
            except WorkspaceError as error:
                self._rows = self._kept_finished()
                if self._rows is None:
                    raise
                logger.warning("searched in the copy of the vectors: %s", error)
        return self._rows

    def _kept_finished(self) -> UnitRows | None:
        """Return the copy without what was being written when the program ended; None without one.

        For where Chroma, of which that would be taken again, can't be read.
        """
        if self._room is None or not self._room.exists():
            return None
        rows = self._kept()
        unfinished = rows.unfinished()
        rows.drop(unfinished)
        return rows if unfinished else None

    def _kept_whole(self) -> UnitRows | None:
        """Return the copy if it is known to be whole: Chroma, opened, takes 2 KB a row."""
        if self._room is None or not self._room.exists():
            return None
        rows = self._kept()
        return rows if not rows.unfinished() and len(rows) == self._mark.count() else None

    def _compared_rows(self, collection: Collection) -> UnitRows:
        """Return the copy, held against Chroma once; made anew where it lacks or is another."""
        if self._rows is None or (not self._compared and len(self._rows) != collection.count()):
            self._rows = self._copied(collection)
        self._compared = True
        return self._rows

    def _checked_rows(self, collection: Collection) -> None:
        """Compare the copy as `_compared_rows`, and look whether each row is as it was written."""
        try:
            self._compared_rows(collection).check()
        except DamagedRowsError:
            self._forget_copy()
            self._compared_rows(collection)

    def _kept(self) -> UnitRows:
        """Return the copy as it lies there; nothing where that is damaged."""
        try:
            return UnitRows(self._dim, room=self._room)
        except DamagedRowsError:
            self._forget_copy()
            return UnitRows(self._dim, room=self._room)

    def _forget_copy(self) -> None:
        """Let the rows be taken from Chroma again."""
        logger.warning("the copy of the vectors in %s was damaged: it is made anew", self._folder)
        self._rows = None
        if self._room is not None:
            self._room.clear()

    def _rows_as_written(self) -> UnitRows:
        """Return the rows as another process keeps them by now."""
        now = self._mark.read()
        if self._rows is None or now not in {"", self._seen}:
            if not self.exists():
                return UnitRows(self._dim)
            if self._room is None:
                with self._using() as collection:
                    self._rows = self._copied_anew(collection)
            elif isinstance(self._rows, FollowedRows):
                self._rows.renew()
            else:
                self._rows = FollowedRows(self._dim, self._rows_folder)
            self._seen = now
        return self._rows

    def _copied(self, collection: Collection) -> UnitRows:
        """Return the copy of the collection's rows, as whole as this."""
        rows = self._kept()
        again = rows.unfinished()
        for start in range(0, len(again), BATCH):
            some = again[start : start + BATCH]
            rows.drop(some)
            rows.put(self._matrix_of(collection.get(ids=some, include=["embeddings"])))
        if len(rows) != collection.count():
            rows = self._copied_anew(collection)
        rows.end()
        self._mark.renew(len(rows))
        return rows

    def _copied_anew(self, collection: Collection) -> UnitRows:
        if self._room is not None:
            self._room.clear()
        rows = UnitRows(self._dim, room=self._room)
        for start in range(0, collection.count(), READ_AT_ONCE):
            found = collection.get(include=["embeddings"], limit=READ_AT_ONCE, offset=start)
            rows.put(self._matrix_of(found))
        return rows

    def _matrix_of(self, found: GetResult) -> dict[str, NDArray[np.float32]]:
        matrix = np.asarray(found["embeddings"], dtype=np.float32).reshape(-1, self._dim)
        return dict(zip(found["ids"], matrix, strict=True))

    def _checked(self, row: NDArray[np.float32]) -> NDArray[np.float32]:
        if row.shape != (self._dim,):
            raise ValueError(f"a vector of shape {row.shape}, not ({self._dim},)")
        return row
