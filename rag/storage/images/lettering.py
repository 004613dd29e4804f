"""What OCR read, kept in the database, and which documents it is yet to read or read in vain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress

from rag.errors import DamagedError
from rag.protocols import OcrLine
from rag.storage.database.database import Database
from rag.storage.documents import codec
from rag.storage.documents.seals import opened, sealed


class LetteringCache:
    """Lines by a key of the reader's choosing: a killed ingest loses at most a page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> list[OcrLine] | None:
        rows = self._database.query("SELECT lines FROM lettering WHERE key = ?", (key,))
        with suppress(DamagedError):  # it is read on the picture again
            return opened(rows[0][0], codec.decode_lines, what=key) if rows else None
        return None

    def put(self, key: str, lines: Sequence[OcrLine]) -> None:
        with self._database.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO lettering VALUES (?, ?)",
                (key, sealed(codec.encode_lines(lines))),
            )

    def keys_of(self, prefix: str) -> list[str]:
        """Return the keys that begin so, in their order."""
        query = "SELECT key FROM lettering WHERE key >= ? AND key < ? ORDER BY key"
        return [key for (key,) in self._database.query(query, (prefix, f"{prefix}\U0010ffff"))]


class Unlettered:
    """Documents whose lettering is yet to be read, and those that were tried in vain.

    `tried_with` names the limits and the version they are read under.

    A document that is stored anew is as one that was never tried.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, *, tried_with: str) -> list[str]:
        """Return the ids of documents whose lettering is yet to be read, oldest first.

        Those are left out that were tried in vain under the same limits.
        """
        query = "SELECT id FROM documents WHERE pending AND lettering_tried_with <> ? ORDER BY row"
        return [doc_id for (doc_id,) in self._database.query(query, (tried_with,))]

    def note(self, doc_id: str, *, warning: str, tried_with: str) -> None:
        """Add a warning to a document, and under which limits its lettering could not be read."""
        with self._database.write() as db:
            row = db.execute("SELECT warnings FROM documents WHERE id = ?", (doc_id,)).fetchone()
            if row is None:
                return
            warnings = dict.fromkeys([*opened(row[0], json.loads, what=doc_id), warning])
            db.execute(
                "UPDATE documents SET warnings = ?, lettering_tried_with = ? WHERE id = ?",
                (codec.dump(list(warnings)), tried_with, doc_id),
            )
