"""A damaged ledger made anew: what can be read of it, and what people wrote from a copy.

Documents that can't be read whole are left out: the next ingest reads them again. Knows ledgers;
knows no vectors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rag.datamodel import Chunk, Document
from rag.errors import DamagedError
from rag.storage.backups import people_rows
from rag.storage.backups.exchanged import exchange, fresh_file
from rag.storage.database import catalog
from rag.storage.database.ledger import Ledger
from rag.storage.database.soundness import is_sound, reading
from rag.storage.documents import codec
from rag.storage.documents.seals import opened

_READ_AGAIN: Final = {"lettering": ("key", "lines")}
_UNREADABLE: Final = (sqlite3.Error, DamagedError, ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """`people_whole`: all that people wrote could be read of the ledger itself.

    `copy` is where the rest was taken from; None where there was none, or none was needed.
    """

    documents: int
    people_whole: bool
    copy: Path | None


def is_whole(path: Path) -> bool:
    """Tell whether a ledger can be read: its tables, its rows, and what they hold."""
    if not is_sound(path):
        return False
    with closing(reading(path)) as db:
        return not any(unreadable(db))


def unreadable(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what of documents and conversations can't be read, by what it is."""
    if not people_rows.readable(db).is_whole:
        yield "what people wrote"
    for query in ("SELECT title, elements FROM documents", _BODIES):
        for title, data in db.execute(query):
            try:
                opened(data, codec.load, what=title)
            except DamagedError:
                yield str(title)


_BODIES: Final = "SELECT d.title, c.body FROM chunks c JOIN documents d ON d.row = c.doc_row"


def salvage(path: Path, copies: Sequence[Path]) -> Salvaged:
    """Put a ledger of what can be read in the place of a damaged one, which is set aside.

    Cut anywhere, it can be done again. Raises WorkspaceError where the disk is full.
    """
    fresh = fresh_file(path)
    path.touch()  # where it is gone, nothing can be read of it
    with closing(Ledger(fresh)) as made, closing(reading(path)) as there:
        there.text_factory = _text
        with made.write() as here:
            done = _people(there, here, copies)
        count = sum(_put(made, there, doc_id) for doc_id in _documents(there))
    exchange(path, fresh)
    return Salvaged(documents=count, people_whole=done[0], copy=done[1])


def _people(
    there: sqlite3.Connection, here: sqlite3.Connection, copies: Sequence[Path]
) -> tuple[bool, Path | None]:
    """Store what can be read: first what is whole, then a copy's, then what is spoilt."""
    found = people_rows.readable(there)
    people_rows.put(here, found.right)
    used = None if found.is_whole else next(filter(is_sound, copies), None)
    if used is not None:
        with closing(reading(used)) as copy:
            people_rows.put(here, people_rows.readable(copy).right)
    for rows in (found.right, found.spoilt):
        people_rows.adopt_exchanges(here, rows["exchanges"])
        people_rows.put(here, rows)
    people_rows.put(here, people_rows.readable(there, _READ_AGAIN).right, _READ_AGAIN)
    return found.is_whole, used


def _documents(db: sqlite3.Connection) -> list[str]:
    keys = people_rows.readable(db, {"documents": ("id",)}).right["documents"]
    return [str(key) for (key,) in keys]


def _put(made: Ledger, there: sqlite3.Connection, doc_id: str) -> bool:
    """Store a document with its files, if all of it can be read."""
    with suppress(*_UNREADABLE):
        document, chunks, version = _read(there, doc_id)
        files = [catalog.file(there, source) for source in document.sources]
        with made.write() as here:
            catalog.put_document(here, document, chunks, chunker_version=version)
            for file in filter(None, files):
                catalog.put_file(here, file)
        return True
    return False


def _read(db: sqlite3.Connection, doc_id: str) -> tuple[Document, list[Chunk], str]:
    """Return a document and its chunks; raise ValueError where some of it is not there."""
    query = "SELECT chunker, chunk_count FROM documents WHERE id = ?"
    version, count = db.execute(query, (doc_id,)).fetchone()
    document = catalog.document(db, doc_id)
    chunks = catalog.chunks(db, catalog.chunk_ids(db, doc_id))
    if document is None or not document.sources or len(chunks) != count:
        raise ValueError("not all of it is there")
    return document, sorted(chunks.values(), key=lambda chunk: chunk.ordinal), str(version)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
