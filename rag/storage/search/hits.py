"""Ids and scores to hits: what a search found, as far as the database still knows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from rag.datamodel import Channel, Filters, Hit
from rag.storage.database import catalog


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
