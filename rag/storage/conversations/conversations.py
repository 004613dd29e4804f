"""Conversations, kept in the database: what was asked, and each answer as it was given.

The exchanges of one are a tree: each follows another, one is the last shown. A question that is
edited or asked anew stands beside the former one: nothing is overwritten. Each change counts, and a
conversation is named by its first question. Knows nothing of how they are shown.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from rag.storage.conversations.exchange import (
    UNNAMED,
    Exchange,
    QuestionHead,
    UserRows,
    exchange_body,
    exchange_of,
    head_of,
    withheld,
)
from rag.storage.database.catalog import storable
from rag.storage.database.user_database import Transaction

IN: Final = "in:"
"""Begins an entry of a scope that names a file or a folder."""


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

        It follows the one of the id `after` ("" none, None the last shown), beside what does so
        already. It brings a deleted conversation back; one of somebody else stays as it is.
        """
        with self._database.write() as db:
            made = db.execute(
                "INSERT INTO conversations (id, name, changed_s, owner) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET changed_s = excluded.changed_s"
                " WHERE conversations.owner = excluded.owner",
                (conversation_id, _name_of(exchange.question), self._now(), self._owner),
            )
            if not made.rowcount:
                return
            answer = exchange.answer.text if exchange.answer else ""
            texts = (storable(exchange.question), storable(answer), storable(exchange.failure))
            values = (*texts, exchange_body(exchange), conversation_id, exchange.id)
            done = db.execute(
                "UPDATE exchanges SET question = ?, answer = ?, told = ?, body = ?"
                " WHERE conversation_id = ? AND id = ?",
                values,
            )
            if done.rowcount:
                _note_change(db, conversation_id)
                return
            with _changing(db, conversation_id):
                self._set(db, conversation_id, "deleted = FALSE")
                head = _head(db, conversation_id)
                db.execute(
                    "INSERT INTO exchanges (question, answer, told, body, conversation_id, id,"
                    " parent) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*values, head if after is None else after),
                )
                _set_head(db, conversation_id, exchange.id)

    def go_to(self, conversation_id: str, exchange_id: str) -> bool:
        """Show the branch of an exchange, to its newest end; return whether there is one."""
        with self._database.write() as db:
            newest = _newest_below(db, conversation_id, exchange_id)
            if newest is None or not self._owns(db, conversation_id):
                return False
            with _changing(db, conversation_id):
                _set_head(db, conversation_id, newest)
        return True

    def remove(self, conversation_id: str, exchange_id: str) -> bool:
        """Hide an exchange and what follows it, as by `delete`; with the only one the conversation.

        They lie in a deleted conversation by the id of the exchange, which stands where it did.
        """
        with self._database.write() as db:
            if not self._owns(db, conversation_id):
                return False
            query = "SELECT id, parent FROM exchanges WHERE conversation_id = ? ORDER BY row DESC"
            parents = {row[0]: row[1] for row in db.execute(query, (conversation_id,))}
            parent = parents.get(exchange_id)
            if parent == "" and [*parents.values()].count("") == 1:
                self._set(db, conversation_id, "deleted = TRUE")
            elif parent is not None:
                with _changing(db, conversation_id):
                    names = {"talk": conversation_id, "first": exchange_id}
                    gone = {key for (key,) in db.execute(f"{_BELOW} SELECT id FROM below", names)}
                    _delete(db, "deleted AND owner = ?", (self._owner,))
                    db.execute(
                        "INSERT INTO conversations (id, name, changed_s, owner, head, deleted)"
                        " SELECT :first, name, changed_s, owner, head, TRUE FROM conversations"
                        " WHERE id = :talk",
                        names,
                    )
                    db.execute(
                        "UPDATE exchanges SET conversation_id = :first"
                        f" WHERE row IN ({_BELOW} SELECT row FROM below)",
                        names,
                    )
                    last = next(key for key in parents if key not in gone)
                    shown = _newest_below(db, conversation_id, parent) or last
                    _set_head(db, conversation_id, shown)
        return parent is not None

    def versions(self, conversation_id: str) -> dict[str, tuple[str, ...]]:
        """Return by the id of an exchange those beside it, itself among them, the oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT e.id, e.parent FROM exchanges e JOIN conversations c"
                " ON c.id = e.conversation_id"
                " WHERE c.id = ? AND c.owner = ? AND NOT c.deleted ORDER BY e.row",
                (conversation_id, self._owner),
            ).fetchall()
        beside: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for exchange_id, parent in rows:
            beside[parent] += (exchange_id,)
        return {exchange_id: beside[parent] for exchange_id, parent in rows}

    def _owns(self, db: Transaction, conversation_id: str) -> bool:
        query = "SELECT 1 FROM conversations WHERE id = ? AND owner = ? AND NOT deleted"
        return db.value(query, (conversation_id, self._owner)) is not None

    def get(self, conversation_id: str, *, last: str | None = None) -> list[Exchange]:
        """Return the exchanges shown, or those that lead to `last`; [] for an unknown id."""
        return self._shown(self._branch(conversation_id, last, alone=False))

    def exchange(self, conversation_id: str, exchange_id: str) -> Exchange | None:
        """Return one exchange, of any branch; None for an id that is unknown or deleted."""
        alone = self._may_show is None  # else what leads to it tells what of it may be read
        found = self._shown(self._branch(conversation_id, exchange_id, alone=alone))
        return found[-1] if found else None

    def _branch(self, conversation_id: str, last: str | None, *, alone: bool) -> list[Exchange]:
        """Return what leads to the exchange `last`, or it `alone`; None: to the last shown."""
        with self._database.read() as db:
            if not self._owns(db, conversation_id):
                return []
            end = _head(db, conversation_id) if last is None else last
            rows = _path_to(db, conversation_id, end)
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
        bodies = self._database.query(
            "SELECT body FROM exchanges WHERE conversation_id IN"
            " (SELECT id FROM conversations WHERE owner = ?)",
            (self._owner,),
        )
        return [head_of(body) for (body,) in bodies]

    def record(self, conversation_id: str) -> ConversationRecord | None:
        with self._database.read() as db:
            return next(iter(_records(db, "AND c.id = ?", (self._owner, conversation_id))), None)

    def records(self, words: str = "") -> list[ConversationRecord]:
        """Return those that hold all `words` in name, questions or answers, latest first."""
        letters = str.maketrans({letter: f"\\{letter}" for letter in r"\%_"})
        patterns = [f"%{storable(word).translate(letters)}%" for word in words.split()]
        values = [self._owner, *(one for one in patterns for _ in range(3))]
        with self._database.read() as db:
            found = _records(db, " ".join([_HOLDS] * len(patterns)), values)
        if self._may_show is None or not patterns:
            return found
        return [record for record in found if self._tells(record, words)]

    def _tells(self, record: ConversationRecord, words: str) -> bool:
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
            return self._set(db, conversation_id, "name = coalesce(nullif(?, ''), name)", short)

    def entitle(self, conversation_id: str, question: str, title: str) -> None:
        """Rename a conversation that is still named by its first question."""
        record = self.record(conversation_id)
        if record is not None and record.name == _name_of(question):
            self.rename(conversation_id, title)

    def revision(self) -> int:
        """Return a number that grows with every change of what this person said and was told."""
        query = "SELECT revision FROM revisions WHERE owner = ?"
        return sum(number for (number,) in self._database.query(query, (self._owner,)))

    def changed_since(self, revision: int) -> dict[str, str]:
        """Return what changed after a revision, also deleted: by id the last exchange."""
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
            return self._set(db, conversation_id, "scope = ?", storable("\n".join(entries)))

    def rename_folder(self, old: str, new: str) -> None:
        """Let what anybody asks of a folder (`a/`), or in it, follow its new name."""
        query = "SELECT id, scope FROM conversations WHERE scope <> ''"
        with self._database.write() as db:
            for conversation_id, scope in db.execute(query).fetchall():
                entries = scope.split("\n")
                renamed = [
                    f"{IN}{new}{e.removeprefix(IN + old)}" if e.startswith(IN + old) else e
                    for e in entries
                ]
                if renamed != entries:
                    values = ("\n".join(renamed), conversation_id)
                    db.execute("UPDATE conversations SET scope = ? WHERE id = ?", values)
                    _note_change(db, conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Hide a conversation until `restore` or `purge`; those hidden earlier are gone."""
        with self._database.write() as db:
            _delete(db, "deleted AND owner = ?", (self._owner,))
            self._set(db, conversation_id, "deleted = TRUE")

    def restore(self, conversation_id: str, exchange_id: str = "", *, shows: bool = True) -> None:
        """Bring back what was deleted, or what was removed of a conversation from an exchange on.

        `shows`: the conversation stands where it stood then.
        """
        with self._database.write() as db:
            if not exchange_id:
                self._set(db, conversation_id, "deleted = FALSE")
                return
            query = (
                "SELECT c.head FROM conversations c JOIN exchanges e ON e.conversation_id = c.id"
                " WHERE c.id = ? AND e.id = c.id AND c.owner = ? AND c.deleted"
            )
            head = db.value(query, (exchange_id, self._owner))
            if head is None or not self._owns(db, conversation_id):
                return
            with _changing(db, conversation_id):
                query = "UPDATE exchanges SET conversation_id = ? WHERE conversation_id = ?"
                db.execute(query, (conversation_id, exchange_id))
                _delete(db, "id = ?", (exchange_id,))
                if shows:
                    _set_head(db, conversation_id, head)

    def _set(self, db: Transaction, conversation_id: str, what: str, *values: str) -> bool:
        """Change a conversation of this person; return whether there is one."""
        query = f"UPDATE conversations SET {what} WHERE id = ? AND owner = ?"
        done = db.execute(query, (*values, conversation_id, self._owner))
        _note_change(db, conversation_id)
        return done.rowcount > 0

    def purge(self) -> None:
        """Delete for good what anybody deleted."""
        with self._database.write() as db:
            _delete(db, "deleted", ())


