"""How far the owner of a workspace has come with reading documents, and what others ask of it.

Knows rows of JSON; knows nothing of what is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rag.index.ledger.ledger import Ledger


class SharedReading:
    """Of one workspace. Safe for several threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def tell(self, state: Mapping[str, Any]) -> None:
        """Note how it stands, for the other servers."""
        with self._ledger.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO facts VALUES ('reading', ?)", (json.dumps(dict(state)),)
            )

    def told(self) -> dict[str, Any]:
        """Return how it stands, as it was told last; nothing where it never was."""
        with self._ledger.read() as db:
            row = db.execute("SELECT value FROM facts WHERE name = 'reading'").fetchone()
        found = json.loads(row[0]) if row else {}
        return found if isinstance(found, dict) else {}

    def ask(self, wish: str) -> None:
        """Ask something of the owner."""
        with self._ledger.write() as db:
            db.execute("INSERT INTO reading_wishes (wish) VALUES (?)", (wish,))

    def take(self) -> list[str]:
        """Return what was asked, in order; it is asked no more."""
        with self._ledger.read() as db:
            if db.execute("SELECT 1 FROM reading_wishes LIMIT 1").fetchone() is None:
                return []
        with self._ledger.write() as db:
            found = db.execute("DELETE FROM reading_wishes RETURNING number, wish").fetchall()
        return [wish for _, wish in sorted(found)]
