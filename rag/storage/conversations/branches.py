"""The exchanges of a conversation as a tree, in SQL: each follows another, one is the last shown.

A question that is edited or asked anew stands beside the former one: nothing is overwritten. Each
change counts, and a conversation is named by its first question. Knows rows and their ids; knows
nothing of answers, or of whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rag.storage.conversations.exchange import UNNAMED
from rag.storage.database.catalog import storable
from rag.storage.database.user_database import Transaction

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
_NEWEST_BELOW: Final = f"{_BELOW} SELECT id FROM below ORDER BY row DESC LIMIT 1"  # noqa: S608 - ours
_DELETE_BELOW: Final = f"DELETE FROM exchanges WHERE row IN ({_BELOW} SELECT row FROM below)"  # noqa: S608 - as above


def head_of(db: Transaction, conversation_id: str) -> str:
    """Return the id of the last exchange that is shown; "" where there is none."""
    return str(db.value("SELECT head FROM conversations WHERE id = ?", (conversation_id,)) or "")


def set_head(db: Transaction, conversation_id: str, exchange_id: str) -> None:
    db.execute("UPDATE conversations SET head = ? WHERE id = ?", (exchange_id, conversation_id))


def path_to(db: Transaction, conversation_id: str, exchange_id: str) -> list[int]:
    """Return the rows from the first exchange to this one; what follows comes later in the file."""
    names = {"talk": conversation_id, "last": exchange_id}
    return [row for (row,) in db.execute(_PATH, names)]


def newest_below(db: Transaction, conversation_id: str, exchange_id: str) -> str | None:
    """Return the newest exchange that goes on from this one, or it; None where it is unknown.

    Nothing follows the newest: it is younger than all that it follows.
    """
    names = {"talk": conversation_id, "first": exchange_id}
    newest: str | None = db.value(_NEWEST_BELOW, names)
    return newest


def parent_of(db: Transaction, conversation_id: str, exchange_id: str) -> str | None:
    """Return the id of the exchange that this one follows ("" none); None where it is unknown."""
    query = "SELECT parent FROM exchanges WHERE conversation_id = ? AND id = ?"
    parent: str | None = db.value(query, (conversation_id, exchange_id))
    return parent


def is_all(db: Transaction, conversation_id: str, exchange_id: str) -> bool:
    """Tell whether a conversation has nothing but this exchange and what follows it."""
    query = "SELECT count(*) FROM exchanges WHERE conversation_id = ? AND parent = ''"
    return (
        db.value(query, (conversation_id,)) == 1
        and parent_of(db, conversation_id, exchange_id) == ""
    )


def remove(db: Transaction, conversation_id: str, exchange_id: str) -> None:
    """Delete an exchange and all that follows it."""
    names = {"talk": conversation_id, "first": exchange_id}
    db.execute(_DELETE_BELOW, names)


def newest(db: Transaction, conversation_id: str) -> str:
    """Return the id of the exchange that came last; "" where there is none."""
    query = "SELECT id FROM exchanges WHERE conversation_id = ? ORDER BY row DESC LIMIT 1"
    return str(db.value(query, (conversation_id,)) or "")


def siblings(db: Transaction, conversation_id: str) -> list[tuple[str, ...]]:
    """Return the ids of exchanges that follow the same one, the oldest first."""
    groups: dict[str, list[str]] = {}
    rows = "SELECT parent, id FROM exchanges WHERE conversation_id = ? ORDER BY row"
    for parent, exchange_id in db.execute(rows, (conversation_id,)):
        groups.setdefault(parent, []).append(exchange_id)
    return [tuple(group) for group in groups.values()]


def first_question(db: Transaction, conversation_id: str) -> str | None:
    """Return the first question that is shown."""
    rows = path_to(db, conversation_id, head_of(db, conversation_id))
    query = "SELECT question FROM exchanges WHERE row = ?"
    question: str | None = db.value(query, rows[:1]) if rows else None
    return question


def note_change(db: Transaction, conversation_id: str) -> None:
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


def name_of(question: str) -> str:
    return storable(" ".join(question.split())[:NAME_LETTERS]) or UNNAMED


@contextmanager
def changing(db: Transaction, conversation_id: str) -> Iterator[None]:
    """Note a change of a conversation; what is named by its first question is so afterwards."""
    former = first_question(db, conversation_id)
    yield
    first = first_question(db, conversation_id)
    if former is not None and first is not None and first != former:
        db.execute(
            "UPDATE conversations SET name = ? WHERE id = ? AND name = ?",
            (name_of(first), conversation_id, name_of(former)),
        )
    note_change(db, conversation_id)
