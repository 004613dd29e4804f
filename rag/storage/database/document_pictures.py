"""Which pictures the elements of each document show: rows, so that no document is read for it.

Knows the database's tables and how the codec writes an element; knows no files.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from typing import Final

_IMAGE: Final = re.compile(rb'"image":\["([0-9a-f]{64})"')
"""Of an element as `codec` writes it; in a text the quotation marks would be escaped."""


def note(db: sqlite3.Connection, doc_row: int, elements: bytes) -> None:
    """Note the pictures of one document, in place of those that were noted."""
    found = {key.decode() for key in _IMAGE.findall(elements)}
    db.execute("DELETE FROM document_pictures WHERE doc_row = ?", (doc_row,))
    db.executemany(
        "INSERT INTO document_pictures (image_id, doc_row) VALUES (?, ?)",
        [(key, doc_row) for key in sorted(found)],
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
    row = db.execute(
        "SELECT 1 FROM document_pictures WHERE image_id = :id"
        " UNION ALL SELECT 1 FROM chunks WHERE image_id = :id LIMIT 1",
        {"id": image_id},
    ).fetchone()
    return row is not None


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
