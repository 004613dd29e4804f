"""Conversations that a person shares by a link: who has it reads them, and changes nothing.

What is shared is read with the rights of who reads. Knows exchanges; knows nothing of pages.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Query
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.conversations.user_rows import UserRows

TOKEN_BYTES: Final = 16
"""128 bits: nobody guesses a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedConversation:
    """What a reader sees of a conversation: `left_out` exchanges are not for them."""

    exchanges: tuple[Exchange, ...]
    left_out: int


class Shares(UserRows):
    """The links of one person, and what others lead this person to."""

    def put(self, conversation_id: str) -> str | None:
        """Share a conversation, as far as it is shown now; return the link's token.

        What is shared already has the same token, and goes as far as it is shown by now. None
        where this person has no such conversation.
        """
        with self._database.write() as db:
            head = db.value(
                "SELECT head FROM conversations WHERE id = ? AND owner = ? AND NOT deleted",
                (conversation_id, self._owner),
            )
            if head is None:
                return None
            token = secrets.token_urlsafe(TOKEN_BYTES)
            db.execute(
                "INSERT INTO shares (token, conversation_id, head, shared_s) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (conversation_id) DO UPDATE"
                " SET head = excluded.head, shared_s = excluded.shared_s",
                (token, conversation_id, head, self._now()),
            )
            query = "SELECT token FROM shares WHERE conversation_id = ?"
            return str(db.value(query, (conversation_id,)))

    def withdraw(self, conversation_id: str) -> None:
        """Let the link of a conversation lead nowhere."""
        self._database.change(
            "DELETE FROM shares WHERE conversation_id ="
            " (SELECT id FROM conversations WHERE id = ? AND owner = ?)",
            (conversation_id, self._owner),
        )

    def opened(self, token: str) -> SharedConversation | None:
        """Return what this person may read of a shared conversation; None for an unknown token.

        A question whose answer they may not read is left out with it, as is what was asked about
        a file that somebody else brought.
        """
        found = self._database.query(
            "SELECT s.conversation_id, s.head, c.owner FROM shares s"
            " JOIN conversations c ON c.id = s.conversation_id"
            " WHERE s.token = ? AND NOT c.deleted",
            (token,),
        )
        if not found:
            return None
        conversation_id, head, owner = found[0]
        # All of it: what is withheld is left out below, and not told by its question either.
        exchanges = Conversations(self._database, owner=owner).get(conversation_id, last=head)
        answered = [(each, each.answer) for each in exchanges if each.answer is not None]
        mine = tuple(
            exchange
            for exchange, answer in answered
            if (owner == self._owner or not _brought(exchange, answer.query))
            and self._may_read(answer)
        )
        return SharedConversation(exchanges=mine, left_out=len(answered) - len(mine))


def _brought(exchange: Exchange, query: Query) -> bool:
    """Tell whether a file came with a question."""
    return bool(exchange.attachments or exchange.picture or query.attachments or query.image)
