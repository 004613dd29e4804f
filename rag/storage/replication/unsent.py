"""What changed in this machine's copy of the index and is not in the shared database yet.

Triggers note it in the transaction that changes it, so that nothing is missed. Each document is one
thing with its files, under `d:` and its id; a file that can't be read is one, under `f:` and its
source. Knows the index's tables.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from rag.storage.database.database import Database

DOCUMENT: Final = "d:"
FAILED: Final = "f:"

_OF_DOCUMENT: Final = (
    "media_type, title, language, page_count, elements, warnings, dated, chunker, pending"
)
_BODY: Final = "(SELECT id FROM documents WHERE row = new.doc_row)"


def _noted(key: str, *, when: str = "TRUE") -> str:
    """Return statements for a trigger: the key gets a new number each time."""
    return (
        f"DELETE FROM unsent WHERE {when} AND key = {key};"
        f" INSERT INTO unsent (key) SELECT {key} WHERE {when};"
    )


def _trigger(table: str, change: str, name: str, *statements: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name}_unsent AFTER {change} ON {table}"
        f" BEGIN {' '.join(statements)} END;"
    )


def _files_trigger(change: str, *rows: str) -> str:
    told = [
        _noted(key, when=f"{row}.doc_id IS {null} NULL")
        for row in rows
        for key, null in (
            (f"'{DOCUMENT}' || {row}.doc_id", "NOT"),
            (f"'{FAILED}' || {row}.source", ""),
        )
    ]
    return _trigger("files", change, f"files_{change.lower()}", *told)


_TRIGGERS: Final = "\n".join(
    [
        *(
            _trigger("documents", change, f"documents_{name}", _noted(f"'{DOCUMENT}' || {row}.id"))
            for change, name, row in (
                ("INSERT", "insert", "new"),
                ("DELETE", "delete", "old"),
                (f"UPDATE OF {_OF_DOCUMENT}", "update", "new"),
            )
        ),
        _trigger("chunks", "UPDATE OF body", "chunks_update", _noted(f"'{DOCUMENT}' || {_BODY}")),
        _files_trigger("INSERT", "new"),
        _files_trigger("UPDATE", "old", "new"),
        _files_trigger("DELETE", "old"),
    ]
)

_TABLES: Final = """
CREATE TABLE unsent (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE);
CREATE TABLE copy (id TEXT NOT NULL, database TEXT NOT NULL, seq INTEGER NOT NULL);
"""

_ALL: Final = f"""
INSERT OR IGNORE INTO unsent (key) SELECT '{DOCUMENT}' || id FROM documents;
INSERT OR IGNORE INTO unsent (key) SELECT '{FAILED}' || source FROM files WHERE doc_id IS NULL;
"""


class Unsent:
    """Of one database, which notes its changes from the first time on that this is made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.write() as db:
            if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'unsent'").fetchone():
                _run(db, _TABLES + _TRIGGERS)
                db.execute("INSERT INTO copy VALUES (?, '', 0)", (secrets.token_hex(8),))

    @property
    def copy_id(self) -> str:
        """What tells this copy from others."""
        return str(self._copy()[0])

    @property
    def database_id(self) -> str:
        """The database that this is a copy of; "" where it is of none yet."""
        return str(self._copy()[1])

    @property
    def seq(self) -> int:
        """The number of the last change that is in this copy."""
        return int(self._copy()[2])

    def join(self, database_id: str) -> None:
        """Be a copy of this database from now on: all that is here is unsent."""
        with self._database.write() as db:
            db.execute("UPDATE copy SET database = ?, seq = 0", (database_id,))
            _run(db, _ALL)

    def has_documents(self) -> bool:
        return bool(self._database.query("SELECT 1 FROM documents LIMIT 1"))

    def entries(self, most: int) -> list[tuple[int, str]]:
        """Return the numbers and keys of the first changes."""
        query = "SELECT number, key FROM unsent ORDER BY number LIMIT ?"
        return self._database.query(query, (most,))

    def sent(self, numbers: Iterable[int], *, seq: int | None = None) -> None:
        """Note that these changes are in the database, and which the last one in this copy is."""
        self._forget("number", numbers, seq)

    def received(self, keys: Sequence[str], *, seq: int | None = None) -> None:
        """As `sent`, of what came from the database: what was noted of it is no change of ours."""
        self._forget("key", keys, seq)

    def _forget(self, column: str, values: Iterable[object], seq: int | None) -> None:
        with self._database.write() as db:
            rows = [(value,) for value in values]
            db.executemany(f"DELETE FROM unsent WHERE {column} = ?", rows)
            if seq is not None:
                db.execute("UPDATE copy SET seq = max(seq, ?)", (seq,))

    def _copy(self) -> tuple[str, str, int]:
        row: tuple[str, str, int] = self._database.query("SELECT id, database, seq FROM copy")[0]
        return row


def _run(db: sqlite3.Connection, script: str) -> None:
    """Run statements within the transaction: `executescript` would end it."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement) and statement.strip("; \n"):
            db.execute(statement)
            statement = ""
