"""How much each person has used of late: questions asked, bytes sent. Knows no limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final, Literal

from rag.storage.database.user_database import UserDatabase

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
