"""Words of documents as stems of their language. Knows the index's tables."""

from __future__ import annotations

import sqlite3

from rag.storage.documents.stems import LANGUAGES, stemmed

_OF_DOCUMENT = "rowid IN (SELECT row FROM chunks WHERE doc_row = ?)"


def stem(db: sqlite3.Connection, doc_id: str) -> None:
    """Keep a document's words as stems of its language (ISO 639-1), and of no other."""
    found = db.execute("SELECT row, language FROM documents WHERE id = ?", (doc_id,)).fetchone()
    if found is None:
        return
    row, language = found
    kept = language if language in LANGUAGES else ""
    db.execute(f"DELETE FROM stems WHERE {_OF_DOCUMENT}", (row,))
    if kept:
        words = db.execute(f"SELECT rowid, context, text FROM words WHERE {_OF_DOCUMENT}", (row,))
        db.executemany(
            "INSERT INTO stems (rowid, context, text) VALUES (?, ?, ?)",
            [
                (number, stemmed(context, kept), stemmed(text, kept))
                for number, context, text in words.fetchall()
            ],
        )
    db.execute("UPDATE documents SET stemmed = ? WHERE row = ?", (kept, row))
    changed = "(SELECT chunk_count FROM documents WHERE row = ?)"
    db.execute(f"UPDATE counters SET words = words + {changed}", (row,))


def stemmed_languages(db: sqlite3.Connection) -> list[str]:
    """Return the languages beside English that the words of some document are kept as stems of."""
    held = "SELECT 1 FROM documents WHERE stemmed = ? AND stemmed <> ''"  # its index has no others
    return [code for code in LANGUAGES if db.execute(held, (code,)).fetchone() is not None]
