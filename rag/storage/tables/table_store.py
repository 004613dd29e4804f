"""The tables of all documents of a workspace: kept as they are read, and opened for a question.

Each document has a file of its own, so that what is asked of one touches no other and a long sheet
burdens nothing else. Knows documents and files; knows no plan.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from rag.datamodel import TABULAR, Document
from rag.errors import WorkspaceError
from rag.number_forms import decimal_mark
from rag.storage.database.folder import FREE_SPACE
from rag.storage.tables import table_file
from rag.storage.tables.table_file import TableNote, TableToKeep
from rag.tables.long.long_table import LongTable

FOLDER: Final = "tables"
"""In a workspace."""

MAX_TITLE: Final = 300
_SUFFIX: Final = ".sqlite"


class TableStore:
    """Keeps tables in a folder. Any process may put, of one document one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, doc_id: str, table: TableToKeep) -> int:
        """Keep a table whose rows only the original holds; return how many rows it has.

        Raises WorkspaceError where the disk is full or may not be written.
        """
        with self._writing(doc_id, lasting=True) as db:
            return table_file.put(db, table)

    def keep(self, document: Document) -> None:
        """Keep the tables of a document, and no other of it. Raises as `put`."""
        tables = list(_tables_of(document))
        keys = {table.key for table in tables}
        if keys == self._known(document.id):
            return
        with self._writing(document.id, lasting=False) as db:
            table_file.keep_only(db, keys)
            for table in tables:
                table_file.put(db, table)

    def has(self, doc_id: str) -> bool:
        """Tell whether a file of this version is there for a document."""
        with table_file.reading(self._path(doc_id)) as db:
            return db is not None

    def notes(self, doc_id: str) -> list[TableNote]:
        """Return what is known of a document's tables, in the order that they were kept."""
        with table_file.reading(self._path(doc_id)) as db:
            return table_file.notes(db) if db is not None else []

    @contextmanager
    def opened(self, doc_id: str, number: int) -> Iterator[LongTable | None]:
        """Lend a table by its number; None where there is none."""
        with table_file.reading(self._path(doc_id)) as db:
            try:
                yield table_file.opened(db, number) if db is not None else None
            except KeyError:
                yield None

    @contextmanager
    def headed(self, doc_id: str, header: str) -> Iterator[LongTable | None]:
        """Lend the longest table with this header row; None where there is none."""
        with table_file.reading(self._path(doc_id)) as db:
            numbers = table_file.numbers_of(db, header) if db is not None else []
            yield table_file.opened(db, numbers[0]) if db is not None and numbers else None

    def number_of(self, doc_id: str, text: str) -> int | None:
        """Return the number of the table of an element with this text, if it is kept."""
        key = table_file.key_of(text)
        return next((note.number for note in self.notes(doc_id) if note.key == key), None)

    def sweep(self, doc_ids: Collection[str], *, before_s: float = math.inf) -> int:
        """Forget the tables of every other document; return the bytes that are freed.

        Those that changed after `before_s` (since 1970) may be of one that is being read.
        """
        freed = 0
        for path in self._folder.glob(f"*{_SUFFIX}"):
            status = path.stat()
            if path.stem not in doc_ids and status.st_mtime < before_s:
                freed += status.st_size
                path.unlink(missing_ok=True)
        return freed

    def _known(self, doc_id: str) -> set[str]:
        path = self._path(doc_id)
        if not path.exists():
            return set()
        with table_file.reading(path) as db:
            return table_file.keys(db) if db is not None else set()

    def _path(self, doc_id: str) -> Path:
        return self._folder / f"{doc_id}{_SUFFIX}"

    @contextmanager
    def _writing(self, doc_id: str, *, lasting: bool) -> Iterator[sqlite3.Connection]:
        path = self._path(doc_id)
        try:
            with table_file.writing(path, lasting=lasting) as db:
                yield db
        except (OSError, sqlite3.OperationalError) as error:
            raise WorkspaceError(f"{path} can't be written: {error}.", hint=FREE_SPACE) from error


def _tables_of(document: Document) -> Iterator[TableToKeep]:
    """Yield what has a header and a row; a caption or the heading above is its title."""
    above = PurePosixPath(document.sources[0]).name
    for element, below in zip(document.elements, (*document.elements[1:], None), strict=False):
        if element.role in {"title", "heading"}:
            above = element.text
        elif element.role in TABULAR and "\n" in element.text:
            is_captioned = below is not None and below.role == "caption"
            title = below.text if below is not None and is_captioned else above
            yield _table_of(element.text, title, document.language)


def _table_of(text: str, title: str, language: str | None) -> TableToKeep:
    header, *lines = text.split("\n")
    return TableToKeep(
        text=text,
        names=tuple(_cells(header)),
        rows=map(_cells, lines),
        title=" ".join(title.split())[:MAX_TITLE],
        mark=decimal_mark(text, language),
    )


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
