"""How far the owner of a workspace has come with reading documents, and what others ask of it.

Knows rows of JSON; knows nothing of what is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rag.storage.database.user_database import UserDatabase


class SharedReading:
    """Of one workspace. Safe for several threads."""

    def __init__(self, database: UserDatabase) -> None:
        self._database = database

    def tell(self, state: Mapping[str, Any]) -> None:
        """Note how it stands, for the other servers."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO facts VALUES ('reading', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (json.dumps(dict(state)),),
            )

    def told(self) -> dict[str, Any]:
        """Return how it stands, as it was told last; nothing where it never was."""
        with self._database.read() as db:
            row = db.execute("SELECT value FROM facts WHERE name = 'reading'").fetchone()
        found = json.loads(row[0]) if row else {}
        return found if isinstance(found, dict) else {}

    def ask(self, wish: str) -> None:
        """Ask something of the owner."""
        with self._database.write() as db:
            db.execute("INSERT INTO reading_wishes (wish) VALUES (?)", (wish,))

    def asked(self) -> dict[int, str]:
        """Return what was asked and is not yet done, in order, by its number."""
        with self._database.read() as db:
            query = "SELECT number, wish FROM reading_wishes ORDER BY number"
            return dict(db.execute(query).fetchall())

    def done(self, numbers: Iterable[int]) -> None:
        """Note that this is asked no more."""
        with self._database.write() as db:
            db.executemany(
                "DELETE FROM reading_wishes WHERE number = ?", [(number,) for number in numbers]
            )
