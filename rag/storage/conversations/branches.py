"""The exchanges of a conversation as a tree, in SQL: each follows another, one is the last shown.

A question that is edited or asked anew stands beside the former one: nothing is overwritten. Each
change counts, and a conversation is named by its first question. Knows nothing of answers, or of
whose they are.
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
    """Return the newest exchange that goes on from this one, or it; None where it is unknown."""
    query = f"{_BELOW} SELECT id FROM below ORDER BY row DESC LIMIT 1"
    newest: str | None = db.value(query, {"talk": conversation_id, "first": exchange_id})
    return newest


def remove(db: Transaction, conversation_id: str, exchange_id: str) -> bool | None:
    """Delete an exchange and what follows; None: it is unknown, False: nothing would be left."""
    query = "SELECT id, parent FROM exchanges WHERE conversation_id = ?"
    parents = {row[0]: row[1] for row in db.execute(query, (conversation_id,))}
    parent = parents.get(exchange_id)
    if parent is None:
        return None
    if not parent and list(parents.values()).count("") == 1:
        return False
    with changing(db, conversation_id):
        query = f"DELETE FROM exchanges WHERE row IN ({_BELOW} SELECT row FROM below)"
        db.execute(query, {"talk": conversation_id, "first": exchange_id})
        shown = newest_below(db, conversation_id, parent) or db.value(
            "SELECT id FROM exchanges WHERE conversation_id = ? ORDER BY row DESC LIMIT 1",
            (conversation_id,),
        )
        set_head(db, conversation_id, shown)
    return True


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