def _delete(db: Transaction, which: str, values: Sequence[object]) -> None:
    gone = f"conversation_id IN (SELECT id FROM conversations WHERE {which})"
    db.execute(f"DELETE FROM answer_wishes WHERE {gone}", values)
    db.execute(f"DELETE FROM conversations WHERE {which}", values)


_SELECT: Final = "SELECT id, question, told, body FROM exchanges"
_COUNTED: Final = (
    "SELECT c.id, c.name, c.changed_s, (SELECT count(*) FROM exchanges e WHERE"
    " e.conversation_id = c.id) FROM conversations c WHERE NOT c.deleted AND c.owner = ?"
)
_HOLDS: Final = (
    r"AND (lower(c.name) LIKE lower(?) ESCAPE '\' OR EXISTS (SELECT 1 FROM exchanges x WHERE"
    r" x.conversation_id = c.id AND (lower(x.question) LIKE lower(?) ESCAPE '\'"
    r" OR lower(x.answer) LIKE lower(?) ESCAPE '\')))"
)


def _records(db: Transaction, clause: str, values: Sequence[str]) -> list[ConversationRecord]:
    rows = db.execute(f"{_COUNTED} {clause} ORDER BY c.changed_s DESC, c.id", tuple(values))
    return [
        ConversationRecord(id=key, name=name, changed_s=changed, exchanges=count)
        for key, name, changed, count in rows
    ]


