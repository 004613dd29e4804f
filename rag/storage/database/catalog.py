"""Rows of files, documents and chunks, inside a transaction that the caller holds.

Knows the database's tables and the codec; knows nothing of vectors, locks or searching.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final, Literal

from rag.datamodel import NO_FILTERS, Chunk, Companion, Document, Filters
from rag.storage.database.database import upsert
from rag.storage.documents import codec, scope
from rag.storage.documents.codec import opened, sealed
from rag.storage.documents.records import DocumentRecord, FileRecord
from rag.storage.documents.words import fold, stem_document

_OF_FILE: Final = (
    *("source", "doc_id", "size_bytes", "mtime_ns", "ctime_ns", "inode", "sha256", "state"),
    *("reason", "seconds", "tried_with"),
)
_OF_ITS_DOCUMENT: Final = ("warnings", "page_count", "chunk_count")
_FILE_COLUMNS: Final = (
    f"{', '.join(f'f.{name}' for name in _OF_FILE)},"
    f" {', '.join(f'd.{name}' for name in _OF_ITS_DOCUMENT)}"
    " FROM files f LEFT JOIN documents d ON d.id = f.doc_id"
)

SECTION_CHUNKS: Final = 8
"""Where there are no pages, so many consecutive chunks of a section stand for one."""

_IMAGE: Final = re.compile(rb'"image":\["([0-9a-f]{64})"')
"""Of an element as `codec` writes it; in a text the quotation marks would be escaped."""

_CHARTS: Final = frozenset({"bar chart", "line chart", "pie chart", "scatter plot", "chart"})


def embedded_digest(chunk: Chunk) -> bytes:
    """Return what tells whether a stored vector still is the vector of this chunk."""
    text = chunk.embedding_text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def each_file(db: sqlite3.Connection) -> Iterator[FileRecord]:
    """Yield every file, in the order of sources."""
    yield from map(_file, db.execute(f"SELECT {_FILE_COLUMNS} ORDER BY f.source"))


def file(db: sqlite3.Connection, source: str) -> FileRecord | None:
    query = f"SELECT {_FILE_COLUMNS} WHERE f.source = ?"
    row = db.execute(query, (source,)).fetchone()
    return None if row is None else _file(row)


def put_file(db: sqlite3.Connection, record: FileRecord) -> None:
    """Add or replace the row of one source (not the document that it stands for)."""
    values = asdict(record) | {"reason": storable(record.reason)}
    db.execute(upsert("files", _OF_FILE, key="source"), values)


def storable(text: str) -> str:
    """Return text that a database can store: without lone surrogates, and without NUL."""
    return (
        text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )


def counter(db: sqlite3.Connection, of: Literal["chunks", "words", "embedded", "documents"]) -> int:
    """Return how many chunks there are, or a number that is another one after each change.

    Of `words`, of what there is to be `embedded`, or of `records`, of which `documents` tells.
    """
    (number,) = db.execute(f"SELECT {of} FROM counters").fetchone()
    return int(number)


def records(db: sqlite3.Connection, collections: scope.Collections = None) -> list[DocumentRecord]:
    """Return every document of some collections, then what failed, each in the order of sources."""
    sources = scope.sources_of_each(db, None, collections)
    columns = "id, title, media_type, page_count, chunk_count, warnings, pending, language"
    rows = db.execute(
        f"SELECT d.{columns}, {scope.DAY} FROM documents d LEFT JOIN files f ON f.doc_id = d.id"
        " GROUP BY d.row"
    )
    ready = []
    for row in rows:
        if collections is None or row[0] in sources:
            fields = dict(zip((*columns.split(", "), "day"), row, strict=True))
            fields |= {
                "sources": sources.get(fields["id"], ()),
                "warnings": opened(fields["warnings"], _warnings, what=fields["title"]),
                "pending": bool(fields["pending"]),
                "day": fields["day"] or "",
            }
            ready.append(DocumentRecord(**fields))
    return sorted(ready, key=lambda record: record.sources) + failed(db, collections)


def failed(
    db: sqlite3.Connection, collections: scope.Collections = None, *, most: int = -1
) -> list[DocumentRecord]:
    """Return the first files that failed, in the order of sources; -1: all of them."""
    rows = db.execute(
        "SELECT f.source, f.reason FROM files f"
        f" WHERE f.state = 'failed' AND {scope.SEEN} ORDER BY f.source LIMIT :most",
        {"seen": scope.seen(collections), "most": most},
    )
    return [
        DocumentRecord(id="", sources=(source,), state="failed", reason=reason)
        for source, reason in rows
    ]


def document(
    db: sqlite3.Connection, doc_id: str, collections: scope.Collections = None
) -> Document | None:
    columns = "media_type, title, language, page_count, elements, warnings, dated, companions"
    row = db.execute(f"SELECT {columns} FROM documents WHERE id = ?", (doc_id,)).fetchone()
    sources = scope.sources_of(db, doc_id, collections)
    if row is None or (collections is not None and not sources):
        return None
    fields = dict(zip(columns.split(", "), row, strict=True))
    title, companions = fields["title"], fields["companions"]
    fields |= {
        "language": fields["language"] or None,
        "elements": opened(fields["elements"], codec.decode_elements, what=title),
        "warnings": opened(fields["warnings"], _warnings, what=title),
        "companions": opened(companions, companions_of, what=title) if companions else (),
    }
    return Document(id=doc_id, sources=sources, **fields)


def put_document(
    db: sqlite3.Connection, doc: Document, chunks: Sequence[Chunk], *, chunker_version: str
) -> set[str]:
    """Store a document in place of its former version; return the chunk ids that are gone."""
    gone = set(chunk_ids(db, doc.id))
    elements = sealed(codec.dump(doc.elements))
    values = {
        "id": doc.id,
        "media_type": doc.media_type,
        "title": storable(doc.title),
        "language": doc.language or "",
        "page_count": doc.page_count,
        "chunk_count": len(chunks),
        "pending": doc.pending,
        "lettering_tried_with": "",
        "warnings": codec.dump(doc.warnings),
        "elements": elements,
        "chunker": chunker_version,
        "dated": doc.dated,
        "companions": codec.dump(doc.companions) if doc.companions else "",
    }
    query = upsert("documents", values, key="id")  # no trigger takes it for gone
    (row,) = db.execute(f"{query} RETURNING row", values).fetchone()
    db.execute("DELETE FROM document_pictures WHERE doc_row = ?", (row,))
    db.executemany(
        "INSERT INTO document_pictures (image_id, doc_row) VALUES (?, ?)",
        [(key.decode(), row) for key in sorted(set(_IMAGE.findall(elements)))],
    )
    db.execute("DELETE FROM chunks WHERE doc_row = ?", (row,))
    _put_pages(db, [(_put_chunk(db, row, chunk), chunk) for chunk in chunks])
    stem_document(db, doc.id)
    return gone - {chunk.id for chunk in chunks}


def put_contexts(db: sqlite3.Connection, doc_id: str, renamed: Callable[[str], str]) -> None:
    """Replace the contexts of a document's chunks where words look for them; vectors stay."""
    rows = db.execute(
        "SELECT c.row, c.page_row, c.body FROM chunks c JOIN documents d ON d.row = c.doc_row"
        " WHERE d.id = ?",
        (doc_id,),
    ).fetchall()
    for row, page_row, body in rows:
        fields = opened(body, json.loads, what=doc_id)
        context = renamed(fields["context"])
        if context == fields["context"]:
            continue
        fields["context"] = context
        db.execute("UPDATE chunks SET body = ? WHERE row = ?", (sealed(codec.dump(fields)), row))
        said = fold(_with_kind(context, fields.get("kind", "")))
        db.execute("UPDATE words SET context = ? WHERE rowid = ?", (said, row))
        db.execute("UPDATE counters SET words = words + 1")
        if row == page_row:
            db.execute("UPDATE pages SET context = ? WHERE rowid = ?", (fold(context), row))
    stem_document(db, doc_id)


