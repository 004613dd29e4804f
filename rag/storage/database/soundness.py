"""Whether a ledger is as its own scripts made it: its tables, and what SQLite says of its pages.

Asked once something has failed, or by who looks after the workspace. Knows SQLite and the scripts;
knows nothing of what rows mean.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from rag.storage.database.workspace_schema import SCRIPTS

SQLITE_ERRORS: Final = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a damaged file raises; the second where SQLite tells a name that is no text."""

_SCHEMA: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"


def is_sound(path: Path) -> bool:
    """Tell whether a ledger can be read from end to end. Takes as long as reading it."""
    try:
        with closing(reading(path)) as db:
            return has_its_tables(db) and _checked(db) and _is_text(db)
    except SQLITE_ERRORS:
        return False


def reading(path: Path) -> sqlite3.Connection:
    """Return a connection that reads; raises sqlite3.DatabaseError once it is used."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)


def has_its_tables(db: sqlite3.Connection) -> bool:
    """Tell whether the tables are those that the file's version says. Raises DatabaseError."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    found = db.execute(_SCHEMA).fetchall()
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript("".join(SCRIPTS[:version]))
        right: list[tuple[str, ...]] = made.execute(_SCHEMA).fetchall()
    return found == right and version <= len(SCRIPTS)


def _checked(db: sqlite3.Connection) -> bool:
    return [row for (row,) in db.execute("PRAGMA quick_check(1)")] == ["ok"]


def _is_text(db: sqlite3.Connection) -> bool:
    """Whether text is text: SQLite looks at it when it is read, not when it is checked."""
    tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
    for (table,) in tables.fetchall():
        for _ in db.execute(f'SELECT * FROM "{table}"'):
            continue
    return True
