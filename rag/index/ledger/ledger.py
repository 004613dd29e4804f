"""The SQLite file that is the truth about a workspace: its tables, connections, transactions.

Knows nothing of what the rows mean (`catalog`, `lexical`) nor of vectors. Any thread may read or
write: readers take a connection of their own from a pool, writers take turns.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rag.errors import IndexMismatchError, WorkspaceError
from rag.index.ledger.folder import FREE_SPACE

SCHEMA_VERSION: Final = 1
"""What a workspace must have been built with; it stands in its stamp."""

_TABLES: Final = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT,
    page_count INTEGER NOT NULL,
    chunk_count INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    lettering_tried_with TEXT NOT NULL DEFAULT '',
    warnings BLOB NOT NULL,
    elements BLOB NOT NULL
);
CREATE TABLE files (
    source TEXT PRIMARY KEY,
    doc_id TEXT REFERENCES documents (id),
    size_bytes INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'failed')),
    reason TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0,
    tried_with TEXT NOT NULL DEFAULT ''
);
CREATE INDEX files_by_document ON files (doc_id);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    doc_row INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    embedded BLOB NOT NULL,
    phash TEXT,
    body BLOB NOT NULL
);
CREATE INDEX chunks_by_document ON chunks (doc_row, ordinal);
CREATE INDEX chunks_by_phash ON chunks (phash) WHERE phash IS NOT NULL;
CREATE VIRTUAL TABLE words USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab ('words', 'row');
CREATE TRIGGER words_follow_chunks AFTER DELETE ON chunks
    BEGIN DELETE FROM words WHERE rowid = old.row; END;
CREATE TABLE vector_journal (chunk_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE lettering (key TEXT PRIMARY KEY, lines BLOB NOT NULL) WITHOUT ROWID;
"""

_PAGES: Final = """
ALTER TABLE chunks ADD COLUMN page_row INTEGER;
CREATE INDEX chunks_by_page ON chunks (page_row);
CREATE VIRTUAL TABLE pages USING fts5 (
    context, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER pages_follow_chunks AFTER DELETE ON chunks
    BEGIN DELETE FROM pages WHERE rowid = old.page_row; END;
"""

_PICTURES: Final = """
ALTER TABLE chunks ADD COLUMN image_id TEXT;
CREATE INDEX chunks_by_image ON chunks (image_id) WHERE image_id IS NOT NULL;
"""

