"""Checks of a workspace and their repair: ledger against vectors. Parses nothing again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rag.datamodel import Chunk
from rag.errors import VectorServerError, WorkspaceError
from rag.index.ledger import catalog
from rag.index.ledger.ledger import Ledger
from rag.index.rows.records import Finding
from rag.index.vectors.chunk_vectors import ChunkEmbedder, Embed
from rag.index.vectors.vectors import VectorStore
from rag.progress import UNTOLD, Gauge

REPAIR_BATCH: Final = 256
"""Chunks embedded and stored at a time: a killed repair loses at most these."""

_MENDING: Final = "mending"
"""A fact of the ledger while vectors are made again: cut off, the next ingest goes on with it."""


def check(ledger: Ledger, vectors: VectorStore) -> list[Finding]:
    """Say what is wrong, worst first; an empty list means that all is well.

    Raises VectorServerError where the vectors can't be looked at.
    """
    findings = _damage(ledger)
    with ledger.read() as db:
        known = set(catalog.all_chunk_ids(db))
    try:
        stored = vectors.ids() if vectors.exists() else set()
    except VectorServerError:
        raise
    except WorkspaceError as error:
        return [*findings, Finding(kind="missing", problem=str(error), count=len(known))]
    if missing := len(known - stored):
        problem = f"{missing} of {len(known)} chunks have no vector, so only words find them."
        findings.append(Finding(kind="missing", problem=problem, count=missing))
    if stray := len(stored - known):
        problem = f"{stray} vectors belong to nothing that is stored."
        findings.append(Finding(kind="stray", problem=problem, count=stray))
    return findings


def vectors_lost(ledger: Ledger, vectors: VectorStore) -> bool:
    """Whether chunks are stored but no vectors, or a repair of vectors was cut off.

    Asks no more than `VectorStore.exists`.
    """
    there = vectors.exists()
    with ledger.read() as db:
        if there:
            found = db.execute("SELECT 1 FROM facts WHERE name = ?", (_MENDING,)).fetchone()
        else:
            found = db.execute("SELECT 1 FROM chunks LIMIT 1").fetchone()
    return found is not None


def repair(ledger: Ledger, vectors: VectorStore, embed: Embed, *, gauge: Gauge = UNTOLD) -> int:
    """Make the vectors fit the ledger; return how many were embedded. Cut off, it goes on later."""
    with ledger.write() as db:
        db.execute("INSERT OR REPLACE INTO facts VALUES (?, '')", (_MENDING,))
    made = _mend(ledger, vectors, embed, gauge)
    with ledger.write() as db:
        db.execute("DELETE FROM facts WHERE name = ?", (_MENDING,))
    return made


def _mend(ledger: Ledger, vectors: VectorStore, embed: Embed, gauge: Gauge) -> int:
    with ledger.read() as db:
        known = catalog.all_chunk_ids(db)
    stored = _stored_or_destroyed(vectors)
    vectors.delete(sorted(stored - set(known)))
    missing = [chunk_id for chunk_id in known if chunk_id not in stored]
    embedder = ChunkEmbedder(embed)
    gauge.begin("Making vectors again", len(missing))
    for chunks in _batches(ledger, missing):
        rows = embedder.embed(chunks)  # (n, dim)
        vectors.upsert({chunk.id: row for chunk, row in zip(chunks, rows, strict=True)})
        gauge.advance(len(chunks))
    return len(missing)


def _damage(ledger: Ledger) -> list[Finding]:
    with ledger.read() as db:
        rows = [row for (row,) in db.execute("PRAGMA quick_check")]
    if rows == ["ok"]:
        return []
    problem = f"The ledger is damaged ({rows[0]}): delete the workspace and ingest again."
    return [Finding(kind="damaged", problem=problem, count=len(rows), repairable=False)]


def _stored_or_destroyed(vectors: VectorStore) -> set[str]:
    try:
        return vectors.ids()
    except VectorServerError:
        raise
    except WorkspaceError:
        vectors.destroy()
        return vectors.ids()


def _batches(ledger: Ledger, ids: Sequence[str]) -> Iterator[list[Chunk]]:
    for start in range(0, len(ids), REPAIR_BATCH):
        with ledger.read() as db:
            found = catalog.chunks(db, ids[start : start + REPAIR_BATCH])
        if found:
            yield list(found.values())
