"""One machine's copy of an index that several share: it tells its changes, or takes in others'.

The owner's changes go to the database, from there to the copies of other machines, which are
ordinary workspaces. Each is a whole thing as it is by now: taken twice it is the same, and who was
away takes the last one alone. What a copy changed that the database never had (its owner ended
amid it) is undone once another owned the index. Knows nothing of how things are searched.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from rag.closing import Closing
from rag.datamodel import Chunk, Document
from rag.errors import WorkspaceBusyError, WorkspaceError
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.database.postgres import PostgresDatabase, Presence
from rag.storage.documents import scope
from rag.storage.documents.codec import packed, unpacked
from rag.storage.documents.records import DocumentToStore, FileRecord
from rag.storage.replication.feed import DOCUMENT, FAILED, Change, CopiedFiles, Feed, Unsent

if TYPE_CHECKING:
    from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

FORMAT: Final = 1
"""Of the changes; servers of another one refuse the database."""

AT_ONCE: Final = 100
"""Things that are sent or taken in together, as far as they take `BYTES_AT_ONCE`."""

BYTES_AT_ONCE: Final = 30_000_000

_LEVEL: Final = 1
"""Of zlib: most of its gain for a tenth of the time."""


class Parcel(Struct, kw_only=True):
    """A document, its chunks in reading order, its files, and the chunker's version."""

    document: Document
    chunks: tuple[Chunk, ...]
    files: tuple[FileRecord, ...]
    chunker: str


