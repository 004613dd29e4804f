"""Spaces of vectors beside the workspace's own: each another model's, of texts or of pictures.

The database says what there is to embed: what it does not know is never found, and what lacks here
is made again from what is stored. The commit protocol knows none of them. Knows no model.

Pictures are searched by their perceptual hash, too. It tells of the 64 lowest waves of a picture (a
discrete cosine transform, 8 x 8) which weigh more than their median. Mirrored, the odd waves along
that axis change their sign, and the median is near zero, so nearly all their bits change; reflected
in a diagonal, rows and columns change places.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.closing import Closing
from rag.datamodel import NO_FILTERS, Chunk, Filters, Hit, ImageAsset
from rag.errors import VectorServerError, WorkspaceError
from rag.protocols import Matrix
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.documents import codec, scope
from rag.storage.documents.records import Finding
from rag.storage.search import dense
from rag.storage.search.kept import among, ranked
from rag.storage.vectors.vectors import VectorStore

SLACK: Final = 100
"""So many more are asked for: vectors of what is gone may not be deleted yet."""

_FOREIGN: Final = "d.language NOT IN ('', 'en')"
_FOREIGN_CHUNKS: Final = (
    "SELECT c.id, c.embedded FROM chunks c JOIN documents d ON d.row = c.doc_row"
    f" WHERE {_FOREIGN} ORDER BY c.row"
)


class ModelSpace(Closing):
    """The vectors that one model makes of what a workspace holds. Any thread may call."""

    FOLDER: str
    """In a workspace; holds a folder for each model."""

    KIND = "text"
    """Of the vectors."""

    def __init__(
        self,
        workspace: Path,
        database: Database,
        *,
        model_id: str,
        dim: int,
        chroma_url: str = "",
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        """`ours` tells whether this process writes the vectors of the workspace."""
        self.model_id = model_id
        self._root = workspace / self.FOLDER
        self._name = hashlib.sha256(f"{model_id} {dim}".encode()).hexdigest()[:16]
        self._database = database
        self._chroma_url = chroma_url
        self._vectors = VectorStore(
            self._root / self._name,
            model_id=model_id,
            dim=dim,
            kind=self.KIND,
            server=chroma_url,
            ours=ours,
        )
        self._lock = threading.Lock()

    def close(self) -> None:
        self._vectors.close()

    def prune(self) -> int:
        """Delete the vectors that nothing stands for any more; return how many."""
        stray = sorted(self._stored() - set(self._wanted()))
        if stray:
            self._vectors.delete(stray)
            if self._vectors.is_wasteful():
                self._vectors.compact()
        return len(stray)

    def keep_only_this(self) -> None:
        """Forget the spaces of other models."""
        for folder in self._root.glob("*"):
            if folder.name != self._name and folder.is_dir():
                VectorStore(folder, model_id="", dim=1, server=self._chroma_url).destroy()

    @abstractmethod
    def _wanted(self) -> Collection[str]:
        """Return the ids of the vectors that there should be."""

    def _stored(self) -> set[str]:
        """Return the ids that are there; a space that can't be read is begun anew."""
        try:
            return self._vectors.ids()
        except VectorServerError:
            raise
        except WorkspaceError:
            self._vectors.destroy()
            return set()


