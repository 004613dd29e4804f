"""The exchanges of a conversation as a tree, in SQL: each follows another, one is the last shown.

A question that is edited or asked anew stands beside the former one: nothing is overwritten. Knows
rows and their ids; knows nothing of what was said, or of whose it is.
"""

from __future__ import annotations

from typing import Final

from rag.storage.database.user_database import Transaction

_PATH: Final = (
    "WITH RECURSIVE path (row, id, parent) AS ("
    " SELECT row, id, parent FROM exchanges WHERE conversation_id = :talk AND id = :last"
    " UNION ALL SELECT e.row, e.id, e.parent FROM exchanges e JOIN path p ON e.id = p.parent"
    " WHERE e.conversation_id = :talk)"
    " SELECT row FROM path ORDER BY row"
)
_NEWEST_BELOW: Final = (
    "WITH RECURSIVE below (row, id) AS ("
    " SELECT row, id FROM exchanges WHERE conversation_id = :talk AND id = :first"
    " UNION ALL SELECT e.row, e.id FROM exchanges e JOIN below b ON e.parent = b.id"
    " WHERE e.conversation_id = :talk)"
    " SELECT id FROM below ORDER BY row DESC LIMIT 1"
)


def head_of(db: Transaction, conversation_id: str) -> str:
    """Return the id of the last exchange that is shown; "" where there is none."""
    row = db.execute("SELECT head FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return str(row[0]) if row else ""


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
    row = db.execute(_NEWEST_BELOW, names).fetchone()
    return None if row is None else str(row[0])


def beside_each_other(db: Transaction, conversation_id: str) -> list[tuple[str, ...]]:
    """Return the ids of exchanges that follow the same one, the oldest first."""
    groups: dict[str, list[str]] = {}
    rows = "SELECT parent, id FROM exchanges WHERE conversation_id = ? ORDER BY row"
    for parent, exchange_id in db.execute(rows, (conversation_id,)):
        groups.setdefault(parent, []).append(exchange_id)
    return [tuple(group) for group in groups.values()]


def first_question(db: Transaction, conversation_id: str) -> str | None:
    """Return the first question that is shown."""
    rows = path_to(db, conversation_id, head_of(db, conversation_id))
    if not rows:
        return None
    row = db.execute("SELECT question FROM exchanges WHERE row = ?", rows[:1]).fetchone()
    return str(row[0])
