"""Languages of documents, and their words as stems of these. Knows the ledger's tables."""

from __future__ import annotations

import json
import sqlite3

from rag.storage.database.ledger import Ledger
from rag.storage.documents.stems import LANGUAGES, stemmed


class Languages:
    """The languages and the stems that documents lack which an earlier version stored.

    The column `language` of documents is NULL until it was looked for, "" where none was told.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def untold(self) -> list[str]:
        """Return the ids of documents whose language was never looked for, in order of storing."""
        query = "SELECT id FROM documents WHERE language IS NULL ORDER BY row"
        with self._ledger.read() as db:
            return [doc_id for (doc_id,) in db.execute(query)]

    def unstemmed(self) -> list[str]:
        """Return the ids of documents whose words lack the stems of their language."""
        query = (
            "SELECT id FROM documents WHERE stemmed <> language"
            " AND language IN (SELECT value FROM json_each(?)) ORDER BY row"
        )
        with self._ledger.read() as db:
            return [doc_id for (doc_id,) in db.execute(query, (json.dumps(LANGUAGES),))]

    def held(self) -> list[str]:
        """Return the languages (ISO 639-1) beside English that documents are stemmed in."""
        with self._ledger.read() as db:
            return stemmed_languages(db)

    def put(self, doc_id: str, language: str | None) -> None:
        """Store a language (ISO 639-1); None: it was looked for, and none was told."""
        query = "UPDATE documents SET language = ? WHERE id = ?"
        with self._ledger.write() as db:
            db.execute(query, (language or "", doc_id))
            stem(db, doc_id)

    def stem(self, doc_id: str) -> None:
        """Keep a document's words as stems of its language, all of them or nothing."""
        with self._ledger.write() as db:
            stem(db, doc_id)


def stem(db: sqlite3.Connection, doc_id: str) -> None:
    """Keep a document's words as stems of its language, and of no other."""
    found = db.execute("SELECT row, language FROM documents WHERE id = ?", (doc_id,)).fetchone()
    if found is None:
        return
    row, language = found
    kept = language if language in LANGUAGES else ""
    of_document = "rowid IN (SELECT row FROM chunks WHERE doc_row = ?)"
    db.execute(f"DELETE FROM stems WHERE {of_document}", (row,))
    if kept:
        said = db.execute(f"SELECT rowid, context, text FROM words WHERE {of_document}", (row,))
        db.executemany(
            "INSERT INTO stems (rowid, context, text) VALUES (?, ?, ?)",
            [
                (n, stemmed(context, kept), stemmed(text, kept))
                for n, context, text in said.fetchall()
            ],
        )
    db.execute("UPDATE documents SET stemmed = ? WHERE row = ?", (kept, row))
    changed = "(SELECT chunk_count FROM documents WHERE row = ?)"
    db.execute(f"UPDATE tally SET changes = changes + {changed}", (row,))


def stemmed_languages(db: sqlite3.Connection) -> list[str]:
    """Return the languages that the words of some document are kept as stems of."""
    held = "SELECT 1 FROM documents WHERE stemmed = ? AND stemmed <> ''"  # its index has no others
    return [code for code in LANGUAGES if db.execute(held, (code,)).fetchone() is not None]
