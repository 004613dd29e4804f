"""Who is signed in: each browser by a random token, of which the database keeps the hash alone.

A session ends by itself, by its person's word, by an administrator's, and with the password that
it was begun with. Knows no cookies and no passwords' form.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final

from rag.storage.database.user_database import UserDatabase

TOKEN_BYTES: Final = 32
"""256 bits: nobody guesses a token, so its plain hash is safe to keep."""

IDLE_S: Final = 7 * 86_400.0
"""So long a session lasts without being used."""

LONGEST_S: Final = 30 * 86_400.0
"""So long it lasts at most: then the password is asked for again."""

NOTED_S: Final = 600.0
"""So often it is noted at most that a session is used."""

MAX_LETTERS: Final = 200
"""Of what a browser says it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session: whose, from where, with which browser, and when it began and was last used.

    `stamp` binds it to a password. Times are in seconds since 1970.
    """

    id: int
    name: str
    stamp: bytes
    address: str
    agent: str
    begun_s: float
    used_s: float


class Sessions:
    """The sessions of all people. Safe for several threads."""

    def __init__(self, database: UserDatabase, *, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now

    def begin(self, name: str, *, secret: str, address: str = "", agent: str = "") -> str:
        """Begin a session of `name`; return its token, which nobody finds again later.

        It lasts as long as `secret`, the stored password, is the same. What is over is deleted.
        """
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._now()
        values = (_key(token), name, _stamp(token, secret), address, agent[:MAX_LETTERS], now, now)
        with self._database.write() as db:
            db.execute("DELETE FROM sessions WHERE used_s < ? OR begun_s < ?", self._limits())
            db.execute(
                "INSERT INTO sessions (key, name, stamp, address, agent, begun_s, used_s)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        return token

    def find(self, token: str) -> SignedIn | None:
        """Return the session of a token; None where there is none, or it is over."""
        found = self._found("key = ?", _key(token))
        return found[0] if found else None

    def is_due(self, session: SignedIn) -> bool:
        """Tell whether it is time to note that it is used (`use`)."""
        return self._now() - session.used_s >= NOTED_S

    def use(self, session: SignedIn) -> None:
        """Note that a session is used now."""
        query = "UPDATE sessions SET used_s = ? WHERE id = ?"
        self._database.change(query, (self._now(), session.id))

    def all(self) -> list[SignedIn]:
        """Return the sessions that are not over, by name, the last used first."""
        return self._found("TRUE")

    def end(self, session_id: int) -> None:
        self._database.change("DELETE FROM sessions WHERE id = ?", (session_id,))

    def end_all(self, name: str) -> int:
        """End every session of a person; return how many there were."""
        return self._database.change("DELETE FROM sessions WHERE name = ?", (name,))

    def _found(self, which: str, *values: object) -> list[SignedIn]:
        query = (
            "SELECT id, name, stamp, address, agent, begun_s, used_s FROM sessions"  # noqa: S608 - conditions of ours
            f" WHERE {which} AND used_s >= ? AND begun_s >= ? ORDER BY name, used_s DESC"
        )
        rows = self._database.query(query, (*values, *self._limits()))
        names = [field.name for field in fields(SignedIn)]
        return [SignedIn(**dict(zip(names, row, strict=True))) for row in rows]

    def _limits(self) -> tuple[float, float]:
        """Return when what is not over was used last, and began, at the earliest."""
        return self._now() - IDLE_S, self._now() - LONGEST_S


def fits(session: SignedIn, *, token: str, secret: str) -> bool:
    """Tell whether the stored password is still the one that the session was begun with."""
    return hmac.compare_digest(session.stamp, _stamp(token, secret))


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _stamp(token: str, secret: str) -> bytes:
    """Return what tells one stored password from another to who has the token, and nobody else."""
    key = token.encode("utf-8", "replace")
    return hmac.digest(key, secret.encode("utf-8", "replace"), hashlib.sha256)
