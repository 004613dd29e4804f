"""Conversations, kept in the database: what was asked, and each answer as it was given.

Knows questions and answers; knows nothing of how they are shown.
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from rag.datamodel import Answer
from rag.storage.conversations import branches
from rag.storage.conversations.user_rows import UserRows
from rag.storage.database.catalog import storable
from rag.storage.database.user_database import Transaction
from rag.storage.documents import codec
from rag.storage.documents.answer_codec import decode_answer, encode_answer

NAME_LETTERS: Final = 120
UNNAMED: Final = "A picture"
"""The name of a conversation that begins without words."""

WITHHELD: Final = "This was answered from documents that you may not see any more."

IN: Final = "in:"
"""Begins an entry of a scope that names a file or a folder."""


class KeptAttachment(Struct, frozen=True, kw_only=True, array_like=True):
    """A file that came with a question: its id among what was attached, and what it was called.

    `picture` is the id of its stored picture, "" where it has none. Without a `doc_id` it could
    not be read.
    """

    doc_id: str
    name: str
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and its answer; None while none has come, and where it was stopped or failed.

    `id` is its own in its conversation: an answer to the same question asked anew has another.
    `told` stands in place of an answer: why there is none.
    `attachments` came with it, or with one before it that it goes on from. `picture` is the id of
    a stored picture that came with a question of earlier versions, `region` the name of a part of
    a page, `scope` what was searched, as the person chose it.
    """

    id: str
    question: str
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()
    attachments: tuple[KeptAttachment, ...] = ()
    answer: Answer | None = None
    told: str = ""


