"""The commit protocol: a document's database rows and its vectors change together, or not at all.

1. database: the ids of the new vectors are noted in a journal
2. vectors: the new ones are stored, by stable id
3. database, in one transaction: the new version takes the place of the old one, and the ids of the
   vectors that nothing stands for any more join the journal
4. vectors: those ids of the journal that the database does not know are deleted, and the journal
   is emptied

Only step 3 is visible, because searches drop ids that the database does not know. After a crash the
journal holds every id that may be astray; the next commit (or a check) does step 4 again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from rag.datamodel import Document
from rag.errors import PagelightError
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.documents.records import DocumentToStore, FileRecord
from rag.storage.vectors.vectors import VectorStore

_UNKNOWN: Final = -1
"""Stands for a file's size and time where they were not told, and never matches any."""


class Committer:
    """Writes documents. One commit at a time, whatever thread asks.

    `chunker_version` is noted with each document, as that which its chunks were made by. Where
    another process writes the vectors, step 4 is left to it.
    """

    def __init__(self, database: Database, vectors: VectorStore, *, chunker_version: str) -> None:
        self._database = database
        self._vectors = vectors
        self._chunker_version = chunker_version
        self._lock = threading.Lock()

    def put(self, entries: Sequence[DocumentToStore]) -> list[Exception | None]:
        """Store documents; return for each the bug that kept it from being stored, if any.

        The vectors of all go in one call, whose price hardly depends on their number; each
        document becomes visible alone. Raises ValueError where a chunk has no vector.
        """
        with self._database.read() as db:
            entries = [_completed(db, entry) for entry in entries]
        vectors = {key: row for entry in entries for key, row in entry.vectors.items()}
        with self._lock:
            if vectors:
                with self._database.write() as db:
                    _note(db, vectors)
                self._vectors.upsert(vectors)
            outcomes = [self._exchange(entry) for entry in entries]
            self._settle()
        return outcomes

    def point(self, files: Sequence[FileRecord] = (), *, gone: Sequence[str] = ()) -> None:
        """Put rows of files, delete those of sources that are `gone`.

        Documents that no file stands for any more are gone, too.
        """
        with self._lock:
            with self._database.write() as db:
                _note(db, _point(db, files, gone))
            self._settle()

    def settle(self) -> None:
        """Finish or undo what a crash left: delete the vectors that nothing stands for."""
        with self._lock:
            self._settle()

    def compact(self) -> None:
        """Give the disk space of what was deleted back, where it is worthwhile."""
        with self._lock:
            if self._vectors.exists() and self._vectors.is_wasteful():
                self._vectors.compact()
            self._database.shrink()

    def _exchange(self, entry: DocumentToStore) -> Exception | None:
        try:
            with self._database.write() as db:
                gone = catalog.put_document(
                    db, entry.document, entry.chunks, chunker_version=self._chunker_version
                )
                _note(db, gone | _point(db, entry.files))
        except PagelightError:
            raise
        except Exception as error:  # noqa: BLE001 - told to the one who knows the document
            return error
        return None

    def _settle(self) -> None:
        if not self._vectors.is_ours:
            return
        with self._database.read() as db:
            noted = [key for (key,) in db.execute("SELECT chunk_id FROM vector_journal")]
            known = catalog.embedded_digests(db, noted)
        if not noted:
            return
        if self._vectors.exists():
            self._vectors.delete([key for key in noted if key not in known])
        with self._database.write() as db:  # what others have noted since is the next time's
            db.execute(
                "DELETE FROM vector_journal WHERE chunk_id IN (SELECT value FROM json_each(?))",
                (json.dumps(noted),),
            )


def _completed(db: sqlite3.Connection, entry: DocumentToStore) -> DocumentToStore:
    """Return the entry with rows of float32 and with all its files, ready."""
    missing = catalog.unembedded(db, entry.chunks)
    lacking = [chunk.id for chunk in missing if chunk.id not in entry.vectors]
    if lacking:
        raise ValueError(f"{len(lacking)} chunks have no vector, {lacking[0]} the first of them")
    document = entry.document
    files = entry.files or [_stored_file(db, document, source) for source in document.sources]
    return replace(
        entry,
        vectors={key: np.asarray(row, dtype=np.float32) for key, row in entry.vectors.items()},
        files=[file.ready(document.id) for file in files],
    )


def _stored_file(db: sqlite3.Connection, document: Document, source: str) -> FileRecord:
    known = catalog.file(db, source)
    if known is not None and known.doc_id == document.id:
        return known
    return FileRecord(
        source=source,
        doc_id=document.id,
        size_bytes=_UNKNOWN,
        mtime_ns=_UNKNOWN,
        sha256=document.id,
        state="ready",
    )


def _point(
    db: sqlite3.Connection, records: Sequence[FileRecord], gone: Sequence[str] = ()
) -> set[str]:
    """Return the ids of the chunks that are gone by it."""
    formers = [catalog.file(db, source) for source in (*(one.source for one in records), *gone)]
    for record in records:
        catalog.put_file(db, record)
    db.executemany("DELETE FROM files WHERE source = ?", [(source,) for source in gone])
    return catalog.delete_unreferenced(db, [former.doc_id for former in formers if former])


def _note(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO vector_journal (chunk_id) VALUES (?)", [(key,) for key in ids]
    )
