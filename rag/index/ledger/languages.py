"""Languages of documents that an earlier version stored without. Knows the ledger's documents."""

from __future__ import annotations

from rag.index.ledger.ledger import Ledger


class Languages:
    """The column `language` of documents: NULL until it was looked for, "" where none was told."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def untold(self) -> list[str]:
        """Return the ids of documents whose language was never looked for, in order of storing."""
        query = "SELECT id FROM documents WHERE language IS NULL ORDER BY row"
        with self._ledger.read() as db:
            return [doc_id for (doc_id,) in db.execute(query)]

    def put(self, doc_id: str, language: str | None) -> None:
        """Store a language (ISO 639-1); None: it was looked for, and none was told."""
        query = "UPDATE documents SET language = ? WHERE id = ?"
        with self._ledger.write() as db:
            db.execute(query, (language or "", doc_id))
