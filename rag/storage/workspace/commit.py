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

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Chunk, Document
from rag.errors import PagelightError
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.documents.records import DocumentToStore, FileRecord
from rag.storage.images.assets import AssetStore
from rag.storage.tables.table_store import TableStore
from rag.storage.vectors.vectors import VectorStore
from rag.storage.workspace.reading import WorkspaceReading


class WorkspaceWriting(WorkspaceReading):
    """Stores documents with their tables and pictures, and forgets them; one commit at a time.

    `chunker_version` is noted with each document, as that which its chunks were made by. Where
    another process writes the vectors, step 4 is left to it. Any thread may call.
    """

    def __init__(
        self,
        database: Database,
        vectors: VectorStore,
        tables: TableStore,
        assets: AssetStore,
        *,
        chunker_version: str,
    ) -> None:
        super().__init__(database, vectors, tables, chunker_version=chunker_version)
        self.assets = assets
        self._committing = threading.RLock()

    def prepare(self) -> None:
        """Let load, on any thread, what the first document of many waits for as it is stored."""
        self._vectors.prepare()

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Mapping[str, NDArray[np.float32]],
        *,
        files: Sequence[FileRecord] = (),
    ) -> None:
        """Store a document in place of its former one. Raises ValueError: a vector lacks."""
        entry = DocumentToStore(document=document, chunks=chunks, vectors=vectors, files=files)
        self.assets.keep(entry.images)
        self.take_in([entry])

    def put_all(self, entries: Sequence[DocumentToStore]) -> list[Exception | None]:
        """As `put` for each of several documents, at the price of about one.

        Return for each the bug that kept it, alone, from being stored; None where it is stored.
        Raises RemoteError, and stores none, where their pictures can't be sent to their address.
        """
        self.assets.keep(image for entry in entries for image in entry.images)
        return self._put_all(entries)

    def take_in(self, entries: Sequence[DocumentToStore]) -> None:
        """As `put_all`, of what another machine read: it has sent the pictures. Raise a bug."""
        for error in filter(None, self._put_all(entries)):
            raise error

    def _put_all(self, entries: Sequence[DocumentToStore]) -> list[Exception | None]:
        """Store the vectors of all in one call, whose price hardly depends on their number."""
        for entry in entries:
            self.tables.keep(entry.document)
        with self._database.read() as db:
            entries = [_completed(db, entry) for entry in entries]
        vectors = {key: row for entry in entries for key, row in entry.vectors.items()}
        with self._committing:
            if vectors:
                with self._database.write() as db:
                    _note(db, vectors)
                self._vectors.upsert(vectors)
            outcomes = [self._exchange(entry) for entry in entries]
            self._settle()
        return outcomes

    def fail(self, *records: FileRecord) -> None:
        """Note that files can't be read; what they stood for before is gone."""
        self._point([record.failed() for record in records])

    def add_sources(self, records: Sequence[FileRecord]) -> None:
        """Note files with the bytes of stored documents: at once, they may exchange contents."""
        self._point([record.ready(record.doc_id) for record in records])

    def remove_sources(self, sources: Sequence[str]) -> None:
        """Forget files, and their documents when no other file has the same bytes."""
        self._point(gone=sources)

    def put_contexts(self, doc_id: str, renamed: Callable[[str], str]) -> None:
        """Replace the contexts of a document's chunks where words look for them; vectors stay."""
        with self._database.write() as db:
            catalog.put_contexts(db, doc_id, renamed)

    def compact(self) -> None:
        """Give the disk space of what was deleted back, where that is worth the writing."""
        with self._committing:
            if self._vectors.exists() and self._vectors.is_wasteful():
                self._vectors.compact()
            self._database.shrink()

    def _point(self, files: Sequence[FileRecord] = (), *, gone: Sequence[str] = ()) -> None:
        with self._committing:
            with self._database.write() as db:
                _note(db, _pointed(db, files, gone))
            self._settle()

    def _exchange(self, entry: DocumentToStore) -> Exception | None:
        document, chunks, version = entry.document, entry.chunks, self._chunker_version
        try:
            with self._database.write() as db:
                gone = catalog.put_document(db, document, chunks, chunker_version=version)
                _note(db, gone | _pointed(db, entry.files))
        except PagelightError:
            raise
        except Exception as error:  # noqa: BLE001 - told to the one who knows the document
            return error
        return None

    def _settle(self) -> None:
        """Finish or undo what a crash left: delete the vectors that nothing stands for."""
        if not self._vectors.is_ours:
            return
        with self._committing:
            with self._database.read() as db:
                noted = db.execute("SELECT chunk_id FROM vector_journal").fetchall()
                known = catalog.embedded_digests(db, [key for (key,) in noted])
            if noted:
                self._vectors.delete([key for (key,) in noted if key not in known])
                with self._database.write() as db:  # what others noted since is the next time's
                    db.executemany("DELETE FROM vector_journal WHERE chunk_id = ?", noted)


def _completed(db: sqlite3.Connection, entry: DocumentToStore) -> DocumentToStore:
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
    """Return the file as it is known; a size and a time of -1 match none that are looked at."""
    known, doc_id = catalog.file(db, source), document.id
    if known is not None and known.doc_id == doc_id:
        return known
    return FileRecord(
        source=source, doc_id=doc_id, size_bytes=-1, mtime_ns=-1, sha256=doc_id, state="ready"
    )


def _pointed(
    db: sqlite3.Connection, records: Sequence[FileRecord], gone: Sequence[str] = ()
) -> set[str]:
    """Put and delete rows of files; return the ids of the chunks that no file stands for now."""
    formers = [catalog.file(db, source) for source in (*(one.source for one in records), *gone)]
    for record in records:
        catalog.put_file(db, record)
    db.executemany("DELETE FROM files WHERE source = ?", [(source,) for source in gone])
    return catalog.delete_unreferenced(db, [former.doc_id for former in formers if former])


def _note(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO vector_journal (chunk_id) VALUES (?)", [(key,) for key in ids]
    )