def delete_unreferenced(db: sqlite3.Connection, doc_ids: Iterable[str | None]) -> set[str]:
    """Delete those documents that no file stands for any more; return their chunk ids."""
    gone: set[str] = set()
    for doc_id in {doc_id for doc_id in doc_ids if doc_id is not None}:
        if not scope.sources_of(db, doc_id):
            gone |= set(chunk_ids(db, doc_id))
            db.execute("DELETE FROM documents WHERE id = ?", (doc_id,))
    return gone


def chunk_ids(db: sqlite3.Connection, doc_id: str) -> list[str]:
    return _column(
        db,
        "SELECT c.id FROM chunks c JOIN documents d ON d.row = c.doc_row WHERE d.id = ?"
        " ORDER BY c.ordinal",
        doc_id,
    )


def chunk_ids_of_rows(db: sqlite3.Connection, doc_rows: Sequence[int]) -> list[str]:
    query = "SELECT c.id FROM chunks c JOIN json_each(?) j ON c.doc_row = j.value"
    return _column(db, query, json.dumps(doc_rows))


def all_chunk_ids(db: sqlite3.Connection) -> list[str]:
    return _column(db, "SELECT id FROM chunks ORDER BY row")


def _column(db: sqlite3.Connection, query: str, *values: str) -> list[str]:
    return [value for (value,) in db.execute(query, values)]