class TextSpace(ModelSpace):
    """The vectors that one model makes of the chunks, built while another model's answer.

    A vector is kept under its chunk's id and the digest of what was embedded, so a chunk that is
    read anew lacks one until it is embedded again.
    """

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
        found = self._database.query(_FOREIGN_CHUNKS)
        return [chunk_id for chunk_id, digest in found if _key(chunk_id, digest) not in stored]

    def is_whole(self) -> bool:
        """Whether every chunk has its vector: only then is it known what is near."""
        with self._database.read() as db:
            if len(self._stored()) < catalog.counter(db, "chunks"):
                return False
        self._keys()
        with self._lock:
            if not self._whole:
                self._whole = self._stored() >= set(self._known.values())
            return self._whole

    def is_whole_abroad(self) -> bool:
        """Whether every chunk has it that `missing_foreign` looks at."""
        with self._database.read() as db:
            seen = catalog.counter(db, "embedded")
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
            now = catalog.counter(db, "documents")
            if now != self._foreign[0]:
                found = f"SELECT 1 FROM documents d WHERE {_FOREIGN} LIMIT 1"
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
        self.begin()
        keyed = {_key(c.id, catalog.embedded_digest(c)): rows[c.id] for c in chunks}
        self._vectors.upsert(keyed)

    def search(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Return at most `k` hits by meaning, as `Index.search_dense` does."""
        if k < 1 or not self._vectors.exists():
            return []
        admitted = None
        if filters != NO_FILTERS:
            with self._database.read() as db:
                admitted = among(db, scope.admitted_rows(db, filters))
        near, cosines = partial(self._nearest, vector), partial(self._cosines, vector)
        return dense.search_chunks(
            self._database, near, cosines, k=k, filters=filters, admitted=admitted
        )

    def _nearest(
        self, vector: Matrix, *, k: int, among: Iterable[str] | None = None
    ) -> list[tuple[str, float]]:
        if among is None:
            found = self._vectors.search(vector, k=k + SLACK)
            names = self._names(key.rpartition("-")[0] for key, _ in found)
        else:
            names = self._names(among)
            found = self._vectors.search(vector, k=k, among=names)
        return [(names[key], score) for key, score in found if key in names][:k]

    def _cosines(self, vector: Matrix, ids: Iterable[str]) -> dict[str, float]:
        names = self._names(ids)
        found = self._vectors.cosines(vector, names)
        return {names[key]: score for key, score in found.items()}

    def _names(self, ids: Iterable[str]) -> dict[str, str]:
        with self._database.read() as db:
            digests = catalog.embedded_digests(db, list(ids))
        return {_key(chunk_id, digest): chunk_id for chunk_id, digest in digests.items()}

    def _keys(self) -> dict[str, str]:
        """Return the key of each chunk of the database; read anew once the database has changed."""
        with self._database.read() as db, self._lock:
            now = catalog.counter(db, "embedded")
            if now != self._seen:
                digests = db.execute("SELECT id, embedded FROM chunks ORDER BY row")
                self._known = {key: _key(key, digest) for key, digest in digests}
                self._seen, self._whole = now, False
            return self._known

    def _wanted(self) -> Collection[str]:
        return self._keys().values()


class LanguageSpace(TextSpace):
    """The vectors of a model of many languages, beside those of a model that knows English."""

    FOLDER = "language-vectors"


def _key(chunk_id: str, digest: bytes) -> str:
    return f"{chunk_id}-{digest.hex()[:16]}"


PHASH_BITS: Final = 64
_SIDE: Final = 8
_ODD: Final = np.arange(_SIDE) % 2 == 1


def turned_hashes(phash: str) -> NDArray[np.uint64]:
    """Return the hash of 16 hex digits, and those of the picture in its seven other postures.

    Nearly: of the hash of the turned pixels 2 to 4 bits differ (median of 150 pictures).
    """
    number = np.array([int(phash, 16)], dtype=">u8")
    bits = np.unpackbits(number.view(np.uint8)).reshape(_SIDE, _SIDE).astype(np.bool_)
    upright = [
        bits ^ rows ^ columns for rows in (False, _ODD[:, None]) for columns in (False, _ODD)
    ]
    postures = np.stack([*upright, *(posture.T for posture in upright)])  # (8, side, side)
    packed = np.packbits(postures.reshape(len(postures), -1), axis=1)  # (8, 8)
    return packed.view(">u8").ravel().astype(np.uint64)


def search_pictures(
    db: sqlite3.Connection, phash: str, *, k: int, doc_rows: Sequence[int] | None
) -> list[tuple[str, float]]:
    """Return at most `k` (chunk id, 1 - distance / 64) nearest to a hash in any posture."""
    rows = _pictured(db, "id, phash", "phash", "id", doc_rows)
    hashes = np.array([int(stored, 16) for _, stored in rows], dtype=np.uint64)  # (n,)
    postures = turned_hashes(phash)[:, np.newaxis]  # (8, 1)
    distances = np.bitwise_count(hashes ^ postures).min(axis=0)  # (n,)
    nearest = np.argsort(distances, kind="stable")[: max(k, 0)]
    return [(rows[i][0], 1 - int(distances[i]) / PHASH_BITS) for i in nearest]


class PictureSpace(ModelSpace):
    """The vectors that one model makes of pictures: a logo on a hundred pages has one."""

    FOLDER = "picture-vectors"
    KIND = "picture"

    def search(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Return at most `k` chunks whose pictures look like `vector` (1, dim), by cosine."""
        if k < 1 or not self._vectors.exists():
            return []
        with self._database.read() as db:
            admitted = None if filters == NO_FILTERS else scope.admitted_rows(db, filters)
            ids = None if admitted is None else _image_ids(db, admitted)
            scores = dict(self._vectors.search(vector, k=k + SLACK, among=ids))
            rows = db.execute(
                "SELECT c.id, c.image_id FROM json_each(?) j JOIN chunks c ON c.image_id = j.value",
                (json.dumps(list(scores)),),
            )
            scored = [(chunk_id, scores[image_id]) for chunk_id, image_id in rows]
            scored.sort(key=lambda pair: (-pair[1], pair[0]))
            return ranked(db, scored, k=k, channel="visual", filters=filters)

    def missing(self) -> list[ImageAsset]:
        """Return the pictures of ready documents that have no vector yet, in reading order."""
        stored = self._stored()
        decode = partial(codec.decode_chunk, columns=("", "", "", 0, None))
        with self._database.read() as db:
            lacking = [key for key in _image_ids(db) if key not in stored]
            rows = db.execute(
                "SELECT c.body FROM json_each(?) j JOIN chunks c ON c.row ="
                " (SELECT min(row) FROM chunks WHERE image_id = j.value) ORDER BY j.key",
                (json.dumps(lacking),),
            )
            images = [codec.opened(body, decode, what="a picture").image for (body,) in rows]
        return [image for image in images if image is not None]

    def untouched(self) -> bool:
        """Whether there are pictures but no vectors at all; asks the disk, not Chroma."""
        query = "SELECT 1 FROM chunks WHERE image_id IS NOT NULL LIMIT 1"
        return not self._vectors.exists() and bool(self._database.query(query))

    def put(self, rows: Mapping[str, NDArray[np.float32]]) -> None:
        """Store unit rows by picture. Each is whole; doing it twice changes nothing."""
        self._root.mkdir(exist_ok=True)
        self._vectors.upsert(rows)

    def check(self) -> list[Finding]:
        """Say what is wrong; an empty list means that all is well."""
        known = set(self._wanted())
        lacking = f"{{}} of {len(known)} pictures have no vector of {self.model_id}."
        stray = "{} vectors belong to pictures that are not stored."
        return self._vectors.compared(known, lacking=lacking, stray=stray)

    def _wanted(self) -> list[str]:
        with self._database.read() as db:
            return _image_ids(db)


def _image_ids(db: sqlite3.Connection, doc_rows: Sequence[int] | None = None) -> list[str]:
    rows = _pictured(db, "image_id", "image_id", "row", doc_rows)
    return list(dict.fromkeys(image_id for (image_id,) in rows))


def _pictured(
    db: sqlite3.Connection, what: str, known: str, order: str, doc_rows: Sequence[int] | None
) -> list[tuple[str, ...]]:
    """Return of the chunks that have a column what is asked; of all documents, or of some."""
    among = "" if doc_rows is None else "AND doc_row IN (SELECT value FROM json_each(?))"
    query = f"SELECT {what} FROM chunks WHERE {known} IS NOT NULL {among} ORDER BY {order}"
    return db.execute(query, () if doc_rows is None else (json.dumps(doc_rows),)).fetchall()
