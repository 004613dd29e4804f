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

from rag.errors import DamagedError, IndexMismatchError, WorkspaceError
from rag.storage.database.folder import FREE_SPACE
from rag.storage.database.soundness import SQLITE_ERRORS, is_sound
from rag.storage.database.workspace_schema import SCRIPTS

FREE_SHARE: Final = 0.2
"""From this share of free pages on the file is written anew, which takes its size once more."""

LEAST_FREE_PAGES: Final = 256
"""1 MB."""

_MERGES: Final = (
    "INSERT INTO words (words) VALUES ('optimize')",
    "INSERT INTO pages (pages) VALUES ('optimize')",
    "INSERT INTO stems (stems) VALUES ('optimize')",
)
"""FTS5 keeps deleted rows in its segments until it merges them."""

_BUSY_S: Final = 30.0

_DISK_FULL: Final = "could not be written, because the disk is full"
_CHECK: Final = "Check the disk and the folder's permissions, or choose another --workspace."
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_TROUBLE: Final = {
    sqlite3.SQLITE_CANTOPEN: "could not be opened",
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_IOERR: "could not be read or written (the disk may be full)",
    sqlite3.SQLITE_PERM: "may not be written",
    sqlite3.SQLITE_READONLY: "may not be written",
}
"""What a person can do something about; every other error of SQLite is a bug of ours."""


class Ledger:
    """The connections to one ledger file. Made by `Ledger(path)`, ended by `close`.

    `beside` another process that has it open, its tables are taken as they are. Raises
    IndexMismatchError for those of another version. Any call raises DamagedError where the file is
    not as it was written, WorkspaceError where it can't be read or written.
    """

    def __init__(self, path: Path, *, beside: bool = False) -> None:
        self._path = path
        self._beside = beside
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
        if version > len(SCRIPTS):
            self._writer.close()
            raise IndexMismatchError(
                f"The workspace {self._path.parent} was made by a newer Pagelight.",
                hint="Update this one, or choose another folder with --workspace.",
            )
        script = "".join(SCRIPTS[version:])
        if script and self._beside:
            self._writer.close()
            raise IndexMismatchError(
                f"An older Pagelight has the workspace {self._path.parent} open.",
                hint="Start the same version everywhere.",
            )
        # `executescript` commits what is open before it begins, so the script does both itself.
        if script:
            self._writer.executescript(
                f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {len(SCRIPTS)}; COMMIT;"
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
        except SQLITE_ERRORS as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            trouble = _TROUBLE.get(code)
            if code in _DAMAGED or (trouble is None and not is_sound(self._path)):
                raise DamagedError(
                    f"The ledger {self._path} is damaged.", hint="Run: pagelight doctor --repair"
                ) from error
            if trouble is None:
                raise
            raise WorkspaceError(
                f"The ledger {self._path} {trouble}.",
                hint=FREE_SPACE if trouble == _DISK_FULL else _CHECK,
            ) from error
