"""One document's tables in a file of SQLite: what each is, and its typed rows.

The file can be made again from the document, but for rows that only its original holds. Knows
rows and columns; knows no document and no question.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.number_forms import DecimalMark
from rag.tables.long.long_rows import ColumnCount, LongRows, drop, fill, make
from rag.tables.long.long_table import LongColumn, LongTable

VERSION: Final = 1
"""Of the file: one of another is made again."""

_MADE: Final = """
CREATE TABLE tables (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    header TEXT NOT NULL,
    title TEXT NOT NULL,
    mark TEXT NOT NULL,
    height INTEGER NOT NULL,
    columns TEXT NOT NULL
);
CREATE INDEX tables_by_header ON tables (header);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableToKeep:
    """A table as it comes. `text` are the rows that its document holds, header first.

    `rows` are all of them, without the header; they are taken once, one by one.
    """

    text: str
    names: tuple[str, ...]
    rows: Iterable[Sequence[str]]
    title: str = ""
    mark: DecimalMark = "."

    @property
    def key(self) -> str:
        return key_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNote:
    """What is told of a kept table without its rows."""

    number: int
    key: str
    title: str
    height: int
    columns: tuple[LongColumn, ...]


def key_of(text: str) -> str:
    """Return what a table is known by in its document: the same twice is one."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def header_of(text: str) -> str:
    return text.partition("\n")[0]


@contextmanager
def writing(path: Path, *, lasting: bool) -> Iterator[sqlite3.Connection]:
    """Lend the file to be written, made where there is none: all of the block, or nothing.

    One of another version, or damaged, is made anew. `lasting` outlives a power cut. Raises
    OSError and sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with reading(path) as known:
        is_known = known is not None
    if not is_known:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA synchronous = {'NORMAL' if lasting else 'OFF'}")
        db.execute("BEGIN IMMEDIATE")
        try:
            if not is_known:
                _make_tables(db)
            yield db
        except BaseException:
            db.rollback()
            raise
        db.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Lend the file to be read; None where there is none that can be read."""
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error:
        yield None
        return
    with closing(db):
        yield db if _version(db) == VERSION else None


def put(db: sqlite3.Connection, table: TableToKeep) -> int:
    """Keep a table, unless it is kept; return how many rows it has."""
    known = db.execute("SELECT height FROM tables WHERE key = ?", (table.key,)).fetchone()
    if known is not None:
        if table.title:
            db.execute("UPDATE tables SET title = ? WHERE key = ?", (table.title, table.key))
        return int(known[0])
    (number,) = db.execute("SELECT coalesce(max(number), 0) + 1 FROM tables").fetchone()
    relation = f"t{number}"
    make(db, relation, len(table.names))
    counts = fill(db, relation, len(table.names), table.rows, table.mark)
    height = counts[0].kinds.total()
    db.execute(
        "INSERT INTO tables VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            table.key,
            header_of(table.text),
            table.title,
            table.mark,
            height,
            json.dumps([_told(*one) for one in zip(table.names, counts, strict=True)]),
        ),
    )
    return height


def keep_only(db: sqlite3.Connection, wanted: Collection[str]) -> None:
    """Forget every other table."""
    for number, key in db.execute("SELECT number, key FROM tables").fetchall():
        if key not in wanted:
            drop(db, f"t{number}")
            db.execute("DELETE FROM tables WHERE number = ?", (number,))


def keys(db: sqlite3.Connection) -> set[str]:
    return {key for (key,) in db.execute("SELECT key FROM tables")}


def notes(db: sqlite3.Connection) -> list[TableNote]:
    found = db.execute("SELECT number, key, title, height, columns FROM tables ORDER BY number")
    return [
        TableNote(number=number, key=key, title=title, height=height, columns=_columns(told))
        for number, key, title, height, told in found
    ]


def opened(db: sqlite3.Connection, number: int) -> LongTable:
    """Return a kept table. Raises KeyError for a number that none has."""
    row = db.execute(
        "SELECT title, mark, height, columns FROM tables WHERE number = ?", (number,)
    ).fetchone()
    if row is None:
        raise KeyError(number)
    title, mark, height, told = row
    columns = _columns(told)
    names = tuple(column.name for column in columns)
    rows = LongRows(db=db, relation=f"t{number}", names=names, height=height, mark=mark)
    return LongTable(rows=rows, columns=columns, title=title)


def numbers_of(db: sqlite3.Connection, header: str) -> list[int]:
    """Return the numbers of the tables with this header row, the longest first."""
    found = db.execute("SELECT number FROM tables WHERE header = ? ORDER BY height DESC", (header,))
    return [number for (number,) in found]


def _make_tables(db: sqlite3.Connection) -> None:
    for statement in _MADE.split(";"):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {VERSION}")


def _version(db: sqlite3.Connection) -> int:
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError:
        return 0
    return int(version)


def _told(name: str, count: ColumnCount) -> dict[str, object]:
    return {"name": name, "kind": count.kind, "unit": count.unit, "first": count.first}


def _columns(told: str) -> tuple[LongColumn, ...]:
    return tuple(LongColumn(**one) for one in json.loads(told))
