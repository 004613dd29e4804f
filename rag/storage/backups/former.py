"""A workspace of a former version: what people wrote in it goes on, its documents are read again.

Also what a workspace kept of people before it shared a database. Knows the tables of both.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Integer, Table, insert, select

from rag.storage.backups.backup import exchange, fresh_file, is_former
from rag.storage.backups.salvage import make_index
from rag.storage.database.soundness import reading
from rag.storage.database.user_database import USERS_NAME, Transaction, UserDatabase, UserFile
from rag.storage.database.user_schema import WRITTEN
from rag.storage.documents import codec
from rag.storage.files.folder import LEDGER_NAME

logger = logging.getLogger(__name__)

Fields = dict[str, Any]

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
            _put(here, table, _former_rows(there, table.name))
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
            _put(there, table, [dict(row) for row in rows])
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


def _put(db: Transaction, table: Table, rows: Iterable[Fields]) -> None:
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
