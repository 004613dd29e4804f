"""Files that a person took out of the index: an ingest leaves them alone. Knows sources only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.storage.database.user_database import UserDatabase


class LeftOut:
    """The sources that are left out. Those who see a part see none of them."""

    def __init__(self, database: UserDatabase, *, hidden: bool = False) -> None:
        self._database = database
        self._hidden = hidden

    def sources(self) -> frozenset[str]:
        if self._hidden:
            return frozenset()
        with self._database.read() as db:
            return frozenset(source for (source,) in db.execute("SELECT source FROM left_out"))

    def add(self, sources: Sequence[str]) -> None:
        with self._database.write() as db:
            rows = [(source,) for source in sources]
            db.executemany("INSERT INTO left_out VALUES (?) ON CONFLICT DO NOTHING", rows)

    def remove(self, sources: Sequence[str]) -> None:
        with self._database.write() as db:
            rows = [(source,) for source in sources]
            db.executemany("DELETE FROM left_out WHERE source = ?", rows)

    def move(self, moved: Mapping[str, str]) -> None:
        """Give files that are left out their new sources, by the former ones."""
        former = self.sources() & moved.keys()
        if former:
            self.remove(sorted(former))
            self.add([moved[source] for source in sorted(former)])