class QuestionHead(Struct, array_like=True):
    """What came with a question; in earlier versions no attachments."""

    picture: str
    region: str
    scope: tuple[str, ...]
    attachments: tuple[KeptAttachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord:
    """One conversation for a list of them; `changed_s` is in seconds since 1970."""

    id: str
    name: str
    changed_s: float
    exchanges: int


class Conversations(UserRows):
    """The conversations of one person in one workspace. Those of others are not there."""

    def new_id(self) -> str:
        """Return an id of a conversation, which exists from its first question on, or exchange."""
        return secrets.token_hex(8)

    def put(self, conversation_id: str, exchange: Exchange, *, after: str | None = None) -> None:
        """Store an exchange as it is by now; a new one becomes the last that is shown.

        It follows the one of the id `after`: "" none, None the last that is shown. What follows
        the same one stands beside it: see `versions`. A question brings a deleted conversation
        back. A conversation is named by its first question until it is renamed. One of somebody
        else stays as it is.
        """
        with self._database.write() as db:
            if not self._touch(db, conversation_id, _name_of(exchange.question)):
                return
            _note_change(db, conversation_id)
            answer = exchange.answer.text if exchange.answer else ""
            told = (storable(exchange.question), storable(answer), storable(exchange.told))
            values = (*told, exchange_body(exchange), conversation_id, exchange.id)
            if db.execute(_UPDATE, values).rowcount:
                return
            former = branches.first_question(db, conversation_id)
            self._mark(db, conversation_id, deleted=False)
            head = branches.head_of(db, conversation_id)
            db.execute(_APPEND, (*values, head if after is None else after))
            branches.set_head(db, conversation_id, exchange.id)
            _name_anew(db, conversation_id, former)

    def go_to(self, conversation_id: str, exchange_id: str) -> bool:
        """Show the branch of an exchange, to its newest end; return whether there is one."""
        with self._database.write() as db:
            newest = branches.newest_below(db, conversation_id, exchange_id)
            if newest is None or not self._owns(db, conversation_id):
                return False
            former = branches.first_question(db, conversation_id)
            branches.set_head(db, conversation_id, newest)
            _name_anew(db, conversation_id, former)
            _note_change(db, conversation_id)
        return True

    def remove(self, conversation_id: str, exchange_id: str) -> bool:
        """Delete an exchange and all that follows it; return whether there was one.

        Shown is then the newest that follows the same one as it did, or that one. Where nothing is
        left the conversation is hidden instead: see `delete`.
        """
        with self._database.write() as db:
            if not self._owns(db, conversation_id):
                return False
            parent = branches.parent_of(db, conversation_id, exchange_id)
            if parent is None:
                return False
            if branches.is_all(db, conversation_id, exchange_id):
                self._mark(db, conversation_id, deleted=True)
                return True
            former = branches.first_question(db, conversation_id)
            branches.remove(db, conversation_id, exchange_id)
            newest = branches.newest_below(db, conversation_id, parent) if parent else None
            branches.set_head(db, conversation_id, newest or branches.newest(db, conversation_id))
            _name_anew(db, conversation_id, former)
            _note_change(db, conversation_id)
        return True

    def versions(self, conversation_id: str) -> dict[str, tuple[str, ...]]:
        """Return by the id of an exchange those beside it, itself among them, the oldest first."""
        with self._database.read() as db:
            if not self._owns(db, conversation_id):
                return {}
            groups = branches.beside_each_other(db, conversation_id)
        return {exchange_id: group for group in groups for exchange_id in group}

    def _owns(self, db: Transaction, conversation_id: str) -> bool:
        query = "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND NOT deleted"
        return db.execute(query, (conversation_id, self._owner)).fetchone() is not None

    def _touch(self, db: Transaction, conversation_id: str, name: str) -> bool:
        """Make or date a conversation; tell whether it is this person's."""
        done = db.execute(
            "INSERT INTO conversations (id, name, changed_s, owner) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET changed_s = excluded.changed_s"
            " WHERE conversations.owner = excluded.owner",
            (conversation_id, name, self._now(), self._owner),
        )
        return done.rowcount > 0

    def get(self, conversation_id: str, *, last: str | None = None) -> list[Exchange]:
        """Return the exchanges that are shown, in order; none for an id unknown or deleted.

        With `last` (an id) those that lead to this exchange.
        """
        return self._shown(self._told(conversation_id, last))

    def exchange(self, conversation_id: str, exchange_id: str) -> Exchange | None:
        """Return one exchange, of any branch; None for an id that is unknown or deleted."""
        alone = self._may_show is None  # else what leads to it tells what of it may be read
        found = self._shown(self._told(conversation_id, exchange_id, alone=alone))
        return found[-1] if found else None

    def _told(
        self, conversation_id: str, last: str | None, *, alone: bool = False
    ) -> list[Exchange]:
        """Return what leads to the exchange `last`, or it `alone`; None: to the last shown."""
        with self._database.read() as db:
            if not self._owns(db, conversation_id):
                return []
            end = branches.head_of(db, conversation_id) if last is None else last
            rows = branches.path_to(db, conversation_id, end)
            wanted = rows[-1:] if alone else rows
            places = ", ".join("?" * len(wanted)) or "NULL"
            found = db.execute(f"{_SELECT} WHERE row IN ({places}) ORDER BY row", wanted)
            return [exchange_of(*row) for row in found]

    def _shown(self, exchanges: Sequence[Exchange]) -> list[Exchange]:
        """Withhold answers; what is searched for later may be told by the words of one."""
        shown: list[Exchange] = []
        is_past = False
        for exchange in exchanges:
            answer = exchange.answer
            if answer is not None and not self._may_read(answer):
                is_past = True
                answer = withheld(answer)
            elif answer is not None and is_past:
                answer = replace(answer, standalone_query="")
            shown.append(replace(exchange, answer=answer))
        return shown

    def asked_with(self, picture: str) -> bool:
        """Tell whether a stored picture came with a question of this person."""
        return any(head.picture == picture for head in self._heads())

    def attached(self) -> dict[str, str]:
        """Return what this person called the files that came with their questions, by id."""
        kept = [each for head in self._heads() for each in head.attachments]
        return {each.doc_id: each.name for each in kept if each.doc_id}

    def _heads(self) -> list[QuestionHead]:
        query = (
            "SELECT e.body FROM exchanges e JOIN conversations c ON c.id = e.conversation_id"
            " WHERE c.owner = ?"
        )
        return [head_of(body) for (body,) in self._database.query(query, (self._owner,))]

    def record(self, conversation_id: str) -> ConversationRecord | None:
        with self._database.read() as db:
            found = _records(db, "AND c.id = ?", (self._owner, conversation_id))
        return found[0] if found else None

    def records(self, words: str = "") -> list[ConversationRecord]:
        """Return those that hold all `words` in name, questions or answers, latest first."""
        with self._database.read() as db:
            found = _holding(db, self._owner, words, answers=True)
            if self._may_show is None:
                return found
            asked = {record.id for record in _holding(db, self._owner, words, answers=False)}
        return [record for record in found if record.id in asked or self._tells(record, words)]

    def _tells(self, record: ConversationRecord, words: str) -> bool:
        """Tell whether all `words` stand in what the person may read of a conversation."""
        parts = [record.name]
        for row in self._database.query(f"{_SELECT} WHERE conversation_id = ?", (record.id,)):
            exchange = exchange_of(*row)
            answer = exchange.answer
            may_read = answer is not None and self._may_read(answer)
            parts += [exchange.question, answer.text if answer and may_read else ""]
        said = "\n".join(parts).casefold()
        return all(word.casefold() in said for word in words.split())

    def rename(self, conversation_id: str, name: str) -> bool:
        """Return whether there is such a conversation; an empty name changes nothing."""
        short = storable(" ".join(name.split())[:NAME_LETTERS])
        with self._database.write() as db:
            done = db.execute(
                "UPDATE conversations SET name = coalesce(nullif(?, ''), name)"
                " WHERE id = ? AND owner = ?",
                (short, conversation_id, self._owner),
            )
            _note_change(db, conversation_id)
        return done.rowcount > 0

    def entitle(self, conversation_id: str, question: str, title: str) -> None:
        """Rename a conversation that is still named by its first question."""
        if _named_by(self.record(conversation_id), question):
            self.rename(conversation_id, title)

    def revision(self) -> int:
        """Return a number that grows with every change of what this person said and was told."""
        query = "SELECT revision FROM revisions WHERE owner = ?"
        return sum(number for (number,) in self._database.query(query, (self._owner,)))

    def changed_since(self, revision: int) -> dict[str, str]:
        """Return the conversations that changed after a revision: by id their last exchange.

        The latest first. One that was deleted is among them until it is purged.
        """
        query = (
            "SELECT id, head FROM conversations WHERE owner = ? AND revision > ?"
            " ORDER BY revision DESC"
        )
        return dict(self._database.query(query, (self._owner, revision)))

    def scope(self, conversation_id: str) -> tuple[str, ...]:
        """Return the entries that a conversation is asked of; none: everything."""
        query = "SELECT scope FROM conversations WHERE id = ? AND owner = ?"
        rows = self._database.query(query, (conversation_id, self._owner))
        return tuple(entry for (scope,) in rows if scope for entry in scope.split("\n"))

    def set_scope(self, conversation_id: str, entries: Sequence[str]) -> bool:
        """Let a conversation be asked of these entries; return whether there is such a one."""
        with self._database.write() as db:
            done = db.execute(
                "UPDATE conversations SET scope = ? WHERE id = ? AND owner = ?",
                (storable("\n".join(entries)), conversation_id, self._owner),
            )
            _note_change(db, conversation_id)
        return done.rowcount > 0

    def rename_folder(self, old: str, new: str) -> None:
        """Let what anybody asks of a folder (`a/`), or in it, follow its new name."""
        query = "SELECT id, scope FROM conversations WHERE scope <> ''"
        with self._database.write() as db:
            for conversation_id, scope in db.execute(query).fetchall():
                entries = scope.split("\n")
                renamed = [
                    re.sub(f"^{re.escape(IN + old)}", lambda _: IN + new, e) for e in entries
                ]
                if renamed != entries:
                    values = ("\n".join(renamed), conversation_id)
                    db.execute("UPDATE conversations SET scope = ? WHERE id = ?", values)
                    _note_change(db, conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Hide a conversation until `restore` or `purge`; those hidden earlier are gone."""
        with self._database.write() as db:
            _delete(db, "deleted AND owner = ?", (self._owner,))
            self._mark(db, conversation_id, deleted=True)

    def restore(self, conversation_id: str) -> None:
        with self._database.write() as db:
            self._mark(db, conversation_id, deleted=False)

    def _mark(self, db: Transaction, conversation_id: str, *, deleted: bool) -> None:
        db.execute(
            "UPDATE conversations SET deleted = ? WHERE id = ? AND owner = ?",
            (deleted, conversation_id, self._owner),
        )
        _note_change(db, conversation_id)

    def purge(self) -> None:
        """Delete for good what anybody deleted."""
        with self._database.write() as db:
            _delete(db, "deleted", ())


def _delete(db: Transaction, which: str, values: Sequence[object]) -> None:
    """Delete conversations, with what is wished for the answers of each."""
    gone = f"conversation_id IN (SELECT id FROM conversations WHERE {which})"  # noqa: S608 - a condition of ours
    db.execute(f"DELETE FROM answer_wishes WHERE {gone}", values)  # noqa: S608 - as above
    db.execute(f"DELETE FROM conversations WHERE {which}", values)  # noqa: S608 - as above


def _note_change(db: Transaction, conversation_id: str) -> None:
    """Count a change of a person's conversations; this one holds the count of its last."""
    db.execute(
        "INSERT INTO revisions SELECT owner, 1 FROM conversations WHERE id = ?"
        " ON CONFLICT (owner) DO UPDATE SET revision = revisions.revision + 1",
        (conversation_id,),
    )
    db.execute(
        "UPDATE conversations SET revision = (SELECT revision FROM revisions r"
        " WHERE r.owner = conversations.owner) WHERE id = ?",
        (conversation_id,),
    )


def head_of(body: bytes) -> QuestionHead:
    """Return what came with a question; nothing where that is damaged."""
    try:
        return codec.load(body.partition(b"\n")[0], QuestionHead)
    except ValueError:
        return QuestionHead("", "", ())


_UPDATE: Final = (
    "UPDATE exchanges SET question = ?, answer = ?, told = ?, body = ?"
    " WHERE conversation_id = ? AND id = ?"
)
_APPEND: Final = (
    "INSERT INTO exchanges (question, answer, told, body, conversation_id, id, parent)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_SELECT: Final = "SELECT id, question, told, body FROM exchanges"
_COUNTED: Final = (
    "SELECT c.id, c.name, c.changed_s, (SELECT count(*) FROM exchanges e WHERE"
    " e.conversation_id = c.id) FROM conversations c WHERE NOT c.deleted AND c.owner = ?"
)
_HOLDS: Final = (
    r"AND (lower(c.name) LIKE lower(?) ESCAPE '\' OR EXISTS (SELECT 1 FROM exchanges x WHERE"
    r" x.conversation_id = c.id AND (lower(x.question) LIKE lower(?) ESCAPE '\'"
    r" OR ? AND lower(x.answer) LIKE lower(?) ESCAPE '\')))"
)


def _name_of(question: str) -> str:
    return storable(" ".join(question.split())[:NAME_LETTERS]) or UNNAMED


def _named_by(record: ConversationRecord | None, question: str) -> bool:
    return record is not None and record.name == _name_of(question)


def _name_anew(db: Transaction, conversation_id: str, former: str | None) -> None:
    """Name a conversation by its first question by now; a name that was given stays."""
    first = branches.first_question(db, conversation_id)
    if former is not None and first is not None and first != former:
        db.execute(
            "UPDATE conversations SET name = ? WHERE id = ? AND name = ?",
            (_name_of(first), conversation_id, _name_of(former)),
        )


def _records(
    db: Transaction, clause: str, values: Sequence[str | bool]
) -> list[ConversationRecord]:
    rows = db.execute(f"{_COUNTED} {clause} ORDER BY c.changed_s DESC, c.id", tuple(values))
    return [
        ConversationRecord(id=key, name=name, changed_s=changed, exchanges=count)
        for key, name, changed, count in rows
    ]


def _holding(db: Transaction, owner: str, words: str, *, answers: bool) -> list[ConversationRecord]:
    """Return those that hold all `words` in name or questions, or in `answers` too."""
    patterns = [f"%{_literal(word)}%" for word in words.split()]
    clause = " ".join([_HOLDS] * len(patterns))
    values = [value for one in patterns for value in (one, one, answers, one)]
    return _records(db, clause, [owner, *values])


def _literal(word: str) -> str:
    return storable(word).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def exchange_body(exchange: Exchange) -> bytes:
    """One line of what came with the question, then the answer, if there is one."""
    head = QuestionHead(exchange.picture, exchange.region, exchange.scope, exchange.attachments)
    return codec.dump(head) + b"\n" + (encode_answer(exchange.answer) if exchange.answer else b"")


def is_readable_exchange(body: bytes) -> bool:
    """Tell whether all that is stored of a question and its answer can be read."""
    head, _, answer = body.partition(b"\n")
    try:
        codec.load(head, QuestionHead)
        return not answer or decode_answer(answer) is not None
    except _UNREADABLE:
        return False


def withheld(answer: Answer) -> Answer:
    """Return what stands in place of an answer that a person may not read."""
    query = replace(answer.query, text=answer.query.text or UNNAMED, region=None)
    return Answer(query=query, text=WITHHELD, answered=False, complete=True)


def exchange_of(exchange_id: str, question: str, told: str, body: bytes) -> Exchange:
    """Return an exchange, without its answer where that can't be read."""
    came = Exchange(id=exchange_id, question=question, told=told, **asdict(head_of(body)))
    rest = body.partition(b"\n")[2]
    try:
        return replace(came, answer=decode_answer(rest) if rest else None)
    except _UNREADABLE:
        return came


_UNREADABLE: Final = (zlib.error, ValueError, KeyError, TypeError)
"""What a damaged answer raises, or one that another version wrote."""
