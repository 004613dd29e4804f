"""Who did what, when and from where: signing in and out, and every change. Lines are only added."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from rag.storage.database.user_database import UserDatabase

MAX_LINES: Final = 20_000
"""Of one person. Their oldest go first: nobody fills the disk, or pushes out what others did."""

MAX_TOLD: Final = 100_000
"""Lines that are told at once."""

_FORGET: Final = (
    "DELETE FROM audit WHERE who = ? AND id <= coalesce("
    "(SELECT id FROM audit WHERE who = ? ORDER BY id DESC LIMIT 1 OFFSET ?), -1)"
)

MAX_LETTERS: Final = 300
"""Of what a line is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """`at_s` is in seconds since 1970; `who` is empty for who owns the workspace."""

    at_s: float
    who: str
    what: str
    about: str
    address: str

    def as_json(self) -> dict[str, Any]:
        at = datetime.fromtimestamp(self.at_s, UTC).isoformat(timespec="seconds")
        told = {"who": self.who, "what": self.what, "about": self.about, "address": self.address}
        return {"at": at, **told}


class Audit:
    """The lines of one workspace. Safe for several threads."""

    def __init__(self, database: UserDatabase, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def put(self, who: str, what: str, *, about: str = "", address: str = "") -> None:
        values = (self._now(), who, what, about[:MAX_LETTERS], address)
        with self._database.write() as db:
            db.execute(
                "INSERT INTO audit (at_s, who, what, about, address) VALUES (?, ?, ?, ?, ?)", values
            )
            db.execute(_FORGET, (who, who, MAX_LINES))

    def last(self, most: int, *, who: str = "") -> list[AuditLine]:
        """Return the last lines, the newest first; of one person where `who` says whom."""
        query = "SELECT at_s, who, what, about, address FROM audit WHERE ? IN ('', who)"
        rows = self._database.query(f"{query} ORDER BY id DESC LIMIT ?", (who, most))
        return [
            AuditLine(at_s=at_s, who=by, what=what, about=about, address=address)
            for at_s, by, what, about, address in rows
        ]
