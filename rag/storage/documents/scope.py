"""Which documents a person may see and a search's filters admit, and which pictures these show.

A person may see collections: the folders at the top. All inside a caller's transaction. Knows the
database's tables; knows nothing of vectors and files.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Final
from unicodedata import normalize

from rag.datamodel import ROOT_COLLECTION, Filters

_TOP: Final = "substr(f.source, 1, instr(f.source, '/') - 1)"
_COLLECTION: Final = (
    "iif(instr(f.source, '/') = 0"
    f" OR EXISTS (SELECT 1 FROM files h WHERE h.source = {_TOP}), '{ROOT_COLLECTION}', {_TOP})"
)
"""What lies in an archive beside the folders belongs where the archive does."""

DAY: Final = "iif(d.dated = '', date(f.mtime_ns / 1000000000, 'unixepoch', 'localtime'), d.dated)"
"""SQL: the day (ISO) of a document `d`, its own or that of its file `f`."""

SEEN: Final = f"(:seen IS NULL OR {_COLLECTION} IN (SELECT value FROM json_each(:seen)))"
"""SQL: whether a file `f` lies in the collections that `seen` gave as `:seen`."""

Collections = Sequence[str] | None
"""Top-level folders whose documents may be seen; None: all."""

Grounds = Sequence[tuple[str, str]]
"""Id of each document that an answer stands on, and its source as it was then."""


def seen(collections: Collections) -> str | None:
    """Return what `:seen` of `SEEN` stands for: a name with its accents in either form."""
    if collections is None:
        return None
    forms = {normalize(form, name) for name in collections for form in ("NFC", "NFD")}
    return json.dumps(sorted({*collections, *forms}))


def sources_of(
    db: sqlite3.Connection, doc_id: str, collections: Collections = None
) -> tuple[str, ...]:
    """Return the files of a document that lie in these collections, by name."""
    return sources_of_each(db, [doc_id], collections).get(doc_id, ())


def sees_all(db: sqlite3.Connection, grounds: Grounds, collections: Collections) -> bool:
    """Tell whether all these documents may be seen; one that is gone lies where it lay then."""
    query = f"SELECT 1 FROM (SELECT :source AS source) f WHERE {SEEN}"
    for doc_id, source in grounds:
        if sources_of(db, doc_id):
            is_seen = bool(sources_of(db, doc_id, collections))
        else:
            values = {"source": source, "seen": seen(collections)}
            is_seen = db.execute(query, values).fetchone() is not None
        if not is_seen:
            return False
    return True


def shows_picture(db: sqlite3.Connection, image_id: str, collections: Collections) -> bool:
    """Tell whether a stored picture belongs to a document of these collections."""
    row = db.execute(
        "SELECT 1 FROM chunks c JOIN documents d ON d.row = c.doc_row"
        f" JOIN files f ON f.doc_id = d.id WHERE c.image_id = :image AND {SEEN} LIMIT 1",
        {"image": image_id, "seen": seen(collections)},
    ).fetchone()
    return row is not None


def sources_of_each(
    db: sqlite3.Connection, doc_ids: Collection[str] | None, collections: Collections = None
) -> dict[str, tuple[str, ...]]:
    """Return as `sources_of` for each of these documents (None: all) that has any."""
    files = "files f"
    if doc_ids is not None:
        files = "json_each(:docs) j CROSS JOIN files f ON f.doc_id = j.value"
    query = (
        f"SELECT f.doc_id, f.source FROM {files}"
        f" WHERE f.doc_id IS NOT NULL AND {SEEN} ORDER BY f.source"
    )
    values = {"docs": json.dumps(list(doc_ids or ())), "seen": seen(collections)}
    found: dict[str, tuple[str, ...]] = {}
    for doc_id, source in db.execute(query, values):
        found[doc_id] = (*found.get(doc_id, ()), source)
    return found


def admitted_rows(db: sqlite3.Connection, filters: Filters) -> list[int]:
    """Return the row numbers of the documents that the filters admit."""
    rows = db.execute(
        f"SELECT d.row, d.media_type, f.source, {DAY} FROM documents d"
        f" JOIN files f ON f.doc_id = d.id WHERE {SEEN}",
        {"seen": seen(filters.collections)},
    )
    return sorted(
        {
            row
            for row, media, source, day in rows
            if filters.admit(source=source, media_type=media, day=day)
        }
    )


def pictures(db: sqlite3.Connection) -> set[str]:
    """Return the ids of the pictures that documents and their passages show."""
    rows = db.execute(
        "SELECT image_id FROM document_pictures"
        " UNION SELECT image_id FROM chunks WHERE image_id IS NOT NULL"
    )
    return {image_id for (image_id,) in rows}


def is_shown(db: sqlite3.Connection, image_id: str) -> bool:
    """Tell whether a document or a passage shows a picture."""
    query = (
        "SELECT 1 FROM document_pictures WHERE image_id = :id"
        " UNION ALL SELECT 1 FROM chunks WHERE image_id = :id LIMIT 1"
    )
    return db.execute(query, {"id": image_id}).fetchone() is not None


def pictures_of(db: sqlite3.Connection, doc_ids: Iterable[str]) -> set[str]:
    """Return the ids of the pictures that the elements of these documents show."""
    rows = db.execute(
        "SELECT p.image_id FROM json_each(?) j JOIN documents d ON d.id = j.value"
        " JOIN document_pictures p ON p.doc_row = d.row",
        (json.dumps(list(doc_ids)),),
    )
    return {image_id for (image_id,) in rows}


def documents_with(db: sqlite3.Connection, image_ids: Iterable[str]) -> list[str]:
    """Return the ids of the documents whose elements show one of these pictures."""
    rows = db.execute(
        "SELECT DISTINCT d.id FROM json_each(?) j JOIN document_pictures p ON p.image_id = j.value"
        " JOIN documents d ON d.row = p.doc_row",
        (json.dumps(list(image_ids)),),
    )
    return [doc_id for (doc_id,) in rows]
