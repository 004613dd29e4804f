"""Conversations, kept in the ledger: what was asked, and each answer as it was given.

Knows questions and answers; knows nothing of how they are shown.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from rag.datamodel import Answer
from rag.index import codec
from rag.index.answer_codec import decode_answer, encode_answer
from rag.index.catalog import storable
from rag.index.ledger import Ledger

NAME_LETTERS: Final = 120
UNNAMED: Final = "A picture"
"""The name of a conversation that begins without words."""

WITHHELD: Final = "This was answered from documents that you may not see any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and its answer; None where it was stopped or failed.

    `picture` is the id of a stored picture that came with it, `region` the name of a part of a
    page, `scope` what was searched, as the person chose it.
    """

    question: str
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord:
    """One conversation for a list of them; `changed_s` is in seconds since 1970."""

    id: str
    name: str
    changed_s: float
    exchanges: int


class Conversations:
    """The conversations of one person in one workspace. Safe for several threads.

    Those of others are not there. `may_show` tells whether a person may still read an answer.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        owner: str = "",
        may_show: Callable[[Answer], bool] = lambda _: True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._owner = owner
        self._may_show = may_show
        self._now = now

    def new_id(self) -> str:
        """Return an id; the conversation exists from its first question on."""
        return secrets.token_hex(8)

    def put(self, conversation_id: str, position: int, exchange: Exchange) -> None:
        """Store an exchange at `position` (from 0); what came there or later is gone.

        A conversation is named by its first question until it is renamed. One of somebody else
        stays as it is.
        """
        name = _name_of(exchange.question)
        answer = exchange.answer.text if exchange.answer else ""
        row = (
            conversation_id,
            position,
            storable(exchange.question),
            storable(answer),
            _body(exchange),
        )
        with self._ledger.write() as db:
            former = _first_question(db, conversation_id) if position == 0 else None
            done = db.execute(
                "INSERT INTO conversations (id, name, changed_s, owner) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET changed_s = excluded.changed_s"
                " WHERE owner = excluded.owner",
                (conversation_id, name, self._now(), self._owner),
            )
            if not done.rowcount:
                return
            db.execute(
                "DELETE FROM exchanges WHERE conversation_id = ? AND position >= ?",
                (conversation_id, position),
            )
            db.execute("INSERT INTO exchanges VALUES (?, ?, ?, ?, ?)", row)
            if former is not None:  # a name that was given stays
                db.execute(
                    "UPDATE conversations SET name = ? WHERE id = ? AND name = ?",
                    (name, conversation_id, _name_of(former)),
                )

    def get(self, conversation_id: str) -> list[Exchange]:
        """Return the exchanges in order; none for an id that is unknown or deleted."""
        with self._ledger.read() as db:
            rows = db.execute(
                "SELECT e.question, e.body FROM exchanges e JOIN conversations c"
                " ON c.id = e.conversation_id WHERE c.id = ? AND c.owner = ? AND NOT c.deleted"
                " ORDER BY e.position",
                (conversation_id, self._owner),
            ).fetchall()
        return [self._shown(_exchange(question, body)) for question, body in rows]

    def _shown(self, exchange: Exchange) -> Exchange:
        answer = exchange.answer
        if answer is None or self._may_show(answer):
            return exchange
        told = Answer(query=answer.query, text=WITHHELD, answered=False, complete=True)
        return replace(exchange, answer=told)

    def asked_with(self, picture: str) -> bool:
        """Tell whether a stored picture came with a question of this person."""
        query = (
            "SELECT e.body FROM exchanges e JOIN conversations c ON c.id = e.conversation_id"
            " WHERE c.owner = ?"
        )
        with self._ledger.read() as db:
            return picture in _pictures(db.execute(query, (self._owner,)))

    def record(self, conversation_id: str) -> ConversationRecord | None:
        with self._ledger.read() as db:
            found = _records(db, "AND c.id = ?", (self._owner, conversation_id))
        return found[0] if found else None

    def records(self, words: str = "") -> list[ConversationRecord]:
        """Return those that hold all `words` in name, questions or answers, latest first."""
        patterns = [f"%{_literal(word)}%" for word in words.split()]
        clause = " ".join([_HOLDS] * len(patterns))
        with self._ledger.read() as db:
            values = [p for pattern in patterns for p in [pattern] * 3]
            return _records(db, clause, [self._owner, *values])

    def rename(self, conversation_id: str, name: str) -> bool:
        """Return whether there is such a conversation; an empty name changes nothing."""
        short = storable(" ".join(name.split())[:NAME_LETTERS])
        with self._ledger.write() as db:
            done = db.execute(
                "UPDATE conversations SET name = ifnull(nullif(?, ''), name)"
                " WHERE id = ? AND owner = ?",
                (short, conversation_id, self._owner),
            )
        return done.rowcount > 0

    def delete(self, conversation_id: str) -> None:
        """Hide a conversation until `restore` or `purge`; those hidden earlier are gone."""
        with self._ledger.write() as db:
            db.execute("DELETE FROM conversations WHERE deleted AND owner = ?", (self._owner,))
            self._mark(db, conversation_id, deleted=True)

    def restore(self, conversation_id: str) -> None:
        with self._ledger.write() as db:
            self._mark(db, conversation_id, deleted=False)

    def _mark(self, db: sqlite3.Connection, conversation_id: str, *, deleted: bool) -> None:
        db.execute(
            "UPDATE conversations SET deleted = ? WHERE id = ? AND owner = ?",
            (deleted, conversation_id, self._owner),
        )

    def purge(self) -> None:
        """Delete for good what anybody deleted."""
        with self._ledger.write() as db:
            db.execute("DELETE FROM conversations WHERE deleted")


def pictures_asked_with(db: sqlite3.Connection) -> set[str]:
    """Return the ids of the stored pictures that came with questions."""
    return _pictures(db.execute(_BODIES))


def _pictures(bodies: Iterable[tuple[bytes]]) -> set[str]:
    heads = (codec.load(body.partition(b"\n")[0]) for (body,) in bodies)
    return {head[0] for head in heads if head[0]}


_BODIES: Final = "SELECT body FROM exchanges"
_COUNTED: Final = (
    "SELECT c.id, c.name, c.changed_s, (SELECT count(*) FROM exchanges e WHERE"
    " e.conversation_id = c.id) FROM conversations c WHERE NOT c.deleted AND c.owner = ?"
)
_HOLDS: Final = (
    r"AND (c.name LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM exchanges x WHERE"
    r" x.conversation_id = c.id AND (x.question LIKE ? ESCAPE '\' OR x.answer LIKE ? ESCAPE '\')))"
)


def _name_of(question: str) -> str:
    return storable(" ".join(question.split())[:NAME_LETTERS]) or UNNAMED


def _first_question(db: sqlite3.Connection, conversation_id: str) -> str | None:
    row = db.execute(
        "SELECT question FROM exchanges WHERE conversation_id = ? AND position = 0",
        (conversation_id,),
    ).fetchone()
    return None if row is None else str(row[0])


def _records(
    db: sqlite3.Connection, clause: str, values: list[str] | tuple[str, ...]
) -> list[ConversationRecord]:
    rows = db.execute(f"{_COUNTED} {clause} ORDER BY c.changed_s DESC, c.id", tuple(values))
    return [
        ConversationRecord(id=key, name=name, changed_s=changed, exchanges=count)
        for key, name, changed, count in rows
    ]


def _literal(word: str) -> str:
    return storable(word).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _body(exchange: Exchange) -> bytes:
    """One line of what came with the question, then the answer, if there is one."""
    head = codec.dump([exchange.picture, exchange.region, exchange.scope])
    return head + b"\n" + (encode_answer(exchange.answer) if exchange.answer else b"")


def _exchange(question: str, body: bytes) -> Exchange:
    head, _, rest = body.partition(b"\n")
    row: Any = codec.load(head)
    came = Exchange(question=question, picture=row[0], region=row[1], scope=tuple(row[2]))
    try:
        return replace(came, answer=decode_answer(rest) if rest else None)
    except (zlib.error, ValueError, KeyError, TypeError):  # written by another version
        return came
