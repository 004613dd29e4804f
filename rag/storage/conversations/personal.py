"""What one person keeps beside conversations: pins, links to share, what they prefer.

And all of their stores together. Knows exchanges; knows nothing of how they are shown.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rag.datamodel import AnswerLength, AnswerWishes
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import (
    Exchange,
    MayShow,
    UserRows,
    exchange_body,
    exchange_of,
    withheld,
)
from rag.storage.conversations.reports import Reports
from rag.storage.database.catalog import storable
from rag.storage.database.servers import GrowingAnswers, LeftOut, ServerMarks
from rag.storage.database.user_database import UserDatabase

MAX_NOTE_LETTERS: Final = 5000
MAX_INSTRUCTIONS_LETTERS: Final = 2000
MAX_PROMPT_LETTERS: Final = 2000
MAX_PROMPTS: Final = 100
NEXT: Final = ""
"""Stands for the id of the conversation that is not begun yet."""

TOKEN_BYTES: Final = 16
"""128 bits: nobody guesses a link."""

_PINNED: Final = "SELECT conversation_id, exchange_id, question, body, note FROM pins"
_ONE: Final = "WHERE owner = ? AND conversation_id = ? AND exchange_id = ?"
_LENGTHS: Final[dict[str, AnswerLength]] = {"short": "short", "long": "long"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedAnswer:
    """An exchange as it was when it was pinned, and what the person says of it ("" nothing)."""

    conversation_id: str
    exchange: Exchange
    note: str = ""


class Pins(UserRows):
    """Answers that a person pinned, kept as they were, apart from their conversation."""

    def put(self, conversation_id: str, exchange: Exchange) -> None:
        """Pin an exchange, behind all others; one that is pinned keeps its place and its note."""
        question, body = storable(exchange.question), exchange_body(exchange)
        self._database.change(
            "INSERT INTO pins (owner, conversation_id, exchange_id, question, body)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (self._owner, conversation_id, exchange.id, question, body),
        )

    def note(self, conversation_id: str, exchange_id: str, text: str) -> bool:
        """Say something of a pinned answer; return whether there is one."""
        said = storable(text.strip()[:MAX_NOTE_LETTERS])
        values = (said, self._owner, conversation_id, exchange_id)
        return self._database.change(f"UPDATE pins SET note = ? {_ONE}", values) > 0

    def withdraw(self, conversation_id: str, exchange_id: str) -> None:
        key = (self._owner, conversation_id, exchange_id)
        self._database.change(f"DELETE FROM pins {_ONE}", key)

    def all(self) -> list[PinnedAnswer]:
        """Return what is pinned, in the order that it was pinned in."""
        query = f"{_PINNED} WHERE owner = ? ORDER BY row"
        return [self._shown(row) for row in self._database.query(query, (self._owner,))]

    def of(self, conversation_id: str) -> list[str]:
        """Return the ids of the pinned exchanges of a conversation."""
        query = "SELECT exchange_id FROM pins WHERE owner = ? AND conversation_id = ?"
        return [key for (key,) in self._database.query(query, (self._owner, conversation_id))]

    def exchange(self, conversation_id: str, exchange_id: str) -> Exchange | None:
        """Return a pinned exchange; None where it is none."""
        key = (self._owner, conversation_id, exchange_id)
        rows = self._database.query(f"{_PINNED} {_ONE}", key)
        return self._shown(rows[0]).exchange if rows else None

    def _shown(self, row: Sequence[Any]) -> PinnedAnswer:
        """Return a pinned answer, withheld where what it stands on may not be seen any more."""
        conversation_id, exchange_id, question, body, note = row
        exchange = exchange_of(exchange_id, question, "", body)
        answer = exchange.answer
        if answer and not self._may_read(answer):
            exchange = replace(exchange, answer=withheld(answer))
        return PinnedAnswer(conversation_id=conversation_id, exchange=exchange, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedConversation:
    """What a reader sees of a conversation: `left_out` exchanges are not for them."""

    exchanges: tuple[Exchange, ...]
    left_out: int


class Shares(UserRows):
    """Conversations shared by a link: each reader sees what they have the rights to."""

    def put(self, conversation_id: str) -> str | None:
        """Share a conversation as far as it is shown now; return its token. None: there is none."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO shares (token, conversation_id, head, shared_s)"
                " SELECT ?, id, head, ? FROM conversations"
                " WHERE id = ? AND owner = ? AND NOT deleted"
                " ON CONFLICT (conversation_id) DO UPDATE"
                " SET head = excluded.head, shared_s = excluded.shared_s",
                (secrets.token_urlsafe(TOKEN_BYTES), self._now(), conversation_id, self._owner),
            )
            token: str | None = db.value(
                "SELECT token FROM shares s JOIN conversations c ON c.id = s.conversation_id"
                " WHERE c.id = ? AND c.owner = ? AND NOT c.deleted",
                (conversation_id, self._owner),
            )
            return token

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
        answered = [each for each in exchanges if each.answer is not None]
        mine = tuple(
            each
            for each in answered
            if (owner == self._owner or not _brought(each))
            and (each.answer is None or self._may_read(each.answer))
        )
        return SharedConversation(exchanges=mine, left_out=len(answered) - len(mine))


