"""Files of a workspace made anew, damaged ones and those of a former version.

What people wrote goes on: what can be read of it, the rest from a daily copy; also what a workspace
kept of them before it shared a database. Documents are read again by the next ingest. Knows files
and the tables of both versions.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Integer, Table, insert, select

from rag.errors import DamagedError
from rag.storage.backups.backup import copies_of, exchange, fresh_file, is_former
from rag.storage.conversations.exchange import is_readable_exchange
from rag.storage.conversations.reports import is_readable_report
from rag.storage.database.database import SQLITE_ERRORS, Database, is_sound, reading
from rag.storage.database.servers import alone_in
from rag.storage.database.user_database import USERS_NAME, Transaction, UserDatabase, UserFile
from rag.storage.database.user_schema import WRITTEN
from rag.storage.documents import codec
from rag.storage.documents.codec import opened
from rag.storage.files.folder import LEDGER_NAME, forget_damaged

logger = logging.getLogger(__name__)

Row = tuple[Any, ...]
Fields = dict[str, Any]

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
        index_whole = not index.exists() or is_sound(index, "index")
        if index.exists() and index_whole:
            with closing(reading(index)) as db:
                index_whole = not any(unreadable(db))
        users_whole = are_users_whole(users) if users.exists() else not copies
        if index_whole and users_whole:
            return None
        if not index_whole:
            make_index(index)
        copy = None if users_whole else _make_users(users, copies)
        return Salvaged(index_whole=index_whole, users_whole=users_whole, copy=copy)


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
        for table, columns in _WRITTEN.items():
            places = ", ".join("?" * len(columns))
            insertion = (
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
                " ON CONFLICT DO NOTHING"
            )
            found = list(_written(there, table))
            right = [row for row in found if _is_readable(table, row)]
            for row in chain(right, list(_written(copy, table)), found):
                with suppress(sqlite3.DatabaseError):  # what is no such row is left out
                    made.execute(insertion, row)
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


_DERIVED: Final = ("vectors", "text-vectors")
"""Folders whose content is made again of the documents."""

_CITATION: Final = ("number", "chunk", "span", "provenances", "quote")
_HIT: Final = ("chunk", "score", "rank", "channel", "found_by", "relevance")
_MOVED: Final = "moved in"
"""Noted once it is copied what the first workspace kept."""


def carry_over(workspace: Path) -> None:
    """Make a workspace of a former version one of ours; nothing is done to any other.

    Its database is set aside, the lettering that was read is kept. Cut anywhere, it is done again.
    Raises WorkspaceError where the disk is full.
    """
    former = workspace / LEDGER_NAME
    if not is_former(former):
        return
    fresh = fresh_file(workspace / USERS_NAME)
    with (
        closing(UserFile(fresh)) as users,
        closing(reading(former)) as there,
        users.write() as here,
    ):
        there.row_factory = sqlite3.Row
        for table in WRITTEN:
            _copy_in(here, table, _former_rows(there, table.name))
        here.execute(
            "UPDATE conversations SET head = coalesce((SELECT id FROM exchanges WHERE"
            " conversation_id = conversations.id ORDER BY row DESC LIMIT 1), '') WHERE head = ''"
        )
    exchange(workspace / USERS_NAME, fresh)
    for name in _DERIVED:
        shutil.rmtree(workspace / name, ignore_errors=True)
    make_index(former)
    logger.info("the workspace %s was of a former version: read its folder again", workspace)


def move_in(users: UserDatabase, shared: UserDatabase) -> None:
    """Copy what the first workspace that comes keeps of people to what machines share, once."""
    with shared.write() as there, users.read() as here:
        if there.fact(_MOVED) is not None:
            return
        for table in WRITTEN:
            rows = here.connection.execute(select(table)).mappings()
            _copy_in(there, table, [dict(row) for row in rows])
        there.set_fact(_MOVED, "")


def _former_rows(db: sqlite3.Connection, table: str) -> list[Fields]:
    """Return the rows of a table, none where there was no such table yet."""
    known = db.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    if not known:
        return []
    rows = [dict(row) for row in db.execute(f"SELECT * FROM {table}")]
    last: dict[str, str] = {}  # exchanges of before have no ids, and follow in their order
    for row in rows:
        if table in {"exchanges", "pins"}:
            row["body"] = renewed_body(row["body"])
        if table == "exchanges":
            row.setdefault("id", str(row.get("position", "")))
            row.setdefault("parent", last.get(row["conversation_id"], ""))
            last[row["conversation_id"]] = row["id"]
    return rows


def renewed_body(body: bytes) -> bytes:
    """Return the body of an exchange as it is by now; one that can't be read as it is."""
    head, line, answer = body.partition(b"\n")
    try:
        former = json.loads(zlib.decompress(answer)) if answer else {}
        return head + line + zlib.compress(codec.dump(_inlined(former))) if former else body
    except (zlib.error, ValueError, KeyError, TypeError):
        return body


def _inlined(former: Fields) -> Fields:
    """Return an answer with each chunk where it is cited: each stood once beside it before."""
    chunks = {
        key: {**body, "id": key, "doc_id": doc_id, "source": source, "ordinal": ordinal}
        for key, (doc_id, source, ordinal, body) in former["chunks"].items()
    }

    def cited(name: str, fields: tuple[str, ...]) -> list[Fields]:
        rows = (dict(zip(fields, row, strict=False)) for row in former.get(name, ()))
        return [{**row, "chunk": chunks[row["chunk"]]} for row in rows]

    text, image, (glob, media_types, within), region, *attached = former["query"]
    filters = {"source_glob": glob, "media_types": media_types, "within": within}
    query = {"text": text, "image": image, "filters": filters, "region": chunks.get(region)}
    return {
        **{name: value for name, value in former.items() if name != "chunks"},
        "query": {**query, "attachments": attached[0] if attached else ()},
        "citations": cited("citations", _CITATION),
        "cells": cited("cells", _CITATION),
        "context": {"hits": cited("context", _HIT)},
        "nearest": cited("nearest", _HIT),
        "complete": True,
    }


def _copy_in(db: Transaction, table: Table, rows: Iterable[Fields]) -> None:
    columns = table.columns.keys()
    values = [{name: row[name] for name in columns if name in row} for row in rows]
    if not values:
        return
    db.connection.execute(insert(table), values)
    number = table.columns[columns[0]]
    if db.connection.dialect.name == "postgresql" and isinstance(number.type, Integer):
        sequence = f"pg_get_serial_sequence('pagelight.{table.name}', '{number.name}')"
        last = max(row[number.name] for row in values)
        db.connection.exec_driver_sql(f"SELECT setval({sequence}, {last})")
