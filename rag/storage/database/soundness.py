"""Whether a database of SQLite is as it was made, and its errors in words for people.

Asked once something has failed, or by who looks after the workspace. Knows SQLite; knows nothing
of what rows mean.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import StaticPool, create_engine
from sqlalchemy.exc import DBAPIError

from rag.errors import DamagedError, WorkspaceError
from rag.storage.database.user_schema import metadata
from rag.storage.database.workspace_schema import SCRIPT
from rag.storage.files.folder import FREE_SPACE

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


def is_sound(path: Path, kind: Kind) -> bool:
    """Tell whether a database can be read from end to end. Takes as long as reading it."""
    try:
        with closing(reading(path)) as db:
            if db.execute(_SCHEMA).fetchall() != _right(kind):
                return False
            # whether pages are as they should be, and indexes say what their tables do
            if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                return False
            tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
            for (table,) in db.execute(tables).fetchall():  # whether text is text it tells so alone
                for _ in db.execute(f'SELECT * FROM "{table}"'):
                    continue
            return True
    except SQLITE_ERRORS:
        return False


def reading(path: Path) -> sqlite3.Connection:
    """Return a connection that reads; raises sqlite3.DatabaseError once it is used."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)


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
