"""Checks of a workspace and their repair: database against vectors. Parses nothing again."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from rag.errors import VectorServerError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.storage.backups.salvage import are_users_whole, unreadable
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.database.soundness import SQLITE_ERRORS
from rag.storage.documents.records import Finding
from rag.storage.vectors.chunk_vectors import ChunkEmbedder, Embed
from rag.storage.vectors.vectors import VectorStore

REPAIR_BATCH: Final = 256
"""Chunks embedded and stored at a time: a killed repair loses at most these."""

_MENDING: Final = "mending"
"""A fact of the database while vectors are made again: cut off, the next ingest goes on with it."""


def check(
    database: Database, vectors: VectorStore, *, progress: Progress = NO_PROGRESS
) -> list[Finding]:
    """Say what is wrong, worst first; an empty list means that all is well.

    Raises VectorServerError where the vectors can't be looked at, and what `progress` does.
    """
    findings = _damage(database, progress)
    progress.begin("Comparing passages and vectors", 1)
    with database.read() as db:
        known = set(catalog.all_chunk_ids(db))
    try:
        stored = vectors.ids()
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


def check_users(path: Path) -> list[Finding]:
    """Say whether the file of what people wrote is damaged."""
    if are_users_whole(path):
        return []
    problem = (
        "What people wrote is damaged. The repair keeps what can be read, and takes the rest from"
        " the copy of a day."
    )
    return [Finding(kind="damaged", problem=problem, count=1)]


def vectors_lost(database: Database, vectors: VectorStore) -> bool:
    """Whether chunks are stored but no vectors, or a repair of vectors was cut off.

    Asks no more than `VectorStore.exists`.
    """
    there = vectors.exists()
    with database.read() as db:
        found = db.execute("SELECT 1 FROM chunks LIMIT 1").fetchone()
    return database.fact(_MENDING) is not None if there else found is not None


def repair(
    database: Database, vectors: VectorStore, embed: Embed, *, progress: Progress = NO_PROGRESS
) -> int:
    """Make the vectors fit the database; return how many were made. Cut off, it goes on later."""
    database.set_fact(_MENDING, "")
    with database.read() as db:
        known = catalog.all_chunk_ids(db)
    stored = _stored_or_rewritten(vectors, progress)
    vectors.delete(sorted(stored - set(known)))
    missing = [chunk_id for chunk_id in known if chunk_id not in stored]
    embedder = ChunkEmbedder(embed)
    progress.begin("Making vectors again", len(missing))
    for start in range(0, len(missing), REPAIR_BATCH):
        with database.read() as db:
            chunks = list(catalog.chunks(db, missing[start : start + REPAIR_BATCH]).values())
        rows = embedder.embed(chunks)  # (n, dim)
        vectors.upsert({chunk.id: row for chunk, row in zip(chunks, rows, strict=True)})
        progress.advance(len(chunks))
    database.set_fact(_MENDING, None)
    return len(missing)


def _damage(database: Database, progress: Progress) -> list[Finding]:
    with database.read() as db:
        rows = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
        tables = [name for (name,) in rows]
        progress.begin("Checking the index", len(tables))
        problems = []
        for table in tables:
            problems += _problems(db, table)
            progress.advance()
        problems += unreadable(db)
    if not problems:
        return []
    problem = (
        f"The index is damaged ({problems[0]}). After the repair, pagelight ingest FOLDER reads the"
        " documents again."
    )
    return [Finding(kind="damaged", problem=problem, count=len(problems))]


def _problems(db: sqlite3.Connection, table: str) -> list[str]:
    """Return what SQLite finds wrong with a table and its indexes."""
    try:
        rows = db.execute(f"PRAGMA quick_check('{table}')").fetchall()
    except SQLITE_ERRORS as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return [f"{table}: {error}"]
    return [row for (row,) in rows if row != "ok"]


def _stored_or_rewritten(vectors: VectorStore, progress: Progress) -> set[str]:
    """Return what is stored; what can't be read is written anew by its copy, or forgotten."""
    try:
        return vectors.ids()
    except VectorServerError:
        raise
    except WorkspaceError:
        try:
            vectors.rewrite(progress)
        except WorkspaceError:
            vectors.destroy()
        return vectors.ids()
