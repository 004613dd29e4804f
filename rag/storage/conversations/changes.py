"""What changed of one person's conversations, and what each is asked of, in SQL.

The ledger counts each person's changes; a conversation holds the count of its last one. Knows rows
and ids; knows nothing of what was said.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.storage.database.catalog import storable
from rag.storage.database.transactions import Transaction


def revision(db: Transaction, owner: str) -> int:
    """Return a number that grows with every change of this person's conversations."""
    row = db.execute("SELECT revision FROM revisions WHERE owner = ?", (owner,)).fetchone()
    return int(row[0]) if row else 0


def changed_since(db: Transaction, owner: str, number: int) -> dict[str, str]:
    """Return the conversations that changed after revision `number`: by id the last exchange.

    The latest first. One that was deleted is among them until it is purged.
    """
    rows = db.execute(
        "SELECT id, head FROM conversations WHERE owner = ? AND revision > ?"
        " ORDER BY revision DESC",
        (owner, number),
    )
    return dict(rows)


def scope_of(db: Transaction, owner: str, conversation_id: str) -> tuple[str, ...]:
    """Return the entries that a conversation is asked of; none: everything."""
    row = db.execute(
        "SELECT scope FROM conversations WHERE id = ? AND owner = ?", (conversation_id, owner)
    ).fetchone()
    return tuple(str(row[0]).split("\n")) if row and row[0] else ()


def set_scope(db: Transaction, owner: str, conversation_id: str, entries: Sequence[str]) -> bool:
    """Let a conversation be asked of `entries`; tell whether there is such a conversation."""
    done = db.execute(
        "UPDATE conversations SET scope = ? WHERE id = ? AND owner = ?",
        (storable("\n".join(entries)), conversation_id, owner),
    )
    return done.rowcount > 0
