"""Search by meaning: the chunks nearest to a question's vector, each weighed with its page.

Knows database and vectors; knows no model.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from rag.datamodel import Filters, Hit
from rag.protocols import Matrix
from rag.storage.database import catalog, pages
from rag.storage.database.database import Database
from rag.storage.search.admitted import Admitted, ranked
from rag.storage.vectors.vectors import VectorStore

CANDIDATES: Final = 200
"""So many chunks nearest by their own vectors are scored together with their pages."""

EACH_COMPARED: Final = 50_000
"""Where filters admit no more passages, each of these is compared; of more, the nearest of all
that are admitted are taken."""

LOOKED_TWICE: Final = 2
"""So many times as many are looked at as would do if what is admitted lay everywhere alike."""

Cosines = Callable[[Iterable[str]], dict[str, float]]
"""The cosines of the question's vector with those of chunks that have one, by chunk id."""


def search_chunks(
    database: Database,
    vectors: VectorStore,
    vector: Matrix,
    *,
    k: int,
    filters: Filters,
    admitted: Admitted | None,
) -> list[Hit]:
    """Search vectors that lie under their chunks' ids by one vector, shape (1, dim).

    `admitted` is what the filters admit; None: all.
    """
    if k < 1:
        return []
    found = _nearest(database, vectors, vector, k=max(k, CANDIDATES), admitted=admitted)
    return with_pages(database, found, partial(vectors.cosines, vector), k=k, filters=filters)


def with_pages(
    database: Database,
    found: Sequence[tuple[str, float]],
    cosines: Cosines,
    *,
    k: int,
    filters: Filters,
) -> list[Hit]:
    """Return the `k` best of (chunk id, cosine) pairs, scored together with their pages."""
    with database.read() as db:
        mates = pages.members(db, [chunk_id for chunk_id, _ in found])
        known = cosines(itertools.chain(*mates.values()))
        scored = pages.with_pages(found, mates, known)
        return ranked(db, scored[:k], k=k, channel="dense", filters=filters)


def _nearest(
    database: Database, vectors: VectorStore, vector: Matrix, *, k: int, admitted: Admitted | None
) -> list[tuple[str, float]]:
    with database.read() as db:
        if admitted is not None and admitted.count <= EACH_COMPARED:
            ids = catalog.chunk_ids_of_rows(db, admitted.documents)
            return vectors.search(vector, k=k, among=ids)
        if admitted is not None:
            return _nearest_admitted(db, vectors, vector, k=k, admitted=admitted)
        noted = {key for (key,) in db.execute("SELECT chunk_id FROM vector_journal")}
        near = vectors.search(vector, k=k + len(noted))
        stored = catalog.chunk_rows(db, [key for key, _ in near if key in noted])
    return [pair for pair in near if pair[0] not in noted or pair[0] in stored][:k]


def _nearest_admitted(
    db: sqlite3.Connection, vectors: VectorStore, vector: Matrix, *, k: int, admitted: Admitted
) -> list[tuple[str, float]]:
    """Return the `k` nearest that are admitted, looking at more while these are too few."""
    total = catalog.chunk_total(db)
    wanted = max(k, k * total // admitted.count)
    while True:
        wanted *= LOOKED_TWICE
        near = vectors.search(vector, k=wanted)
        rows = catalog.chunk_rows(db, [key for key, _ in near])
        found = [(key, cosine) for key, cosine in near if admitted.holds(rows.get(key, 0))]
        if len(found) >= k or len(near) < wanted:
            return found[:k]
