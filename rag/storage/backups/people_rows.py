"""The rows of a ledger that no folder gives back, what people wrote: from one file to another.

From a damaged file each row is taken by itself. Knows the tables and their columns; knows nothing
of why they are copied.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from rag.storage.conversations.conversations import readable_body
from rag.storage.conversations.reports import readable_report_body
from rag.storage.database.moving_in import TABLES
from rag.storage.database.soundness import SQLITE_ERRORS

PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    **TABLES,
    "facts": ("name", "value"),
    "source_folders": ("name", "folder"),
    "left_out": ("source",),
}
"""In an order in which what is referred to comes first."""

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "conversations": ("id",),
    "shares": ("token",),
    "reports": ("id",),
    "answer_wishes": ("owner", "conversation_id"),
    "instructions": ("owner",),
    "facts": ("name",),
    "source_folders": ("name",),
    "left_out": ("source",),
    "lettering": ("key",),
}
"""What a row is found by, where that is no number of its own (`rowid`)."""

MOST_TRIED: Final = 100_000
"""Numbers of rows that are tried one by one between those that a damaged page hides."""

Row = tuple[Any, ...]


def copy_whole(there: sqlite3.Connection, here: sqlite3.Connection) -> None:
    """Copy all rows of all tables. Raises sqlite3.DatabaseError where one can't be read."""
    for table, columns in PEOPLE.items():
        rows = there.execute(f"SELECT {', '.join(columns)} FROM {table}")
        here.executemany(_insert(table, columns), rows)


@dataclass(slots=True)
class Readable:
    """What can be read of a file: the rows of each table as they can be shown.

    `spoilt` are those of which something is lost; `lacking` the tables of which rows may be.
    """

    right: dict[str, list[Row]] = field(default_factory=dict)
    spoilt: dict[str, list[Row]] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        return not self.lacking and not any(self.spoilt.values())


def readable(db: sqlite3.Connection, tables: Mapping[str, tuple[str, ...]] = PEOPLE) -> Readable:
    """Return what can be read of such tables."""
    found = Readable()
    for table, columns in tables.items():
        rows, is_whole = _rows(db, table, columns)
        shown = [(row, _readable_row(table, dict(zip(columns, row, strict=True)))) for row in rows]
        found.right[table] = [row for row, told in shown if row == told]
        found.spoilt[table] = [told for row, told in shown if row != told]
        if not is_whole:
            found.lacking.add(table)
    return found


def put(
    db: sqlite3.Connection,
    rows: Mapping[str, list[Row]],
    tables: Mapping[str, tuple[str, ...]] = PEOPLE,
) -> None:
    """Store rows; what is there stays, and what is no such row is left out."""
    for table, some in rows.items():
        for row in some:
            with suppress(sqlite3.DatabaseError):
                db.execute(_insert(table, tables[table]), row)


def adopt_exchanges(db: sqlite3.Connection, exchanges: Iterable[Row]) -> None:
    """Make the conversations that exchanges name, where their own row is lost.

    They are whose who owns the workspace.
    """
    for row in exchanges:
        named = dict(zip(PEOPLE["exchanges"], row, strict=True))
        db.execute(
            "INSERT INTO conversations (id, name, changed_s, head) VALUES (?, ?, unixepoch(), ?)"
            " ON CONFLICT DO NOTHING",
            (named["conversation_id"], str(named["question"])[:120] or "?", named["id"]),
        )


def _rows(db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> tuple[list[Row], bool]:
    """Return the rows that can be read, and whether these are all."""
    said = f"SELECT {', '.join(columns)} FROM {table}"
    try:
        return db.execute(said).fetchall(), True
    except SQLITE_ERRORS:
        where = " AND ".join(f"{name} = ?" for name in KEYS.get(table, ("rowid",)))
        each = (list(_until_damage(db, f"{said} WHERE {where}", key)) for key in _keys(db, table))
        return list(itertools.chain.from_iterable(each)), False


def _keys(db: sqlite3.Connection, table: str) -> Iterable[Row]:
    """Return what rows are found by: from both ends up to what is damaged, by an index, by trying.

    A damaged page hides what stands behind it from who reads in order.
    """
    names = KEYS.get(table, ("rowid",))
    said = f"SELECT {', '.join(names)} FROM {table}"
    order = ", ".join(names)
    back = ", ".join(f"{name} DESC" for name in names)
    first = list(_until_damage(db, f"{said} NOT INDEXED ORDER BY {order}"))
    last = list(_until_damage(db, f"{said} NOT INDEXED ORDER BY {back}"))
    found = dict.fromkeys((*first, *last, *_until_damage(db, said)))
    if table not in KEYS and first and last:
        end = min(last[-1][0], first[-1][0] + MOST_TRIED)
        found |= {(number,): None for number in range(first[-1][0] + 1, end)}
    return found


def _until_damage(db: sqlite3.Connection, query: str, values: Row = ()) -> Iterator[Row]:
    try:
        yield from db.execute(query, values)
    except SQLITE_ERRORS:
        return


def _insert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(columns))
    names = ", ".join(columns)
    return f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"


def _readable_row(table: str, row: Mapping[str, Any]) -> Row:
    """Return a row as it can be shown: what of its body is damaged is left out."""
    shown = dict(row)
    if table in _SAID:
        shown["body"] = readable_body(str(row["question"]), row["body"])
    if table == "exchanges" and shown["body"] != row["body"]:
        shown["told"] = row["answer"]  # its words, where its places are lost
    if table == "reports":
        shown["body"] = readable_report_body(row["body"])
    return tuple(shown.values())


_SAID: Final = frozenset({"exchanges", "pins"})
