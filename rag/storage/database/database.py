"""The SQLite file that is the truth about what was read: its tables, connections, transactions.

And of this and any file of SQLite: whether it is as it was made, and its errors in words for
people. Knows nothing of what the rows mean nor of vectors.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import StaticPool, create_engine
from sqlalchemy.exc import DBAPIError

from rag.errors import DamagedError, IndexMismatchError, WorkspaceError
from rag.progress import NO_PROGRESS, Progress
from rag.storage.database.user_schema import metadata
from rag.storage.database.workspace_schema import SCRIPT, VERSION
from rag.storage.files.folder import FREE_SPACE

FREE_SHARE: Final = 0.2
"""From this share of free pages on the file is written anew, which takes its size once more."""

MIN_FREE_PAGES: Final = 256
"""1 MB."""

_BUSY_S: Final = 30.0


class Database:
    """The connections to one file. Made by `Database(path)`, ended by `close`.

    Any thread may read or write: readers take a connection of their own, writers take turns.
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

    def is_sound(self, progress: Progress = NO_PROGRESS) -> bool:
        """As the function `is_sound`, of this file."""
        return is_sound(self._path, "index", progress)

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


def upsert(table: str, names: Collection[str], *, key: str) -> str:
    """Return SQL that adds a row, or gives the one of the same key the values of these names."""
    places = ", ".join(f":{name}" for name in names)
    renewed = ", ".join(f"{name} = excluded.{name}" for name in names)
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        f" ON CONFLICT ({key}) DO UPDATE SET {renewed}"
    )


Kind = Literal["index", "users"]

SQLITE_ERRORS: Final = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises; the second where SQLite gives a name that is no text."""

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

_SCHEMA: Final = (
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT IN ('unsent', 'copy')"
    " AND name NOT LIKE '%\\_unsent' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " ORDER BY type, name"
)


@contextmanager
def sqlite_errors(path: Path, kind: Kind) -> Iterator[None]:
    """Turn the errors that a person can do something about into words; others are bugs.

    Raises DamagedError where the file is not as it was written, WorkspaceError where it can't be
    read or written.
    """
    try:
        yield
    except (*SQLITE_ERRORS, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        trouble = _TROUBLE.get(code)
        if code in _DAMAGED or (trouble is None and not is_sound(path, kind)):
            raise DamagedError(
                f"The database {path} is damaged.", hint="Run: pagelight doctor --repair"
            ) from error
        if trouble is None:
            raise
        raise WorkspaceError(
            f"The database {path} {trouble}.",
            hint=FREE_SPACE if trouble == _DISK_FULL else _CHECK,
        ) from error


def is_sound(path: Path, kind: Kind, progress: Progress = NO_PROGRESS) -> bool:
    """Tell whether a database can be read from end to end. Takes as long as reading it."""
    try:
        with closing(reading(path)) as db:
            query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
            tables = db.execute(query).fetchall()
            progress.begin(f"Checking the {kind}", len(tables))
            if db.execute(_SCHEMA).fetchall() != _right(kind):
                return False
            # whether pages are as they should be, and indexes say what their tables do
            if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                return False
            for (table,) in tables:  # whether text is text it tells so alone
                for _ in db.execute(f'SELECT * FROM "{table}"'):
                    continue
                progress.advance()
            return True
    except SQLITE_ERRORS:
        return False


def reading(path: Path) -> sqlite3.Connection:
    """Return a connection that reads; raises sqlite3.DatabaseError once it is used."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_S, check_same_thread=False)


def prepare(connection: sqlite3.Connection) -> None:
    """Let a connection write ahead, so that others read meanwhile, and hold keys of others."""
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


@cache
def _right(kind: Kind) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:")) as made:
        if kind == "index":
            made.executescript(SCRIPT)
        else:
            metadata.create_all(
                create_engine("sqlite://", creator=lambda: made, poolclass=StaticPool)
            )
        return made.execute(_SCHEMA).fetchall()
