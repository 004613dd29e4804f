"""Answers that a person pinned, each with a note, kept as they were, apart from their conversation.

Knows exchanges; knows nothing of how they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rag.storage.conversations.conversations import (
    Exchange,
    MayShow,
    exchange_body,
    exchange_of,
    withheld,
)
from rag.storage.database.catalog import storable
from rag.storage.database.user_database import UserDatabase
from rag.storage.documents.answer_codec import grounds_of

MAX_NOTE_LETTERS: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedAnswer:
    """An exchange as it was when it was pinned, and what the person says of it ("" nothing)."""

    conversation_id: str
    exchange: Exchange
    note: str = ""


class Pins:
    """The pinned answers of one person in one workspace. Safe for several threads.

    `may_show` tells whether a person may still read what stands on these documents; None: all.
    """

    def __init__(
        self, database: UserDatabase, *, owner: str = "", may_show: MayShow | None = None
    ) -> None:
        self._database = database
        self._owner = owner
        self._may_show = may_show

    def put(self, conversation_id: str, exchange: Exchange) -> None:
        """Pin an exchange, behind all others; one that is pinned keeps its place and its note."""
        row = (
            self._owner,
            conversation_id,
            exchange.id,
            storable(exchange.question),
            exchange_body(exchange),
        )
        with self._database.write() as db:
            db.execute(
                "INSERT INTO pins (owner, conversation_id, exchange_id, question, body)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                row,
            )

    def note(self, conversation_id: str, exchange_id: str, text: str) -> bool:
        """Say something of a pinned answer; return whether there is one."""
        with self._database.write() as db:
            done = db.execute(
                _NOTE,
                (
                    storable(text.strip()[:MAX_NOTE_LETTERS]),
                    *self._key(conversation_id, exchange_id),
                ),
            )
        return done.rowcount > 0

    def withdraw(self, conversation_id: str, exchange_id: str) -> None:
        with self._database.write() as db:
            db.execute(_DELETE, self._key(conversation_id, exchange_id))

    def all(self) -> list[PinnedAnswer]:
        """Return what is pinned, in the order that it was pinned in."""
        with self._database.read() as db:
            rows = db.execute(f"{_SELECT} WHERE owner = ? ORDER BY row", (self._owner,)).fetchall()
        return [self._shown(row) for row in rows]

    def of(self, conversation_id: str) -> list[str]:
        """Return the ids of the pinned exchanges of a conversation."""
        query = "SELECT exchange_id FROM pins WHERE owner = ? AND conversation_id = ?"
        with self._database.read() as db:
            return [str(row[0]) for row in db.execute(query, (self._owner, conversation_id))]

    def exchange(self, conversation_id: str, exchange_id: str) -> Exchange | None:
        """Return a pinned exchange; None where it is none."""
        with self._database.read() as db:
            row = db.execute(
                f"{_SELECT} {_ONE}", self._key(conversation_id, exchange_id)
            ).fetchone()
        return self._shown(row).exchange if row else None

    def _key(self, conversation_id: str, exchange_id: str) -> tuple[str, str, str]:
        return self._owner, conversation_id, exchange_id

    def _shown(self, row: Sequence[Any]) -> PinnedAnswer:
        """Return a pinned answer, withheld where what it stands on may not be seen any more."""
        conversation_id, exchange_id, question, body, note = row
        exchange = exchange_of(exchange_id, question, "", body)
        answer = exchange.answer
        if answer and self._may_show is not None and not self._may_show(grounds_of(answer)):
            exchange = replace(exchange, answer=withheld(answer))
        return PinnedAnswer(conversation_id=conversation_id, exchange=exchange, note=note)


_SELECT: Final = "SELECT conversation_id, exchange_id, question, body, note FROM pins"
_ONE: Final = "WHERE owner = ? AND conversation_id = ? AND exchange_id = ?"
_NOTE: Final = (
    "UPDATE pins SET note = ? WHERE owner = ? AND conversation_id = ? AND exchange_id = ?"
)
_DELETE: Final = "DELETE FROM pins WHERE owner = ? AND conversation_id = ? AND exchange_id = ?"