class MachineCopy(Closing):
    """Begun by `join`, ended by `close`. Any thread may call; one at a time does something."""

    def __init__(self, url: str) -> None:
        """Raise SettingsError for what is no address, DatabaseError where nothing answers there."""
        self.shared = PostgresDatabase(url)
        self.presence = Presence(self.shared)
        self._feed = Feed(self.shared, self.presence)
        self._turn = threading.RLock()
        self._unsent: Unsent | None = None
        self._has_taken_over = False

    def close(self) -> None:
        self.presence.close()
        self.shared.close()

    def join(
        self,
        index: WorkspaceIndex,
        database: Database,
        files: CopiedFiles,
        stamp: Mapping[str, Any],
    ) -> None:
        """Let a workspace be a copy of what all share; the first brings what it has.

        Raises IndexMismatchError where that was made otherwise than `stamp` says, WorkspaceError
        where this workspace holds documents, and the database those of another.
        """
        with self._turn:
            if self._unsent is not None:
                return
            self._index, self._database, self._files = index, database, files
            database_id = self._feed.require({**stamp, "format": FORMAT})
            unsent = Unsent(database)
            if unsent.copy.database_id != database_id:
                if database.query("SELECT 1 FROM documents LIMIT 1") and self._feed.head():
                    raise WorkspaceError(
                        "The workspace holds documents, and the database those of another.",
                        hint="Choose a new folder with --workspace: it becomes a copy.",
                    )
                unsent.join(database_id)
            self._unsent = unsent

    @property
    def owns(self) -> bool:
        """Whether this copy is the one that changes: all others follow it."""
        return self._has_taken_over and self.presence.is_owner

    @property
    def is_sent(self) -> bool:
        """Whether it owns, and all that it changed is in the database: nothing will be undone."""
        return self.owns and not self._joined.entries(1)

    @property
    def database_id(self) -> str:
        """The id of what all share."""
        return self._joined.copy.database_id

    def own(self) -> bool:
        """Own what all share, if it is free, and take its changes in. Raises DatabaseError."""
        with self._turn:
            unsent = self._joined
            if not self.presence.own():
                self._has_taken_over = False
            elif not self._has_taken_over:
                self._follow(unsent)
                self._feed.set_owner(unsent.copy.id)
                self._has_taken_over = True
            return self._has_taken_over

    def share(self) -> bool:
        """Send what changed here, or take in what changed elsewhere; tell whether anything did."""
        with self._turn:
            unsent = self._joined
            try:
                return self._send(unsent) if self.owns else self._follow(unsent)
            except WorkspaceBusyError:  # another took it over while the database was away
                self._has_taken_over = False
                return True

    @property
    def _joined(self) -> Unsent:
        if self._unsent is None:
            raise WorkspaceError("This copy of the index is not open.")
        return self._unsent

    # What is sent

    def _send(self, unsent: Unsent) -> bool:
        for most in (AT_ONCE, -1):
            told = ((number, self._change(key)) for number, key in unsent.entries(most))
            # those amid a change are noted then
            known = ((number, change) for number, change in told if change is not None)
            if changes := next(_together(known), []):
                seq = self._feed.put([change for _, change in changes], author=unsent.copy.id)
                unsent.done(numbers=[number for number, _ in changes], seq=seq)
                return True
        return False

    def _change(self, key: str) -> Change | None:
        if key.startswith(DOCUMENT):
            return self._document_change(key)
        with self._database.read() as db:
            record = catalog.file(db, key.removeprefix(FAILED))
        is_failed = record is not None and record.doc_id is None
        return Change(key=key, body=packed(record, level=_LEVEL) if is_failed else None)

    def _document_change(self, key: str) -> Change | None:
        doc_id = key.removeprefix(DOCUMENT)
        with self._database.read() as db:
            document = catalog.document(db, doc_id)
            if document is None or not document.sources:
                return Change(key=key, body=None)
            chunks = tuple(catalog.chunks_of(db, doc_id))
            records = [catalog.file(db, source) for source in document.sources]
            query = "SELECT chunker FROM documents WHERE id = ?"
            (chunker,) = db.execute(query, (doc_id,)).fetchone()
        files = tuple(record for record in records if record is not None)
        parcel = Parcel(document=document, chunks=chunks, files=files, chunker=chunker)
        rows = self._index.vectors([chunk.id for chunk in chunks])
        if len(rows) < len({chunk.id for chunk in chunks}):
            logger.warning("%s is not told to others yet: vectors lack", doc_id)
            return None
        names = self._files.needed(document, chunks)
        known = self._feed.known_files([n for n in names if not self._files.changing(n)])
        held = {name: b"" if name in known else self._files.read(name) for name in names}
        return Change(
            key=key,
            body=packed(parcel, level=_LEVEL),
            vectors=b"".join(rows[chunk.id].astype("<f4").tobytes() for chunk in chunks),
            files={name: data for name, data in held.items() if data or name in known},
        )

    # What is taken in

    def _follow(self, unsent: Unsent) -> bool:
        has_changed, gone, last = False, set[str](), unsent.copy.seq
        for changes in _together(self._feed.since(last)):
            others = [change for _, change in changes if change.author != unsent.copy.id]
            gone |= self._take(others)
            last = changes[-1][0]
            unsent.done(keys=[change.key for change in others], seq=last)
            has_changed = has_changed or bool(others)
        # What changed here and was never told is undone, where another has owned the index since.
        undone = () if self._feed.owner() in {"", unsent.copy.id} else unsent.entries(-1)
        for changes in _together((0, self._feed.one(key)) for _, key in undone):
            gone |= self._take([change for _, change in changes])
            unsent.done(keys=[change.key for _, change in changes])
            has_changed = True
        if gone:
            self._index.tidy.sweep(gone=gone)
        return has_changed

    def _take(self, changes: Sequence[Change]) -> set[str]:
        """Take in what became of things; return the pictures that they showed before."""
        try:
            gone = self._take_documents([one for one in changes if one.key.startswith(DOCUMENT)])
            for change in changes:
                if change.key.startswith(FAILED) and change.body is not None:
                    self._index.fail(unpacked(change.body, FileRecord))
                elif change.key.startswith(FAILED):
                    self._forget({change.key.removeprefix(FAILED)}, {None})
        except (ValueError, zlib.error) as error:
            raise WorkspaceError(
                f"A change in the database can't be read: {error}.",
                hint="Start the same version everywhere.",
            ) from error
        return gone

    def _take_documents(self, changes: Sequence[Change]) -> set[str]:
        """Store what is there, then forget the files that stand for none of it any more."""
        doc_ids = [change.key.removeprefix(DOCUMENT) for change in changes]
        with self._database.read() as db:
            sources = {source for doc_id in doc_ids for source in scope.sources_of(db, doc_id)}
            shown = scope.pictures_of(db, doc_ids)
        entries, chunkers = [], []
        for change in changes:
            if change.body is not None:
                self._files.take(change.files, self._feed.file)
                parcel = unpacked(change.body, Parcel)
                document, chunks, files = parcel.document, parcel.chunks, parcel.files
                vectors = _vectors_of(change.vectors, chunks)
                entries.append(
                    DocumentToStore(document=document, chunks=chunks, vectors=vectors, files=files)
                )
                chunkers.append((parcel.chunker, document.id))
        self._index.take_in(entries)
        with self._database.write() as db:
            db.executemany("UPDATE documents SET chunker = ? WHERE id = ?", chunkers)
        self._forget(sources - {file.source for one in entries for file in one.files}, doc_ids)
        return shown

    def _forget(self, sources: Collection[str], doc_ids: Collection[str | None]) -> None:
        """Forget files that still stand for one of these documents; None: for none."""
        with self._database.read() as db:
            records = [catalog.file(db, source) for source in sorted(sources)]
        gone = [one.source for one in records if one is not None and one.doc_id in doc_ids]
        if gone:
            self._index.remove_sources(gone)


def _together(changes: Iterable[tuple[int, Change]]) -> Iterator[list[tuple[int, Change]]]:
    """Yield changes with their numbers, in order, as many as are sent or taken in together."""
    batch: list[tuple[int, Change]] = []
    taken_bytes = 0
    for number, change in changes:
        batch.append((number, change))
        taken_bytes += change.size_bytes
        if taken_bytes > BYTES_AT_ONCE or len(batch) == AT_ONCE:
            yield batch
            batch, taken_bytes = [], 0
    if batch:
        yield batch


def _vectors_of(data: bytes, chunks: Sequence[Chunk]) -> dict[str, NDArray[np.float32]]:
    """Return the rows (dim,), which were told in the order of the chunks as little-endian."""
    if not chunks:
        return {}
    rows = np.frombuffer(data, dtype="<f4").reshape(len(chunks), -1).astype(np.float32)
    return {chunk.id: row for chunk, row in zip(chunks, rows, strict=True)}