NAME_LETTERS: Final = 120

_PATH: Final = (
    "WITH RECURSIVE path (row, id, parent) AS ("
    " SELECT row, id, parent FROM exchanges WHERE conversation_id = :talk AND id = :last"
    " UNION ALL SELECT e.row, e.id, e.parent FROM exchanges e JOIN path p ON e.id = p.parent"
    " WHERE e.conversation_id = :talk)"
    " SELECT row FROM path ORDER BY row"
)
_BELOW: Final = (
    "WITH RECURSIVE below (row, id) AS ("
    " SELECT row, id FROM exchanges WHERE conversation_id = :talk AND id = :first"
    " UNION ALL SELECT e.row, e.id FROM exchanges e JOIN below b ON e.parent = b.id"
    " WHERE e.conversation_id = :talk)"
)


def _head(db: Transaction, conversation_id: str) -> str:
    """Return the id of the last exchange that is shown; "" where there is none."""
    return str(db.value("SELECT head FROM conversations WHERE id = ?", (conversation_id,)) or "")


def _set_head(db: Transaction, conversation_id: str, exchange_id: str) -> None:
    db.execute("UPDATE conversations SET head = ? WHERE id = ?", (exchange_id, conversation_id))


def _path_to(db: Transaction, conversation_id: str, exchange_id: str) -> list[int]:
    """Return the rows from the first exchange to this one; what follows comes later in the file."""
    names = {"talk": conversation_id, "last": exchange_id}
    return [row for (row,) in db.execute(_PATH, names)]


def _newest_below(db: Transaction, conversation_id: str, exchange_id: str) -> str | None:
    """Return the newest exchange that goes on from this one, or it; None where it is unknown."""
    query = f"{_BELOW} SELECT id FROM below ORDER BY row DESC LIMIT 1"
    newest: str | None = db.value(query, {"talk": conversation_id, "first": exchange_id})
    return newest


def _first_question(db: Transaction, conversation_id: str) -> str | None:
    """Return the first question that is shown."""
    rows = _path_to(db, conversation_id, _head(db, conversation_id))
    query = "SELECT question FROM exchanges WHERE row = ?"
    question: str | None = db.value(query, rows[:1]) if rows else None
    return question


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


def _name_of(question: str) -> str:
    return storable(" ".join(question.split())[:NAME_LETTERS]) or UNNAMED


@contextmanager
def _changing(db: Transaction, conversation_id: str) -> Iterator[None]:
    """Note a change of a conversation; what is named by its first question is so afterwards."""
    former = _first_question(db, conversation_id)
    yield
    first = _first_question(db, conversation_id)
    if former is not None and first is not None and first != former:
        db.execute(
            "UPDATE conversations SET name = ? WHERE id = ? AND name = ?",
            (_name_of(first), conversation_id, _name_of(former)),
        )
    _note_change(db, conversation_id)
