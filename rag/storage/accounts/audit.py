"""Who did what, when and from where, and how much of late: questions asked, bytes sent.

Lines are only added, by signing in and out and by every change. Knows no limits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final, Literal

from rag.storage.database.user_database import UserDatabase

MAX_LINES: Final = 20_000
"""Of one person. Their oldest go first: nobody fills the disk, or pushes out what others did."""

MAX_LISTED: Final = 100_000
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
        line = {"who": self.who, "what": self.what, "about": self.about, "address": self.address}
        return {"at": at, **line}


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


Used = Literal["questions", "bytes"]

KEPT_S: Final = 2 * 86_400.0
"""So long it is known what was used."""


class Usage:
    """What all people used. Safe for several threads."""

    def __init__(self, database: UserDatabase, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def take(self, name: str, used: Used, amount: int, *, most: int, within_s: float) -> float:
        """Note that somebody uses `amount`, unless it would be more than `most` within a time.

        Return 0, or the seconds until there is room for it again, as far as there ever is.
        """
        now = self._now()
        with self._database.write() as db:
            rows = db.execute(
                "SELECT at_s, amount FROM usage WHERE name = ? AND used = ? AND at_s > ?"
                " ORDER BY at_s",
                (name, used, now - within_s),
            ).fetchall()
            over = sum(row[1] for row in rows) + amount - most
            if over > 0:
                return max(1.0, _freed_s(rows, over) + within_s - now)
            db.execute("DELETE FROM usage WHERE at_s < ?", (now - KEPT_S,))
            db.execute("INSERT INTO usage VALUES (?, ?, ?, ?)", (name, used, now, amount))
        return 0.0


def _freed_s(rows: Sequence[tuple[float, int]], over: int) -> float:
    """Return when that was used which has to be forgotten until `over` is free."""
    freed = accumulate(amount for _, amount in rows)
    return next((at_s for (at_s, _), so_far in zip(rows, freed, strict=True) if so_far >= over), 0)
