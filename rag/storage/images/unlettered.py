"""Documents whose lettering is yet to be read, and which were tried in vain. Knows the database."""

from __future__ import annotations

from rag.storage.database.database import Database
from rag.storage.documents import codec
from rag.storage.documents.seals import opened


class Unlettered:
    """Kept with the documents. `tried_with` names the limits and the version they are read under.

    A document that is stored anew is as one that was never tried.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, *, tried_with: str) -> list[str]:
        """Return the ids of documents whose lettering is yet to be read, oldest first.

        Those are left out that were tried in vain under the same limits.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT id FROM documents WHERE pending AND lettering_tried_with <> ? ORDER BY row",
                (tried_with,),
            )
            return [doc_id for (doc_id,) in rows]

    def note(self, doc_id: str, *, warning: str, tried_with: str) -> None:
        """Add a warning to a document, and under which limits its lettering could not be read."""
        with self._database.write() as db:
            row = db.execute("SELECT warnings FROM documents WHERE id = ?", (doc_id,)).fetchone()
            if row is None:
                return
            warnings = dict.fromkeys([*opened(row[0], codec.load, what=doc_id), warning])
            db.execute(
                "UPDATE documents SET warnings = ?, lettering_tried_with = ? WHERE id = ?",
                (codec.dump(list(warnings)), tried_with, doc_id),
            )
