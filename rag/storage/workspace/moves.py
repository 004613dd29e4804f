"""Files that lie elsewhere now: what the ledger says of them follows, in one transaction.

What is stored of their content stays as it is. Knows rows of files, of what is left out, and the
scopes of conversations; knows nothing of disks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from rag.storage.database.transactions import Transaction

IN: Final = "in:"
"""Begins an entry of a conversation's scope that names a file or a folder."""


def move_files(db: sqlite3.Connection, moved: Mapping[str, str]) -> None:
    """Give files their new sources."""
    rows = [(new, old) for old, new in moved.items()]
    db.executemany("UPDATE OR REPLACE files SET source = ? WHERE source = ?", rows)
    db.executemany("UPDATE OR REPLACE left_out SET source = ? WHERE source = ?", rows)


def rename_scopes(db: Transaction, old: str, new: str) -> None:
    """Let conversations that are asked of a folder (`a/`), or in it, follow its new name."""
    begins = f"{IN}{old}"
    rows = db.execute("SELECT id, scope FROM conversations WHERE scope <> ''").fetchall()
    for conversation_id, scope in rows:
        if begins not in scope:
            continue
        entries = [_renamed(entry, begins, f"{IN}{new}") for entry in scope.split("\n")]
        db.execute(
            "UPDATE conversations SET scope = ? WHERE id = ?", ("\n".join(entries), conversation_id)
        )


def _renamed(entry: str, old: str, new: str) -> str:
    return new + entry.removeprefix(old) if entry.startswith(old) else entry
