"""Search of pictures: by their perceptual hash, and by the vectors of an image model.

The hash tells of the 64 lowest waves of a picture (a discrete cosine transform, 8 x 8) which weigh
more than their median. Mirrored, the odd waves along that axis change their sign, and the median is
near zero, so nearly all their bits change; reflected in a diagonal, rows and columns change places.
Knows bits, rows and the database's tables; knows no model and no pixels.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Filters, Hit, ImageAsset
from rag.protocols import Matrix
from rag.storage.documents import codec, scope
from rag.storage.documents.records import Finding
from rag.storage.search.kept import ranked
from rag.storage.search.spaces import SLACK, ModelSpace

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
