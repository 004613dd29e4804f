"""The index in the shared database: each document as it is by now, and the number of its change.

What is gone leaves its number: who comes late reads what there is, who was away what is new. Knows
rows of bytes; knows nothing of what they hold.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from rag.errors import IndexMismatchError, WorkspaceBusyError
from rag.storage.database.postgres import PostgresDatabase
from rag.storage.database.presence import OTHERS, Presence
from rag.storage.database.user_database import Transaction

AT_ONCE: Final = 50
"""Changes that are fetched together."""

_OWNER: Final = "owner"
_STAMP: Final = "index"
_ID: Final = "id"
_NEEDLESS: Final = (
    "DELETE FROM copied_files WHERE NOT EXISTS"
    " (SELECT 1 FROM files_of_changes f WHERE f.name = copied_files.name)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a thing: its `body`, None where it is gone.

    `vectors` and `files` are a document's: names, each with what it holds, or nothing where that is
    there already.
    """

    key: str
    body: bytes | None
    vectors: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    author: str = ""

    @property
    def size_bytes(self) -> int:
        return len(self.body or b"") + len(self.vectors) + sum(map(len, self.files.values()))


class Feed:
    """Of one database; written by who owns what all share. Raises DatabaseError."""

    def __init__(self, database: PostgresDatabase, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def require(self, stamp: Mapping[str, Any]) -> str:
        """Return the database's id. Raises IndexMismatchError where its index is made otherwise."""
        with self._database.write() as db:
            told = json.dumps(dict(stamp), sort_keys=True)
            known = _fact(db, _STAMP)
            if known is None:
                _set(db, _STAMP, told)
                _set(db, _ID, secrets.token_hex(8))
            elif known != told:
                raise IndexMismatchError(
                    f"The index in the database {self._database.address} was made with {known},"
                    f" but {told} is in use now.",
                    hint="Start the same version and models everywhere, or name an empty database.",
                )
            return _fact(db, _ID) or ""

    def owner(self) -> str:
        """Return the copy that owned what all share last; "" where there was none yet."""
        with self._database.read() as db:
            return _fact(db, _OWNER) or ""

    def set_owner(self, copy_id: str) -> None:
        with self._presence.fenced() as db:
            _set(db, _OWNER, copy_id)

    def head(self) -> int:
        """Return the number of the last change; 0 where there is none."""
        return _head(self._database.query)

    def put(self, changes: Sequence[Change], *, author: str) -> int:
        """Store changes; return the number of the last one. What nothing refers to any more goes.

        Raises WorkspaceBusyError where another copy owns what all share by now.
        """
        with self._presence.fenced() as db:
            if _fact(db, _OWNER) != author:
                raise WorkspaceBusyError(OTHERS)
            former = _head(lambda query: db.execute(query).fetchall())
            for seq, change in enumerate(changes, former + 1):
                _put(db, change, seq, author)
            db.execute(_NEEDLESS)
        return former + len(changes)

    def known_files(self, names: Sequence[str]) -> set[str]:
        """Return which of these files are there."""
        query = "SELECT 1 FROM copied_files WHERE name = ?"
        return {name for name in names if self._database.query(query, (name,))}

    def since(self, seq: int) -> Iterator[tuple[int, Change]]:
        """Yield the changes after one, each with its number, in order, until there are no more.

        What a thing became is told as it is when it is yielded: it may be newer than its number.
        """
        query = "SELECT seq, key FROM changes WHERE seq > ? ORDER BY seq LIMIT ?"
        while True:
            found = self._database.query(query, (seq, AT_ONCE))
            for number, key in found:
                yield number, self.one(key)
            if not found:
                return
            seq = found[-1][0]

    def one(self, key: str) -> Change:
        """Return what became of a thing; one that the feed does not know is gone."""
        with self._database.read() as db:
            query = "SELECT author, body, vectors FROM changes WHERE key = ?"
            row = db.execute(query, (key,)).fetchone()
            if row is None:
                return Change(key=key, body=None)
            query = "SELECT name FROM files_of_changes WHERE key = ?"
            names = [name for (name,) in db.execute(query, (key,))]
        author, body, vectors = row
        return Change(
            key=key,
            author=author,
            body=None if body is None else bytes(body),
            vectors=bytes(vectors),
            files=dict.fromkeys(names, b""),
        )

    def file(self, name: str) -> bytes | None:
        """Return a file that a document needs; None where it is gone by now."""
        rows = self._database.query("SELECT body FROM copied_files WHERE name = ?", (name,))
        return bytes(rows[0][0]) if rows else None


def _put(db: Transaction, change: Change, seq: int, author: str) -> None:
    db.execute(
        "INSERT INTO changes (key, seq, author, body, vectors) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET seq = excluded.seq, author = excluded.author,"
        " body = excluded.body, vectors = excluded.vectors",
        (change.key, seq, author, change.body, change.vectors),
    )
    db.execute("DELETE FROM files_of_changes WHERE key = ?", (change.key,))
    for name, data in change.files.items():
        if data:
            db.execute(
                "INSERT INTO copied_files (name, body) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET body = excluded.body",
                (name, data),
            )
        db.execute("INSERT INTO files_of_changes (key, name) VALUES (?, ?)", (change.key, name))


def _head(query: Callable[[str], Sequence[Any]]) -> int:
    ((seq,),) = query("SELECT coalesce(max(seq), 0) FROM changes")
    return int(seq)


def _fact(db: Transaction, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def _set(db: Transaction, name: str, value: str) -> None:
    db.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
