"""Folders that are read beside the workspace's own: each is a collection, under a name.

The sources of what lies in one begin with its name. Knows names and paths; looks at no disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rag.storage.database.user_database import UserDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Where files lie: in the workspace's own folder, or in one `beside` it, by its name."""

    own: Path | None
    beside: Mapping[str, Path] = field(default_factory=dict)

    def place(self, source: str) -> tuple[Path, Path] | None:
        """Return the folder that a source lies in, and its path; None where none is known."""
        top, _, rest = source.partition("/")
        if rest and top in self.beside:
            return self.beside[top], self.beside[top] / rest
        return None if self.own is None else (self.own, self.own / source)


class SourceFolders:
    """The further folders of a workspace."""

    def __init__(self, database: UserDatabase) -> None:
        self._database = database

    def all(self) -> dict[str, Path]:
        """Return the folders by their names, in the order of these."""
        with self._database.read() as db:
            rows = db.execute("SELECT name, folder FROM source_folders ORDER BY name").fetchall()
        return {name: Path(folder) for name, folder in rows}

    def put(self, name: str, folder: Path) -> None:
        with self._database.write() as db:
            db.execute(
                "INSERT INTO source_folders VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET folder = excluded.folder",
                (name, str(folder)),
            )

    def rename(self, name: str, other: str) -> None:
        with self._database.write() as db:
            db.execute("UPDATE source_folders SET name = ? WHERE name = ?", (other, name))

    def remove(self, name: str) -> None:
        with self._database.write() as db:
            db.execute("DELETE FROM source_folders WHERE name = ?", (name,))
