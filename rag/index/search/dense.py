"""Search by meaning: the chunks nearest to a question's vector, each weighed with its page.

Knows ledger and vectors; knows no model.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from rag.datamodel import NO_FILTERS, Filters, Hit
from rag.index.ledger import catalog, pages
from rag.index.ledger.ledger import Ledger
from rag.index.rows import scope
from rag.index.search.hits import ranked
from rag.index.vectors.vectors import VectorStore
from rag.protocols import Matrix

CANDIDATES: Final = 200
"""So many chunks nearest by their own vectors are scored together with their pages."""

Cosines = Callable[[Iterable[str]], dict[str, float]]
"""The cosines of the question's vector with those of chunks that have one, by chunk id."""


def search_chunks(
    ledger: Ledger, vectors: VectorStore, vector: Matrix, *, k: int, filters: Filters
) -> list[Hit]:
    """Search vectors that lie under their chunks' ids by one vector, shape (1, dim)."""
    if k < 1:
        return []
    found = _nearest(ledger, vectors, vector, k=max(k, CANDIDATES), filters=filters)
    return with_pages(ledger, found, partial(vectors.cosines, vector), k=k, filters=filters)


def with_pages(
    ledger: Ledger,
    found: Sequence[tuple[str, float]],
    cosines: Cosines,
    *,
    k: int,
    filters: Filters,
) -> list[Hit]:
    """Return the `k` best of (chunk id, cosine) pairs, scored together with their pages."""
    with ledger.read() as db:
        mates = pages.members(db, [chunk_id for chunk_id, _ in found])
        known = cosines(itertools.chain(*mates.values()))
        scored = pages.with_pages(found, mates, known)
        return ranked(db, scored[:k], k=k, channel="dense", filters=filters)


def admitted_ids(ledger: Ledger, filters: Filters) -> list[str]:
    """Return the ids of the chunks of the documents that the filters admit."""
    with ledger.read() as db:
        return catalog.chunk_ids_of_rows(db, scope.admitted_rows(db, filters))


def _nearest(
    ledger: Ledger, vectors: VectorStore, vector: Matrix, *, k: int, filters: Filters
) -> list[tuple[str, float]]:
    if filters != NO_FILTERS:
        ids = admitted_ids(ledger, filters)
        return vectors.search_among(vector, ids, k=k) if ids else []
    if not vectors.exists():
        return []
    with ledger.read() as db:
        (astray,) = db.execute("SELECT count(*) FROM vector_journal").fetchone()
    return vectors.search(vector, k=k + astray)
