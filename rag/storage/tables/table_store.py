"""The tables of all documents of a workspace: kept as they are read, and opened for a question.

Each document has a file of SQLite of its own, so that what is asked of one touches no other and a
long sheet burdens nothing else. It can be made again from the document, but for rows that only the
original holds. Knows documents and files; knows no plan.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from rag.datamodel import TABULAR, Document
from rag.errors import WorkspaceError
from rag.number_forms import DecimalMark, decimal_mark
from rag.storage.database.database import reading
from rag.storage.files.folder import FREE_SPACE
from rag.storage.tables.long_rows import LongColumn, LongRows, LongTable, drop, fill

FOLDER: Final = "tables"
"""In a workspace."""

VERSION: Final = 2
"""Of a file: one of another is made again."""

MAX_TITLE: Final = 300
_SUFFIX: Final = ".sqlite"
_TABLES: Final = """
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
    """A table: `text` is its document's element, header first; `rows` are all, taken once."""

    text: str
    names: tuple[str, ...]
    rows: Iterable[Sequence[str]]
    title: str = ""
    mark: DecimalMark = "."


def key_of(text: str) -> str:
    """Return what a table is known by in its document: the same twice is one."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class TableStore:
    """Keeps tables in a folder. Any process may put, of one document one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, doc_id: str, table: TableToKeep) -> int:
        """Keep a table of which only the original has all rows; return how many."""
        with self._writing(doc_id, lasting=True) as db:
            return _put(db, table)

    def keep(self, document: Document) -> None:
        """Keep the tables of a document, and no other of it. Raises as `put`."""
        tables = {key_of(table.text): table for table in _tables_of(document)}
        if tables.keys() == self.heights(document.id).keys():
            return
        with self._writing(document.id, lasting=False) as db:
            for number, key in db.execute("SELECT number, key FROM tables").fetchall():
                if key not in tables:
                    drop(db, f"t{number}")
                    db.execute("DELETE FROM tables WHERE number = ?", (number,))
            for table in tables.values():
                _put(db, table)

    def has(self, doc_id: str) -> bool:
        """Tell whether a file of this version is there for a document."""
        with _reading(self._path(doc_id)) as db:
            return db is not None

    def heights(self, doc_id: str) -> dict[str, int]:
        """Return how many rows each of a document's tables has, by its key."""
        with _reading(self._path(doc_id)) as db:
            return dict(db.execute("SELECT key, height FROM tables")) if db else {}

    def opened(self, doc_id: str, text: str) -> AbstractContextManager[LongTable | None]:
        """Lend the table of an element with this text; None where it is not kept."""
        return self._found(doc_id, "key = ?", key_of(text))

    def headed(self, doc_id: str, header: str) -> AbstractContextManager[LongTable | None]:
        """Lend the longest table with this header row; None where there is none."""
        return self._found(doc_id, "header = ? ORDER BY height DESC", header)

    @contextmanager
    def _found(self, doc_id: str, which: str, value: str) -> Iterator[LongTable | None]:
        query = f"SELECT number, title, mark, height, columns FROM tables WHERE {which}"
        with _reading(self._path(doc_id)) as db:
            row = db.execute(query, (value,)).fetchone() if db else None
            if db is None or row is None:
                yield None
                return
            number, title, mark, height, described = row
            columns = tuple(
                LongColumn(name=one["name"], kind=one["kind"], first=one["first"])
                for one in json.loads(described)  # files of before tell units, too
            )
            names = tuple(column.name for column in columns)
            rows = LongRows(db=db, relation=f"t{number}", names=names, height=height, mark=mark)
            yield LongTable(rows=rows, columns=columns, title=title)

    def sweep(self, doc_ids: Collection[str], *, before_s: float = math.inf) -> int:
        """Forget other documents' tables, unless changed after `before_s`; return the bytes."""
        freed = 0
        for path in self._folder.glob(f"*{_SUFFIX}"):
            status = path.stat()
            if path.stem not in doc_ids and status.st_mtime < before_s:
                freed += status.st_size
                path.unlink(missing_ok=True)
        return freed

    def _path(self, doc_id: str) -> Path:
        return self._folder / f"{doc_id}{_SUFFIX}"

    @contextmanager
    def _writing(self, doc_id: str, *, lasting: bool) -> Iterator[sqlite3.Connection]:
        """Lend a file to be written, all or nothing; `lasting` outlives a power cut."""
        path = self._path(doc_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            is_known = self.has(doc_id)
            if not is_known:
                path.unlink(missing_ok=True)
                path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                db.execute(f"PRAGMA synchronous = {'NORMAL' if lasting else 'OFF'}")
                db.execute("BEGIN IMMEDIATE")
                with db:
                    if not is_known:
                        for statement in _TABLES.split(";"):
                            db.execute(statement)
                        db.execute(f"PRAGMA user_version = {VERSION}")
                    yield db
        except (OSError, sqlite3.OperationalError) as error:
            raise WorkspaceError(f"{path} can't be written: {error}.", hint=FREE_SPACE) from error


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Lend the file to be read; None where there is none of this version."""
    try:
        db = reading(path)
    except sqlite3.Error:
        yield None
        return
    with closing(db):
        version = 0
        with suppress(sqlite3.DatabaseError):
            (version,) = db.execute("PRAGMA user_version").fetchone()
        yield db if version == VERSION else None


def _put(db: sqlite3.Connection, table: TableToKeep) -> int:
    key = key_of(table.text)
    known = db.execute("SELECT height FROM tables WHERE key = ?", (key,)).fetchone()
    if known is not None:
        if table.title:
            db.execute("UPDATE tables SET title = ? WHERE key = ?", (table.title, key))
        return int(known[0])
    (number,) = db.execute("SELECT coalesce(max(number), 0) + 1 FROM tables").fetchone()
    relation, names = f"t{number}", table.names
    counts = fill(db, relation, len(names), table.rows, table.mark)
    height = counts[0].kinds.total()
    columns = [
        {"name": name, "kind": count.kind, "first": count.first}
        for name, count in zip(names, counts, strict=True)
    ]
    header = table.text.partition("\n")[0]
    db.execute(
        "INSERT INTO tables VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, key, header, table.title, table.mark, height, json.dumps(columns)),
    )
    return height


def _tables_of(document: Document) -> Iterator[TableToKeep]:
    """Yield what has a header and a row; a caption or the heading above is its title."""
    above = PurePosixPath(document.sources[0]).name
    for element, below in zip(document.elements, (*document.elements[1:], None), strict=False):
        if element.role in {"title", "heading"}:
            above = element.text
        elif element.role in TABULAR and "\n" in element.text:
            title = below.text if below and below.role == "caption" else above
            header, *lines = element.text.split("\n")
            yield TableToKeep(
                text=element.text,
                names=tuple(_cells(header)),
                rows=map(_cells, lines),
                title=" ".join(title.split())[:MAX_TITLE],
                mark=decimal_mark(element.text, document.language),
            )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
