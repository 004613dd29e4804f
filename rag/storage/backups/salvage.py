"""Damaged files of a workspace made anew: what can be read, what people wrote from a daily copy.

Documents are read again by the next ingest. Knows files and rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from rag.errors import DamagedError
from rag.storage.backups.backup import copies_of, exchange, fresh_file
from rag.storage.conversations.exchange import is_readable_exchange
from rag.storage.conversations.reports import is_readable_report
from rag.storage.database.database import Database
from rag.storage.database.servers import alone_in
from rag.storage.database.soundness import SQLITE_ERRORS, is_sound, reading
from rag.storage.database.user_database import USERS_NAME, UserFile
from rag.storage.database.user_schema import WRITTEN
from rag.storage.documents.codec import opened
from rag.storage.files.folder import LEDGER_NAME, forget_damaged

Row = tuple[Any, ...]

_STORED: Final = (
    "SELECT title, elements FROM documents",
    "SELECT d.title, c.body FROM chunks c JOIN documents d ON d.row = c.doc_row",
)
_READABLE: Final[dict[str, Callable[[bytes], bool]]] = {
    "exchanges": is_readable_exchange,
    "pins": is_readable_exchange,
    "reports": is_readable_report,
}
_WRITTEN: Final = {table.name: [column.name for column in table.columns] for table in WRITTEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What could be read of each; `copy` is what the rest of the users' rows was taken from."""

    index_whole: bool
    users_whole: bool
    copy: Path | None = None


def salvage(workspace: Path) -> Salvaged | None:
    """Make anew what is damaged or gone, which is set aside; None where all databases are whole.

    Cut anywhere, it can be done again. Raises WorkspaceBusyError where somebody has it open,
    WorkspaceError where the disk is full.
    """
    index, users = workspace / LEDGER_NAME, workspace / USERS_NAME
    with alone_in(workspace):
        forget_damaged(workspace)
        copies = copies_of(workspace)
        index_whole = not index.exists() or _is_index_whole(index)
        users_whole = are_users_whole(users) if users.exists() else not copies
        if index_whole and users_whole:
            return None
        if not index_whole:
            make_index(index)
        copy = None if users_whole else _make_users(users, copies)
        return Salvaged(index_whole=index_whole, users_whole=users_whole, copy=copy)


def _is_index_whole(path: Path) -> bool:
    if not is_sound(path, "index"):
        return False
    with closing(reading(path)) as db:
        return not any(unreadable(db))


def unreadable(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the titles of documents that can't be read."""
    for query in _STORED:
        for title, data in db.execute(query):
            try:
                opened(data, json.loads, what=title)
            except DamagedError:
                yield str(title)


def make_index(path: Path) -> None:
    """Keep what no folder gives back, or only after long: what is noted, and the lettering read."""
    fresh = fresh_file(path)
    with closing(Database(fresh)) as made, closing(reading(path)) as there, made.write() as db:
        for table, columns in (("facts", "name, value"), ("lettering", "key, lines")):
            for row in _rows(there, table, columns, key=columns.partition(",")[0]):
                db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", row)
    exchange(path, fresh)


def are_users_whole(path: Path) -> bool:
    """Tell whether all that people wrote can be read."""
    if not is_sound(path, "users"):
        return False
    with closing(reading(path)) as db:
        return all(_is_readable(table, row) for table in _WRITTEN for row in _written(db, table))


def _make_users(path: Path, copies: Sequence[Path]) -> Path | None:
    """Store what can be read: first what is whole, then a copy's, then what is spoilt."""
    fresh = fresh_file(path)
    path.touch()  # where it is gone, nothing can be read of it
    UserFile(fresh).close()
    used = next((copy for copy in copies if is_sound(copy, "users")), None)
    with (
        closing(reading(path)) as there,
        closing(reading(used) if used else sqlite3.connect(":memory:")) as copy,
        closing(sqlite3.connect(fresh)) as made,  # asks for no conversation of an exchange
        made,
    ):
        there.text_factory = lambda data: data.decode("utf-8", "replace")
        for table in _WRITTEN:
            found = list(_written(there, table))
            right = [row for row in found if _is_readable(table, row)]
            _put(made, table, chain(right, list(_written(copy, table)), found))
        made.execute(
            "INSERT INTO conversations (id, name, changed_s, head)"
            " SELECT conversation_id, substr(question, 1, 120), unixepoch(), id FROM exchanges"
            " WHERE conversation_id NOT IN (SELECT id FROM conversations) ORDER BY row DESC"
            " ON CONFLICT DO NOTHING"
        )
    exchange(path, fresh)
    return used


def _written(db: sqlite3.Connection, table: str) -> Iterator[Row]:
    return _rows(db, table, ", ".join(_WRITTEN[table]))


def _rows(db: sqlite3.Connection, table: str, columns: str, *, key: str = "rowid") -> Iterator[Row]:
    """Yield the rows that can be read: up to what is damaged from both ends, each once or twice."""
    for order in ("", f"NOT INDEXED ORDER BY {key} DESC"):
        try:
            yield from db.execute(f"SELECT {columns} FROM {table} {order}")
        except SQLITE_ERRORS:
            continue
        return


def _is_readable(table: str, row: Row) -> bool:
    check = _READABLE.get(table)
    try:
        return check is None or check(row[_WRITTEN[table].index("body")])
    except TypeError:  # no bytes
        return False


def _put(db: sqlite3.Connection, table: str, rows: Iterator[Row]) -> None:
    """Store rows; what is there stays, and what is no such row is left out."""
    places = ", ".join("?" * len(_WRITTEN[table]))
    names = ", ".join(_WRITTEN[table])
    for row in rows:
        try:
            db.execute(
                f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING", row
            )
        except sqlite3.DatabaseError:
            continue
