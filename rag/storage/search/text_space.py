"""A second space of text vectors beside the first: another model's, built while the first answers.

A vector is kept under its chunk's id and
the digest of what was embedded, so a chunk that is read anew lacks one until it is embedded again.
The commit protocol need not know this space: until every chunk of
the database has its vector here, the first space answers. Knows no model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Chunk, Filters, Hit
from rag.protocols import Matrix
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.documents import scope
from rag.storage.search import dense
from rag.storage.vectors.model_space import SLACK, ModelSpace


class TextSpace(ModelSpace):
    """The vectors that one model makes of the chunks of a workspace. Any thread may call."""

    FOLDER = "text-vectors"

    def __init__(self, workspace: Path, database: Database, **made: Any) -> None:  # noqa: ANN401 - as `ModelSpace`
        super().__init__(workspace, database, **made)
        self._seen = -1
        self._known: dict[str, str] = {}
        self._whole = False
        self._foreign = (-1, False)  # of which state of the documents, and what was true then
        self._whole_abroad = -1  # the last state of the chunks in which it was

    def missing(self) -> list[str]:
        """Return the ids of the chunks without a vector, in reading order."""
        stored = self._stored()
        return [chunk_id for chunk_id, key in self._keys().items() if key not in stored]

    def missing_foreign(self) -> list[str]:
        """Return the same of the documents that are in another language than English."""
        stored = self._stored()
        with self._database.read() as db:
            found = db.execute(_FOREIGN_CHUNKS).fetchall()
        return [chunk_id for chunk_id, digest in found if _key(chunk_id, digest) not in stored]

    def is_whole(self) -> bool:
        """Whether every chunk has its vector: only then is it known what is near."""
        with self._database.read() as db:
            if len(self._stored()) < catalog.chunk_total(db):
                return False
        self._keys()
        with self._lock:
            if not self._whole:
                self._whole = self._stored() >= set(self._known.values())
            return self._whole

    def is_whole_abroad(self) -> bool:
        """Whether every chunk has it that `missing_foreign` looks at."""
        with self._database.read() as db:
            seen = catalog.embedded_changes(db)
        if self._whole_abroad != seen and not self.missing_foreign():
            self._whole_abroad = seen
        return self._whole_abroad == seen

    def begin(self) -> None:
        """Note that vectors are wanted, for whoever writes the workspace; raises OSError."""
        self._root.mkdir(exist_ok=True)

    def is_begun(self) -> bool:
        """Whether vectors are wanted."""
        return self._root.is_dir()

    def has_foreign(self) -> bool:
        """Whether a document is in another language than English; told once of each change."""
        with self._database.read() as db:
            (now,) = db.execute("SELECT documents FROM counters").fetchone()
            if now != self._foreign[0]:
                found = f"SELECT 1 FROM documents d WHERE {_FOREIGN} LIMIT 1"  # noqa: S608 - a constant
                self._foreign = now, db.execute(found).fetchone() is not None
        return self._foreign[1]

    def batches(self, ids: Sequence[str], *, size: int) -> Iterator[list[Chunk]]:
        """Yield the chunks of `ids` that are still there, some at a time."""
        for start in range(0, len(ids), size):
            with self._database.read() as db:
                found = catalog.chunks(db, ids[start : start + size])
            if found:
                yield list(found.values())

    def put(self, rows: Mapping[str, NDArray[np.float32]], chunks: Sequence[Chunk]) -> None:
        """Store the unit rows of `chunks`, by id. Doing it twice changes nothing."""
        self._root.mkdir(exist_ok=True)
        keyed = {_key(c.id, catalog.embedded_digest(c)): rows[c.id] for c in chunks}
        self._vectors.upsert(keyed)

    def search(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Return at most `k` hits by meaning, as `Index.search_dense` does."""
        if k < 1 or not self._vectors.exists():
            return []
        found = self._nearest(vector, k=max(k, dense.CANDIDATES), filters=filters)
        cosines = partial(self._cosines, vector)
        return dense.with_pages(self._database, found, cosines, k=k, filters=filters)

    def _nearest(self, vector: Matrix, *, k: int, filters: Filters) -> list[tuple[str, float]]:
        if filters == NO_FILTERS:
            found = self._vectors.search(vector, k=k + SLACK)
            names = self._names(key.rpartition("-")[0] for key, _ in found)
            return [(names[key], score) for key, score in found if key in names][:k]
        with self._database.read() as db:
            ids = catalog.chunk_ids_of_rows(db, scope.admitted_rows(db, filters))
        names = self._names(ids)
        found = self._vectors.search(vector, k=k, among=names)
        return [(names[key], score) for key, score in found]

    def _cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        names = self._names(ids)
        found = self._vectors.cosines(vector, names)
        return {names[key]: score for key, score in found.items()}

    def _names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return by their keys those of `ids` that exist."""
        with self._database.read() as db:
            digests = catalog.embedded_digests(db, list(ids))
        return {_key(chunk_id, digest): chunk_id for chunk_id, digest in digests.items()}

    def _keys(self) -> dict[str, str]:
        """Return the key of each chunk of the database; read anew once the database has changed."""
        with self._database.read() as db, self._lock:
            now = catalog.embedded_changes(db)
            if now != self._seen:
                digests = catalog.all_embedded_digests(db)
                self._known = {i: _key(i, digest) for i, digest in digests.items()}
                self._seen, self._whole = now, False
            return self._known

    def _wanted(self) -> Collection[str]:
        return self._keys().values()


class LanguageSpace(TextSpace):
    """The vectors of a model of many languages, beside those of a model that knows English."""

    FOLDER = "language-vectors"


_FOREIGN: Final = "d.language NOT IN ('', 'en')"
_FOREIGN_CHUNKS: Final = f"""
SELECT c.id, c.embedded FROM chunks c JOIN documents d ON d.row = c.doc_row
WHERE {_FOREIGN} ORDER BY c.row
"""  # noqa: S608 - a constant


def _key(chunk_id: str, digest: bytes) -> str:
    return f"{chunk_id}-{digest.hex()[:16]}"
