"""Pictures by what they look like: a space of vectors for each image model, beside the text's.

A vector belongs to a picture, not to a chunk: a logo on a hundred pages has one, and reading the
lettering of a figure does not make it another. Each space lies in a folder of its own, named after
its model, so that changing the model leaves the text alone. The database knows which pictures there
are; what lacks here is made again from the stored pictures, and what the database does not know is
never found. Knows no model and no pixels.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Filters, Hit, ImageAsset
from rag.errors import VectorServerError, WorkspaceError
from rag.protocols import Matrix
from rag.storage.database.database import Database
from rag.storage.documents import codec, scope
from rag.storage.documents.records import Finding
from rag.storage.documents.seals import opened
from rag.storage.search.hits import ranked
from rag.storage.vectors.vectors import VectorStore

FOLDER: Final = "picture-vectors"

SLACK: Final = 100
"""So many more are asked for: vectors of pictures that are gone may not be deleted yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """One image model: its name with the hash of its weights, and the length of its vectors."""

    model_id: str
    dim: int


class PictureIndex:
    """The vectors of pictures of one workspace. Its methods may be called from any thread."""

    def __init__(
        self,
        workspace: Path,
        database: Database,
        *,
        chroma_url: str = "",
        ours: Callable[[], bool] = lambda: True,
    ) -> None:
        """`ours` tells whether this process writes the vectors of the workspace."""
        self._root = workspace / FOLDER
        self._database = database
        self._chroma_url = chroma_url
        self._ours = ours
        self._lock = threading.Lock()
        self._stores: dict[Space, VectorStore] = {}
        self._closed = False

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for store in self._stores.values():
                store.close()

    def search(
        self, vector: Matrix, space: Space, *, k: int, filters: Filters = NO_FILTERS
    ) -> list[Hit]:
        """Return at most `k` chunks whose pictures look like `vector`, shape (1, dim).

        Scores are cosines within the space; ties break by chunk id.
        """
        if k < 1 or not self._exists(space):
            return []
        store = self._store(space)
        if filters == NO_FILTERS:
            found = store.search(vector, k=k + SLACK)
        else:
            with self._database.read() as db:
                ids = _image_ids(db, scope.admitted_rows(db, filters))
            found = store.search_among(vector, ids, k=k)
        with self._database.read() as db:
            chunks = _chunks_of(db, dict(found))
            return ranked(db, chunks, k=k, channel="visual", filters=filters)

    def missing(self, space: Space) -> list[ImageAsset]:
        """Return the pictures of ready documents that have no vector yet, in reading order."""
        stored = self._store(space).ids() if self._exists(space) else set()
        with self._database.read() as db:
            lacking = [key for key in _image_ids(db) if key not in stored]
            return _assets(db, lacking)

    def untouched(self, space: Space) -> bool:
        """Whether there are pictures but no vectors at all; asks the disk, not Chroma."""
        if self._exists(space):
            return False
        with self._database.read() as db:
            query = "SELECT 1 FROM chunks WHERE image_id IS NOT NULL LIMIT 1"
            return db.execute(query).fetchone() is not None

    def put(self, space: Space, rows: Mapping[str, NDArray[np.float32]]) -> None:
        """Store unit rows by picture. Each is whole; doing it twice changes nothing."""
        self._root.mkdir(exist_ok=True)
        self._store(space).upsert(rows)

    def prune(self, space: Space) -> int:
        """Delete the vectors of pictures that are gone; return how many."""
        if not self._exists(space):
            return 0
        store = self._store(space)
        with self._database.read() as db:
            stray = sorted(store.ids() - set(_image_ids(db)))
        if stray:
            store.delete(stray)
            if store.is_wasteful():
                store.compact()
        return len(stray)

    def keep_only(self, space: Space) -> None:
        """Forget the spaces of other models."""
        known = {self._folder(one): store for one, store in self._stores.items()}
        for folder in self._root.iterdir() if self._root.is_dir() else ():
            if folder != self._folder(space):
                other = VectorStore(folder, model_id="", dim=1, server=self._chroma_url)
                known.get(folder, other).destroy()

    def mend(self, space: Space) -> None:
        """Forget the space where its files can't be read."""
        try:
            if self._exists(space):
                self._store(space).ids()
        except VectorServerError:
            raise
        except WorkspaceError:
            self._store(space).destroy()

    def check(self, space: Space) -> list[Finding]:
        """Say what is wrong; an empty list means that all is well."""
        try:
            missing = len(self.missing(space))
            stored = self._store(space).ids() if self._exists(space) else set()
        except VectorServerError:
            raise
        except WorkspaceError as error:
            return [Finding(kind="missing", problem=str(error), count=1)]
        with self._database.read() as db:
            known = set(_image_ids(db))
        findings = []
        if missing:
            problem = f"{missing} of {len(known)} pictures have no vector of {space.model_id}."
            findings.append(Finding(kind="missing", problem=problem, count=missing))
        if stray := len(stored - known):
            problem = f"{stray} vectors belong to pictures that are not stored."
            findings.append(Finding(kind="stray", problem=problem, count=stray))
        return findings

    def _folder(self, space: Space) -> Path:
        name = hashlib.sha256(f"{space.model_id}\0{space.dim}".encode()).hexdigest()[:16]
        return self._root / name

    def _exists(self, space: Space) -> bool:
        return self._store(space).exists()

    def _store(self, space: Space) -> VectorStore:
        with self._lock:
            if self._closed:
                raise WorkspaceError(f"The workspace {self._root.parent} is closed.")
            if space not in self._stores:
                self._stores[space] = VectorStore(
                    self._folder(space),
                    model_id=space.model_id,
                    dim=space.dim,
                    kind="picture",
                    server=self._chroma_url,
                    ours=self._ours,
                )
            return self._stores[space]


def _image_ids(db: sqlite3.Connection, doc_rows: Sequence[int] | None = None) -> list[str]:
    """Return the pictures of all documents, or of some, each once, in reading order."""
    only = ""
    values: tuple[str, ...] = ()
    if doc_rows is not None:
        only, values = "AND doc_row IN (SELECT value FROM json_each(?))", (json.dumps(doc_rows),)
    rows = db.execute(
        f"SELECT image_id FROM chunks WHERE image_id IS NOT NULL {only} ORDER BY row",  # noqa: S608 - one of two texts of ours
        values,
    )
    return list(dict.fromkeys(image_id for (image_id,) in rows))


def _chunks_of(db: sqlite3.Connection, scores: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the chunks of pictures with the pictures' scores, best first, ties by chunk id."""
    rows = db.execute(
        "SELECT c.id, c.image_id FROM json_each(?) j JOIN chunks c ON c.image_id = j.value",
        (json.dumps(list(scores)),),
    )
    scored = [(chunk_id, scores[image_id]) for chunk_id, image_id in rows]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def _assets(db: sqlite3.Connection, ids: Sequence[str]) -> list[ImageAsset]:
    rows = db.execute(
        "SELECT c.body FROM json_each(?) j JOIN chunks c ON c.row ="
        " (SELECT min(row) FROM chunks WHERE image_id = j.value) ORDER BY j.key",
        (json.dumps(list(ids)),),
    )
    return [image for (body,) in rows if (image := _image(body)) is not None]


def _image(body: bytes) -> ImageAsset | None:
    decode = partial(codec.decode_chunk, chunk_id="", doc_id="", source="", ordinal=0)
    return opened(body, decode, what="a picture").image