def chunk_rows(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Return the rows of those chunks that exist, by id."""
    query = "SELECT c.id, c.rowid FROM json_each(?) j CROSS JOIN chunks c ON c.id = j.value"
    return dict(db.execute(query, (json.dumps(ids),)).fetchall())


def unembedded(db: sqlite3.Connection, chunks: Sequence[Chunk]) -> list[Chunk]:
    """Return those chunks that have no vector yet."""
    stored = embedded_digests(db, [chunk.id for chunk in chunks])
    return [chunk for chunk in chunks if stored.get(chunk.id) != embedded_digest(chunk)]


def embedded_digests(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, bytes]:
    query = "SELECT c.id, c.embedded FROM chunks c JOIN json_each(?) j ON c.id = j.value"
    return dict(db.execute(query, (json.dumps(ids),)).fetchall())


def chunks(
    db: sqlite3.Connection, ids: Sequence[str], *, filters: Filters = NO_FILTERS
) -> dict[str, Chunk]:
    """Return those that exist and may be seen; `source` is the first that `filters` admit."""
    rows = db.execute(
        "SELECT c.id, d.id, d.media_type, d.language, c.ordinal, c.body FROM json_each(?) j"
        " JOIN chunks c ON c.id = j.value JOIN documents d ON d.row = c.doc_row",
        (json.dumps(ids),),
    ).fetchall()
    seen, undated = filters.collections, replace(filters, since="", until="")
    sources = scope.sources_of_each(db, {row[1] for row in rows}, seen)
    found: dict[str, Chunk] = {}
    for chunk_id, doc_id, media_type, language, ordinal, body in rows:
        if doc_id in sources:
            named = sources[doc_id]
            admitted = (s for s in named if undated.admit(source=s, media_type=media_type))
            columns = (chunk_id, doc_id, next(admitted, named[0]), ordinal, language or None)
            decode = partial(codec.decode_chunk, columns=columns)
            found[chunk_id] = opened(body, decode, what=columns[2])
    return found


def chunks_of(db: sqlite3.Connection, doc_id: str) -> list[Chunk]:
    """Return a document's chunks in reading order."""
    found = chunks(db, chunk_ids(db, doc_id))
    return sorted(found.values(), key=lambda chunk: chunk.ordinal)


def _with_kind(context: str, kind: str) -> str:
    """Return what is searched before a passage's text; words for a chart seldom stand on it."""
    if kind not in _CHARTS:
        return context
    return f"{context}\n{' '.join(dict.fromkeys(f'{kind} chart graph'.split()))}"


def _put_chunk(db: sqlite3.Connection, doc_row: int, chunk: Chunk) -> int:
    phash, image_id = (chunk.image.phash, chunk.image.id) if chunk.image else (None, None)
    digest, body = embedded_digest(chunk), sealed(codec.encode_chunk(chunk))
    (row,) = db.execute(
        "INSERT INTO chunks (id, doc_row, ordinal, embedded, phash, image_id, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING row",
        (chunk.id, doc_row, chunk.ordinal, digest, phash, image_id, body),
    ).fetchone()
    db.execute(
        "INSERT INTO words (rowid, context, text) VALUES (?, ?, ?)",
        (row, fold(_with_kind(chunk.context, chunk.kind)), fold(chunk.text)),
    )
    return int(row)


def _put_pages(db: sqlite3.Connection, chunks: Sequence[tuple[int, Chunk]]) -> None:
    """Index the pages of a document by words, or each few chunks of a section where it has none.

    `chunks` have their rows, in reading order; a page's row is that of its first chunk.
    """
    places: defaultdict[tuple[object, ...], list[tuple[int, Chunk]]] = defaultdict(list)
    for row, chunk in chunks:
        places[chunk.place].append((row, chunk))
    for place, group in places.items():
        step = len(group) if place[1] is not None else SECTION_CHUNKS
        for page in (group[start : start + step] for start in range(0, len(group), step)):
            (first, head), text = page[0], "\n".join(fold(chunk.text) for _, chunk in page)
            db.execute(
                "INSERT INTO pages (rowid, context, text) VALUES (?, ?, ?)",
                (first, fold(head.context), text),
            )
            db.executemany(
                "UPDATE chunks SET page_row = ? WHERE row = ?", [(first, row) for row, _ in page]
            )


companions_of = partial(codec.load, kind=tuple[Companion, ...])
_warnings = partial(codec.load, kind=tuple[str, ...])
_NO_WARNINGS = (None, codec.dump(()))


def _file(row: tuple[Any, ...]) -> FileRecord:
    """Return the record; what most have in common is there once, however many they are."""
    fields = dict(zip((*_OF_FILE, *_OF_ITS_DOCUMENT), row, strict=True))
    doc_id, sha256, warnings = fields["doc_id"], fields["sha256"], fields["warnings"]
    is_bare = warnings in _NO_WARNINGS
    common = {
        "sha256": doc_id if sha256 == doc_id else sha256,
        "state": sys.intern(fields["state"]),
        "tried_with": sys.intern(fields["tried_with"]),
        "warnings": () if is_bare else opened(warnings, _warnings, what=fields["source"]),
        "page_count": fields["page_count"] or 0,
        "chunk_count": fields["chunk_count"] or 0,
    }
    return FileRecord(**fields | common)
