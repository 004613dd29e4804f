"""The SQLite file that is the truth about what was read: its tables, connections, transactions.

Knows nothing of what the rows mean nor of vectors. Any thread may read or write: readers take a
connection of their own from a pool, writers take turns.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rag.errors import IndexMismatchError, WorkspaceError
from rag.storage.database.soundness import prepare, sqlite_errors
from rag.storage.database.workspace_schema import SCRIPT, VERSION

FREE_SHARE: Final = 0.2
"""From this share of free pages on the file is written anew, which takes its size once more."""

MIN_FREE_PAGES: Final = 256
"""1 MB."""

_BUSY_S: Final = 30.0


class Database:
    """The connections to one file. Made by `Database(path)`, ended by `close`.

    Raises IndexMismatchError for tables of another version. Any call raises DamagedError where the
    file is not as it was written, WorkspaceError where it can't be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.RLock()
        self._pooling = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with sqlite_errors(path, "index"):
            self._writer = self._connect()
            self._make_tables()

    def close(self) -> None:
        """Close every connection; afterwards the database can't be used."""
        with self._writing, self._pooling:
            self._closed = True
            for connection in (*self._idle, self._writer):
                connection.close()
            self._idle.clear()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one consistent state until the block ends."""
        with sqlite_errors(self._path, "index"):
            with self._pooling:
                self._check_open()
                connection = self._idle.pop() if self._idle else self._connect()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.rollback()
                with self._pooling:
                    if self._closed:
                        connection.close()
                    else:
                        self._idle.append(connection)

    def query(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows that a statement finds, in a transaction of its own."""
        with self.read() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection: all of the block is stored, or nothing of it."""
        with sqlite_errors(self._path, "index"), self._writing:
            self._check_open()
            self._writer.execute("BEGIN IMMEDIATE")
            with self._writer:
                yield self._writer

    def fact(self, name: str) -> str | None:
        """Return what was noted under a name."""
        rows = self.query("SELECT value FROM facts WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def set_fact(self, name: str, value: str | None) -> None:
        """Note a value under a name; None: forget it."""
        with self.write() as db:
            if value is None:
                db.execute("DELETE FROM facts WHERE name = ?", (name,))
            else:
                db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def shrink(self) -> None:
        """Give room that is free inside the file back to the disk, where that is worthwhile."""
        with sqlite_errors(self._path, "index"), self._writing:
            self._check_open()
            (pages,) = self._writer.execute("PRAGMA page_count").fetchone()
            (free,) = self._writer.execute("PRAGMA freelist_count").fetchone()
            if free < max(MIN_FREE_PAGES, pages * FREE_SHARE):
                return
            for table in ("words", "pages", "stems"):  # FTS5 keeps deleted rows until it merges
                self._writer.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
            self._writer.execute("VACUUM")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        prepare(connection)
        return connection

    def _make_tables(self) -> None:
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            return
        if version:
            self._writer.close()
            age = "newer" if version > VERSION else "older"
            raise IndexMismatchError(
                f"The workspace {self._path.parent} was made, or is in use, by {age} Pagelight.",
                hint="Start the same version everywhere, or choose another --workspace.",
            )
        # `executescript` commits what is open before it begins, so the script does both itself.
        self._writer.executescript(
            f"BEGIN IMMEDIATE; {SCRIPT} PRAGMA user_version = {VERSION}; COMMIT;"
        )

    def _check_open(self) -> None:
        if self._closed:
            raise WorkspaceError(f"The workspace {self._path.parent} is closed.")