_CONVERSATIONS: Final = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    changed_s REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS exchanges (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    PRIMARY KEY (conversation_id, position)
);
CREATE TABLE IF NOT EXISTS left_out (source TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_REPORTS: Final = """
CREATE TABLE IF NOT EXISTS reports (
    id TEXT PRIMARY KEY,
    reported_s REAL NOT NULL,
    conversation_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    right_answer TEXT NOT NULL DEFAULT '',
    absent INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
) WITHOUT ROWID;
"""

_CHUNKERS: Final = """
ALTER TABLE documents ADD COLUMN chunker TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_by_chunker ON documents (chunker, id);
"""

_OWNERS: Final = """
ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN owner TEXT NOT NULL DEFAULT '';
"""

_DATES: Final = """
ALTER TABLE documents ADD COLUMN dated TEXT NOT NULL DEFAULT '';
"""

_EXCHANGES: Final = """
CREATE TABLE exchanges_with_ids (
    row INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    UNIQUE (conversation_id, id)
);
INSERT INTO exchanges_with_ids (conversation_id, id, question, answer, body)
    SELECT conversation_id, CAST(position AS TEXT), question, answer, body
    FROM exchanges ORDER BY conversation_id, position;
DROP TABLE exchanges;
ALTER TABLE exchanges_with_ids RENAME TO exchanges;
ALTER TABLE reports DROP COLUMN position;
"""
"""Exchanges of before have their position as their id: so their reports are still theirs."""

_BRANCHES: Final = """
ALTER TABLE exchanges ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE exchanges ADD COLUMN told TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN head TEXT NOT NULL DEFAULT '';
CREATE INDEX exchanges_by_parent ON exchanges (conversation_id, parent);
UPDATE exchanges SET parent = former.id FROM (
    SELECT row, lag(id) OVER (PARTITION BY conversation_id ORDER BY row) AS id FROM exchanges
) AS former WHERE former.row = exchanges.row AND former.id IS NOT NULL;
UPDATE conversations SET head = last.id FROM (
    SELECT conversation_id, id, max(row) FROM exchanges GROUP BY conversation_id
) AS last WHERE last.conversation_id = conversations.id;
"""
"""Exchanges of before follow each other in the order that they were asked in."""

_LISTED: Final = ("documents", "files", "left_out")
_REVISION: Final = "\n".join(
    [
        "CREATE TABLE listing (revision INTEGER NOT NULL); INSERT INTO listing VALUES (0);",
        *(
            f"CREATE TRIGGER {table}_{change.lower()}_listed AFTER {change} ON {table}"  # noqa: S608
            " BEGIN UPDATE listing SET revision = revision + 1; END;"
            for table in _LISTED
            for change in ("INSERT", "UPDATE", "DELETE")
        ),
    ]
)
"""Counts the changes of what the list of documents is made of; its names are our own."""

_CHANGED: Final = """
    INSERT INTO revisions VALUES (new.owner, 1)
        ON CONFLICT (owner) DO UPDATE SET revision = revision + 1;
    UPDATE conversations SET revision = (SELECT revision FROM revisions WHERE owner = new.owner)
        WHERE id = new.id;
"""
_CHANGES: Final = f"""
ALTER TABLE conversations ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
CREATE TABLE revisions (owner TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER conversations_insert_changed AFTER INSERT ON conversations BEGIN {_CHANGED} END;
CREATE TRIGGER conversations_update_changed
    AFTER UPDATE OF name, changed_s, deleted, owner, head, scope ON conversations
    BEGIN {_CHANGED} END;
"""
"""Counts the changes of each person's conversations; an exchange dates its conversation anew."""
_GOOD: Final = """
ALTER TABLE reports ADD COLUMN good INTEGER NOT NULL DEFAULT 0;
"""
"""An answer is reported as wrong or marked as good, by one person as one of both."""

_SHARES: Final = """
CREATE TABLE shares (
    token TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
    head TEXT NOT NULL,
    shared_s REAL NOT NULL
) WITHOUT ROWID;
"""

_SCRIPTS: Final = (
    _TABLES,
    _PAGES,
    _PICTURES,
    _CONVERSATIONS,
    _REPORTS,
    _CHUNKERS,
    _OWNERS,
    _DATES,
    _EXCHANGES,
    _BRANCHES,
    _REVISION,
    _CHANGES,
    _GOOD,
    _SHARES,
)
"""In the order of the ledger's `user_version`; a ledger made by fewer of them gets the others."""

FREE_SHARE: Final = 0.2
"""From this share of free pages on the file is written anew, which takes its size once more."""

LEAST_FREE_PAGES: Final = 256
"""1 MB."""

_MERGES: Final = (
    "INSERT INTO words (words) VALUES ('optimize')",
    "INSERT INTO pages (pages) VALUES ('optimize')",
)
"""FTS5 keeps deleted rows in its segments until it merges them."""

_BUSY_S: Final = 30.0

_DISK_FULL: Final = "could not be written, because the disk is full"
_CHECK: Final = "Check the disk and the folder's permissions, or choose another --workspace."
_TROUBLE: Final = {
    sqlite3.SQLITE_CANTOPEN: "could not be opened",
    sqlite3.SQLITE_CORRUPT: "is damaged",
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_IOERR: "could not be read or written (the disk may be full)",
    sqlite3.SQLITE_NOTADB: "is damaged",
    sqlite3.SQLITE_PERM: "may not be written",
    sqlite3.SQLITE_READONLY: "may not be written",
}
"""What a person can do something about; every other error of SQLite is a bug of ours."""


class Ledger:
    """The connections to one ledger file. Made by `Ledger(path)`, ended by `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.RLock()
        self._pooling = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with self._errors():
            self._writer = self._connect()
            self._make_tables()

    def close(self) -> None:
        """Close every connection; afterwards the ledger can't be used."""
        with self._writing, self._pooling:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one consistent state until the block ends."""
        with self._errors():
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.rollback()
                self._give_back(connection)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection: all of the block is stored, or nothing of it."""
        with self._errors(), self._writing:
            self._check_open()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()

    def shrink(self) -> None:
        """Give room that is free inside the file back to the disk, where that is worthwhile."""
        with self._errors(), self._writing:
            self._check_open()
            (pages,) = self._writer.execute("PRAGMA page_count").fetchone()
            (free,) = self._writer.execute("PRAGMA freelist_count").fetchone()
            if free < max(LEAST_FREE_PAGES, pages * FREE_SHARE):
                return
            for merge in _MERGES:
                self._writer.execute(merge)
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _make_tables(self) -> None:
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        if version > len(_SCRIPTS):
            self._writer.close()
            raise IndexMismatchError(
                f"The workspace {self._path.parent} was made by a newer Pagelight.",
                hint="Update this one, or choose another folder with --workspace.",
            )
        script = "".join(_SCRIPTS[version:])
        # `executescript` commits what is open before it begins, so the script does both itself.
        if script:
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {len(_SCRIPTS)}; COMMIT;"
            )

    def _borrow(self) -> sqlite3.Connection:
        with self._pooling:
            self._check_open()
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _check_open(self) -> None:
        if self._closed:
            raise WorkspaceError(f"The workspace {self._path.parent} is closed.")

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pooling:
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            trouble = _TROUBLE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
            if trouble is None:
                raise
            raise WorkspaceError(
                f"The ledger {self._path} {trouble}.",
                hint=FREE_SPACE if trouble == _DISK_FULL else _CHECK,
            ) from error
