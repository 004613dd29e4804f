"""Who is signed in, who did what, when and from where, and how much of late.

A browser is signed in by a random token, of which the database keeps the hash alone. A session ends
by itself, by its person's or an administrator's word, and with the password it was begun with.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final, Literal

from rag.storage.database.user_database import UserStore

TOKEN_BYTES: Final = 32
"""256 bits: nobody guesses a token, so its plain hash is safe to keep."""

IDLE_S: Final = 7 * 86_400.0
"""So long a session lasts without being used."""

LONGEST_S: Final = 30 * 86_400.0
"""So long it lasts at most: then the password is asked for again."""

NOTED_S: Final = 600.0
"""So often it is noted at most that a session is used."""

MAX_AGENT_LETTERS: Final = 200
"""Of what a browser says it is."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session; `stamp` binds it to a password. Times are in seconds since 1970."""

    id: int
    name: str
    stamp: bytes
    address: str
    agent: str
    begun_s: float
    used_s: float


class Sessions(UserStore):
    """The sessions of all people."""

    def begin(self, name: str, *, secret: str, address: str = "", agent: str = "") -> str:
        """Begin a session, valid while `secret` is the stored password; return its token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = self._now()
        stamp, said = _stamp(token, secret), agent[:MAX_AGENT_LETTERS]
        with self._database.write() as db:
            db.execute("DELETE FROM sessions WHERE used_s < ? OR begun_s < ?", self._limits())
            db.execute(
                "INSERT INTO sessions (key, name, stamp, address, agent, begun_s, used_s)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_key(token), name, stamp, address, said, now, now),
            )
        return token

    def find(self, token: str) -> SignedIn | None:
        """Return the session of a token; None where there is none, or it is over."""
        return next(iter(self._found("key = ?", _key(token))), None)

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
            "SELECT id, name, stamp, address, agent, begun_s, used_s FROM sessions"
            f" WHERE {which} AND used_s >= ? AND begun_s >= ? ORDER BY name, used_s DESC"
        )
        return [SignedIn(*row) for row in self._database.query(query, (*values, *self._limits()))]

    def _limits(self) -> tuple[float, float]:
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


MAX_LINES: Final = 20_000
"""Of one person. Their oldest go first: nobody fills the disk, or pushes out what others did."""

MAX_LISTED: Final = 100_000
"""Lines that are told at once."""

MAX_ABOUT_LETTERS: Final = 300
"""Of what a line is about."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`at_s` is in seconds since 1970; `who` is empty for who owns the workspace."""

    at_s: float
    who: str
    what: str
    about: str
    address: str

    def as_json(self) -> dict[str, Any]:
        at = datetime.fromtimestamp(self.at_s, UTC).isoformat(timespec="seconds")
        line = {name: value for name, value in asdict(self).items() if name != "at_s"}
        return {"at": at, **line}


class Audit(UserStore):
    """The lines of one workspace."""

    def put(self, who: str, what: str, *, about: str = "", address: str = "") -> None:
        values = (self._now(), who, what, about[:MAX_ABOUT_LETTERS], address)
        with self._database.write() as db:
            db.execute(
                "INSERT INTO audit (at_s, who, what, about, address) VALUES (?, ?, ?, ?, ?)", values
            )
            db.execute(
                "DELETE FROM audit WHERE who = ? AND id <= coalesce((SELECT id FROM audit"
                " WHERE who = ? ORDER BY id DESC LIMIT 1 OFFSET ?), -1)",
                (who, who, MAX_LINES),
            )

    def last(self, most: int, *, who: str = "") -> list[AuditLine]:
        """Return the last lines, the newest first; of one person where `who` says whom."""
        query = "SELECT at_s, who, what, about, address FROM audit WHERE ? IN ('', who)"
        rows = self._database.query(f"{query} ORDER BY id DESC LIMIT ?", (who, most))
        return [AuditLine(*row) for row in rows]


Used = Literal["questions", "bytes"]

KEPT_S: Final = 2 * 86_400.0
"""So long it is known what was used."""


class Usage(UserStore):
    """What all people used."""

    def take(self, name: str, used: Used, amount: int, *, most: int, within_s: float) -> float:
        """Note a use, unless it would be over `most` within a time: then return seconds to wait."""
        now = self._now()
        with self._database.write() as db:
            rows = db.execute(
                "SELECT at_s, amount FROM usage WHERE name = ? AND used = ? AND at_s > ?"
                " ORDER BY at_s",
                (name, used, now - within_s),
            ).fetchall()
            over = sum(row[1] for row in rows) + amount - most
            if over > 0:
                freed = zip(rows, accumulate(row[1] for row in rows), strict=True)
                freed_s = next((row[0] for row, so_far in freed if so_far >= over), 0)
                return max(1.0, freed_s + within_s - now)
            db.execute("DELETE FROM usage WHERE at_s < ?", (now - KEPT_S,))
            db.execute("INSERT INTO usage VALUES (?, ?, ?, ?)", (name, used, now, amount))
        return 0.0