def _brought(exchange: Exchange) -> bool:
    query = exchange.answer.query if exchange.answer else None
    asked = query is not None and (query.attachments or query.image)
    return bool(exchange.attachments or exchange.picture or asked)


class Preferences(UserRows):
    """How a person's answers are to be, own instructions, prompts to ask again."""

    def wishes(self, conversation_id: str) -> AnswerWishes:
        """Return how the answers of a conversation are to be, with the person's instructions."""
        rows = self._database.query(
            "SELECT length, quoted, writer FROM answer_wishes"
            " WHERE owner = ? AND conversation_id = ?",
            (self._owner, conversation_id),
        )
        length, quoted, writer = rows[0] if rows else ("usual", False, "")
        return AnswerWishes(
            length=_LENGTHS.get(length, "usual"),
            quoted=bool(quoted),
            writer=writer,
            instructions=self.instructions(),
        )

    def set_wishes(
        self, conversation_id: str, *, length: AnswerLength, quoted: bool, writer: str = ""
    ) -> None:
        """Keep how the answers of a conversation, or of the `NEXT` one, are to be."""
        self._database.put(
            "answer_wishes",
            "owner, conversation_id",
            owner=self._owner,
            conversation_id=conversation_id,
            length=length,
            quoted=quoted,
            writer=storable(writer),
        )

    def begin(self, conversation_id: str) -> None:
        """Give a conversation that begins what was wished for the `NEXT` one."""
        self._database.change(
            "UPDATE answer_wishes SET conversation_id = ? WHERE owner = ? AND conversation_id = ?",
            (conversation_id, self._owner, NEXT),
        )

    def instructions(self) -> str:
        query = "SELECT text FROM instructions WHERE owner = ?"
        return "".join(text for (text,) in self._database.query(query, (self._owner,)))

    def set_instructions(self, text: str) -> None:
        said = storable(text.strip()[:MAX_INSTRUCTIONS_LETTERS])
        self._database.put("instructions", "owner", owner=self._owner, text=said)

    def prompts(self) -> list[tuple[int, str]]:
        """Return what is saved to be asked again, each with its number, the latest first."""
        query = "SELECT row, text FROM prompts WHERE owner = ? ORDER BY row DESC"
        return [(int(row), str(text)) for row, text in self._database.query(query, (self._owner,))]

    def save_prompt(self, text: str) -> bool:
        """Save a prompt; return whether there was room. The same twice is saved once."""
        kept = storable(text.strip()[:MAX_PROMPT_LETTERS])
        if not kept:
            return False
        with self._database.write() as db:
            done = db.execute(
                "INSERT INTO prompts (owner, text) SELECT ?, ? WHERE"
                " (SELECT count(*) FROM prompts WHERE owner = ?) < ? ON CONFLICT DO NOTHING",
                (self._owner, kept, self._owner, MAX_PROMPTS),
            )
            known = "SELECT 1 FROM prompts WHERE owner = ? AND text = ?"
            return done.rowcount > 0 or db.value(known, (self._owner, kept)) is not None

    def remove_prompt(self, number: int) -> None:
        query = "DELETE FROM prompts WHERE owner = ? AND row = ?"
        self._database.change(query, (self._owner, number))


class PersonalStores:
    """All that is kept of `owner`; `may_show` is as `UserRows` says."""

    def __init__(
        self,
        users: UserDatabase,
        servers: ServerMarks,
        *,
        owner: str = "",
        may_show: MayShow | None = None,
    ) -> None:
        self.conversations = Conversations(users, owner=owner, may_show=may_show)
        self.reports = Reports(users, owner=owner, may_show=may_show)
        self.shares = Shares(users, owner=owner, may_show=may_show)
        self.pins = Pins(users, owner=owner, may_show=may_show)
        self.preferences = Preferences(users, owner=owner)
        self.growing = GrowingAnswers(users, servers, owner=owner)
        self.left_out = LeftOut(users, hidden=may_show is not None)
