"""Pictures by what they look like: a space of vectors for each image model, beside the text's.

A vector belongs to a picture, not to a chunk: a logo on a hundred pages has one, and reading the
lettering of a figure does not make it another. Knows no model and no pixels.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Filters, Hit, ImageAsset
from rag.errors import VectorServerError, WorkspaceError
from rag.protocols import Matrix
from rag.storage.documents import codec, scope
from rag.storage.documents.codec import opened
from rag.storage.documents.records import Finding
from rag.storage.search.admitted import ranked
from rag.storage.vectors.model_space import SLACK, ModelSpace


class PictureSpace(ModelSpace):
    """The vectors that one model makes of the pictures of a workspace. Any thread may call."""

    FOLDER = "picture-vectors"
    KIND = "picture"

    def search(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        """Return at most `k` chunks whose pictures look like `vector`, shape (1, dim).

        Scores are cosines within the space; ties break by chunk id.
        """
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
        decode = partial(codec.decode_chunk, chunk_id="", doc_id="", source="", ordinal=0)
        with self._database.read() as db:
            lacking = [key for key in _image_ids(db) if key not in stored]
            rows = db.execute(
                "SELECT c.body FROM json_each(?) j JOIN chunks c ON c.row ="
                " (SELECT min(row) FROM chunks WHERE image_id = j.value) ORDER BY j.key",
                (json.dumps(lacking),),
            )
            images = [opened(body, decode, what="a picture").image for (body,) in rows]
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
        try:
            stored = self._vectors.ids()
        except VectorServerError:
            raise
        except WorkspaceError as error:
            return [Finding(kind="missing", problem=str(error), count=1)]
        known = set(self._wanted())
        findings = []
        if missing := len(known - stored):
            problem = f"{missing} of {len(known)} pictures have no vector of {self.model_id}."
            findings.append(Finding(kind="missing", problem=problem, count=missing))
        if stray := len(stored - known):
            problem = f"{stray} vectors belong to pictures that are not stored."
            findings.append(Finding(kind="stray", problem=problem, count=stray))
        return findings

    def _wanted(self) -> list[str]:
        with self._database.read() as db:
            return _image_ids(db)


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
