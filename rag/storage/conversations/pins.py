"""Answers that a person pinned, each with a note, kept as they were, apart from their conversation.

Knows exchanges; knows nothing of how they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rag.storage.conversations.exchange import Exchange, exchange_body, exchange_of, withheld
from rag.storage.conversations.user_rows import UserRows
from rag.storage.database.catalog import storable

MAX_NOTE_LETTERS: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedAnswer:
    """An exchange as it was when it was pinned, and what the person says of it ("" nothing)."""

    conversation_id: str
    exchange: Exchange
    note: str = ""


class Pins(UserRows):
    """The pinned answers of one person in one workspace."""

    def put(self, conversation_id: str, exchange: Exchange) -> None:
        """Pin an exchange, behind all others; one that is pinned keeps its place and its note."""
        row = (
            self._owner,
            conversation_id,
            exchange.id,
            storable(exchange.question),
            exchange_body(exchange),
        )
        self._database.change(
            "INSERT INTO pins (owner, conversation_id, exchange_id, question, body)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            row,
        )

    def note(self, conversation_id: str, exchange_id: str, text: str) -> bool:
        """Say something of a pinned answer; return whether there is one."""
        said = storable(text.strip()[:MAX_NOTE_LETTERS])
        values = (said, *self._key(conversation_id, exchange_id))
        return self._database.change(f"UPDATE pins SET note = ? {_ONE}", values) > 0  # noqa: S608 - a constant

    def withdraw(self, conversation_id: str, exchange_id: str) -> None:
        key = self._key(conversation_id, exchange_id)
        self._database.change(f"DELETE FROM pins {_ONE}", key)  # noqa: S608 - a constant

    def all(self) -> list[PinnedAnswer]:
        """Return what is pinned, in the order that it was pinned in."""
        query = f"{_SELECT} WHERE owner = ? ORDER BY row"
        return [self._shown(row) for row in self._database.query(query, (self._owner,))]

    def of(self, conversation_id: str) -> list[str]:
        """Return the ids of the pinned exchanges of a conversation."""
        query = "SELECT exchange_id FROM pins WHERE owner = ? AND conversation_id = ?"
        return [key for (key,) in self._database.query(query, (self._owner, conversation_id))]

    def exchange(self, conversation_id: str, exchange_id: str) -> Exchange | None:
        """Return a pinned exchange; None where it is none."""
        key = self._key(conversation_id, exchange_id)
        rows = self._database.query(f"{_SELECT} {_ONE}", key)
        return self._shown(rows[0]).exchange if rows else None

    def _key(self, conversation_id: str, exchange_id: str) -> tuple[str, str, str]:
        return self._owner, conversation_id, exchange_id

    def _shown(self, row: Sequence[Any]) -> PinnedAnswer:
        """Return a pinned answer, withheld where what it stands on may not be seen any more."""
        conversation_id, exchange_id, question, body, note = row
        exchange = exchange_of(exchange_id, question, "", body)
        answer = exchange.answer
        if answer and not self._may_read(answer):
            exchange = replace(exchange, answer=withheld(answer))
        return PinnedAnswer(conversation_id=conversation_id, exchange=exchange, note=note)


_SELECT: Final = "SELECT conversation_id, exchange_id, question, body, note FROM pins"
_ONE: Final = "WHERE owner = ? AND conversation_id = ? AND exchange_id = ?"
