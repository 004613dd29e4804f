"""What a workspace kept of people before it shared a database: taken along, once.

The first workspace that comes brings its own; of another nothing is mixed in. Knows the tables of
both; knows nothing of what the rows mean.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from rag.storage.database.schema import NAME
from rag.storage.database.transactions import Transaction, Transactions

logger = logging.getLogger(__name__)

_DONE: Final = "moved in"
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "conversations": ("id", "name", "changed_s", "deleted", "owner", "head", "scope"),
    "exchanges": ("row", "conversation_id", "id", "question", "answer", "body", "parent", "told"),
    "shares": ("token", "conversation_id", "head", "shared_s"),
    "reports": (
        *("id", "reported_s", "conversation_id", "question", "right_answer", "absent", "body"),
        *("owner", "good"),
    ),
    "pins": ("row", "owner", "conversation_id", "exchange_id", "question", "body", "note"),
    "answer_wishes": ("owner", "conversation_id", "length", "quoted", "writer"),
    "instructions": ("owner", "text"),
    "prompts": ("row", "owner", "text"),
    "sessions": ("id", "key", "name", "stamp", "address", "agent", "begun_s", "used_s"),
    "audit": ("id", "at_s", "who", "what", "about", "address"),
    "usage": ("name", "used", "at_s", "amount"),
}
"""In an order in which what is referred to comes first."""

_TRUTHS: Final = frozenset({"deleted", "absent", "good", "quoted"})


def move_in(ledger: Transactions, database: Transactions) -> None:
    """Copy what the ledger keeps of people, unless this was done for the database before."""
    with database.write() as there:
        query = "SELECT 1 FROM facts WHERE name = ?"
        if there.execute(query, (_DONE,)).fetchone():
            return
        with ledger.read() as here:
            copied = sum(_copied(here, there, table) for table in TABLES)
        there.execute("INSERT INTO facts VALUES (?, '')", (_DONE,))
    if copied:
        logger.info("%d rows of conversations and people went to the database", copied)


def _copied(here: Transaction, there: Transaction, table: str) -> int:
    columns = TABLES[table]
    rows = [_row(columns, row) for row in here.execute(_select(table)).fetchall()]
    places = ", ".join("?" * len(columns))
    said = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
    there.executemany(said, rows)
    if rows and isinstance(rows[0][0], int):
        last = max(row[0] for row in rows)
        there.execute(
            "SELECT setval(pg_get_serial_sequence(?, ?), ?)",
            (f"{NAME}.{table}", columns[0], last),
        )
    return len(rows)


def _select(table: str) -> str:
    return f"SELECT {', '.join(TABLES[table])} FROM {table}"


def _row(columns: tuple[str, ...], row: tuple[Any, ...]) -> tuple[Any, ...]:
    named = zip(columns, row, strict=True)
    return tuple(bool(value) if name in _TRUTHS else value for name, value in named)
