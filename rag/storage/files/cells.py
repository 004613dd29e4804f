"""Answers about single documents, kept in the workspace so that a table goes on where it was.

A file of its own beside the database: what is in it can be asked again at any time. Knows keys and
bytes; knows nothing of questions or models. Any thread may call.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

CELLS_NAME: Final = "cells.sqlite"


class CellStore:
    """Bodies by document and key. Made by `CellStore(workspace)`; the file when first needed."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / CELLS_NAME
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def get(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return those of the (document id, key) that are kept."""
        with self._lock:
            rows = self._db().execute(
                "SELECT c.doc_id, c.key, c.body FROM json_each(?) j JOIN cells c"
                " ON c.doc_id = j.value ->> 0 AND c.key = j.value ->> 1",
                (json.dumps(list(keys)),),
            )
            return {(doc_id, key): body for doc_id, key, body in rows}

    def put(self, bodies: Mapping[tuple[str, str], str]) -> None:
        """Keep bodies; those of the same document and key are replaced."""
        with self._lock, self._db() as db:
            db.executemany(
                "INSERT OR REPLACE INTO cells VALUES (?, ?, ?)",
                [(doc_id, key, body) for (doc_id, key), body in bodies.items()],
            )

    def keep_only(self, doc_ids: Collection[str]) -> None:
        """Forget what is kept of every other document."""
        with self._lock, self._db() as db:
            db.execute(
                "DELETE FROM cells WHERE doc_id NOT IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(doc_ids)),),
            )

    def close(self) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def _db(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = sqlite3.connect(self._path, check_same_thread=False)
            self._opened.execute("PRAGMA journal_mode = WAL")
            self._opened.execute("PRAGMA synchronous = NORMAL")
            self._opened.execute(
                "CREATE TABLE IF NOT EXISTS cells (doc_id TEXT, key TEXT, body TEXT NOT NULL,"
                " PRIMARY KEY (doc_id, key)) WITHOUT ROWID"
            )
        return self._opened
