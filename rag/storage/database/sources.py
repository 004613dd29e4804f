"""Which files a workspace reads: those of further folders too, and not those that are left out.

Knows names and paths; looks at no disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.storage.database.user_database import UserDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Where files lie: in the workspace's own folder, or in an `extra` one, by its name."""

    own: Path | None
    extra: Mapping[str, Path] = field(default_factory=dict)

    def place(self, source: str) -> tuple[Path, Path] | None:
        """Return the folder that a source lies in, and its path; None where none is known."""
        top, _, rest = source.partition("/")
        if rest and top in self.extra:
            return self.extra[top], self.extra[top] / rest
        return None if self.own is None else (self.own, self.own / source)


class SourceFolders:
    """Folders that are read beside the workspace's own: each is a collection, under a name.

    The sources of what lies in one begin with its name.
    """

    def __init__(self, database: UserDatabase) -> None:
        self._database = database

    def all(self) -> dict[str, Path]:
        """Return the folders by their names, in the order of these."""
        rows = self._database.query("SELECT name, folder FROM source_folders ORDER BY name")
        return {name: Path(folder) for name, folder in rows}

    def put(self, name: str, folder: Path) -> None:
        query = (
            "INSERT INTO source_folders VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET folder = excluded.folder"
        )
        self._database.change(query, (name, str(folder)))

    def rename(self, name: str, other: str) -> None:
        query = "UPDATE source_folders SET name = ? WHERE name = ?"
        self._database.change(query, (other, name))

    def remove(self, name: str) -> None:
        self._database.change("DELETE FROM source_folders WHERE name = ?", (name,))


class LeftOut:
    """The sources that a person took out of the index: an ingest leaves them alone.

    Those who see a part see none of them.
    """

    def __init__(self, database: UserDatabase, *, hidden: bool = False) -> None:
        self._database = database
        self._hidden = hidden

    def sources(self) -> frozenset[str]:
        query = "SELECT source FROM left_out"
        rows = [] if self._hidden else self._database.query(query)
        return frozenset(source for (source,) in rows)

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
