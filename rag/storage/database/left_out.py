"""Files that a person took out of the index: an ingest leaves them alone. Knows sources only."""

from __future__ import annotations

from collections.abc import Sequence

from rag.storage.database.ledger import Ledger


class LeftOut:
    """The sources that are left out, kept in the ledger. Those who see a part see none of them."""

    def __init__(self, ledger: Ledger, *, hidden: bool = False) -> None:
        self._ledger = ledger
        self._hidden = hidden

    def sources(self) -> frozenset[str]:
        if self._hidden:
            return frozenset()
        with self._ledger.read() as db:
            return frozenset(source for (source,) in db.execute("SELECT source FROM left_out"))

    def add(self, sources: Sequence[str]) -> None:
        with self._ledger.write() as db:
            rows = [(source,) for source in sources]
            db.executemany("INSERT OR IGNORE INTO left_out VALUES (?)", rows)

    def remove(self, sources: Sequence[str]) -> None:
        with self._ledger.write() as db:
            rows = [(source,) for source in sources]
            db.executemany("DELETE FROM left_out WHERE source = ?", rows)
