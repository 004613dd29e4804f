"""What a search's filters admit, worked out once while documents stay, and the hits among it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Channel, Filters, Hit
from rag.storage.database import catalog
from rag.storage.documents import scope

MAX_KEPT: Final = 16
"""Filters that are kept, a byte for each passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The rows of documents, ascending, and of their passages: `chunks` by row, `count` of them."""

    documents: Sequence[int]
    chunks: NDArray[np.bool_]
    count: int

    def rows(self) -> list[int]:
        """Return the rows of the passages, ascending."""
        found: list[int] = np.flatnonzero(self.chunks).tolist()
        return found

    def holds(self, row: int) -> bool:
        return row < len(self.chunks) and bool(self.chunks[row])


class Admissions:
    """The filters in use of one workspace. Safe for several threads."""

    def __init__(self) -> None:
        self._kept: dict[Filters, tuple[int, Admitted]] = {}

    def of(self, db: sqlite3.Connection, filters: Filters) -> Admitted | None:
        """Return what the filters admit; None where they are none, and admit all."""
        if filters == NO_FILTERS:
            return None
        revision = catalog.counter(db, "documents")
        kept = self._kept.get(filters)
        if kept is None or kept[0] != revision:
            kept = revision, among(db, scope.admitted_rows(db, filters))
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[filters] = kept
        return kept[1]


def among(db: sqlite3.Connection, doc_rows: Iterable[int]) -> Admitted:
    """Return what is admitted where these documents are."""
    documents = sorted(doc_rows)
    found = db.execute(
        "SELECT c.rowid FROM json_each(?) j CROSS JOIN chunks c ON c.doc_row = j.value",
        (json.dumps(documents),),
    )
    rows = np.fromiter((row for (row,) in found), dtype=np.intp)
    chunks = np.zeros(int(rows.max(initial=0)) + 1, dtype=np.bool_)
    chunks[rows] = True
    return Admitted(documents=documents, chunks=chunks, count=len(rows))


def ranked(
    db: sqlite3.Connection,
    found: Sequence[tuple[str, float]],
    *,
    k: int,
    channel: Channel,
    filters: Filters,
) -> list[Hit]:
    """Return as hits, in the order given, what the database knows of (chunk id, score) pairs."""
    chunks = catalog.chunks(db, [chunk_id for chunk_id, _ in found], filters=filters)
    stored = [(chunks[key], score) for key, score in found if key in chunks]
    return [
        Hit(chunk=chunk, score=score, rank=rank, channel=channel)
        for rank, (chunk, score) in enumerate(stored[: max(k, 0)], start=1)
    ]
