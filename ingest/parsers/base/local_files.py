"""Files that are read with another one, out of its own collection.

Never goes online, never leaves the collection: not by `..`, not by an absolute path, not by a
link. Nor is anything read that an ingest leaves out.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.discovery.references import area_of, referred
from rag.datamodel import Companion, SourceFile
from rag.opening import open_regular
from rag.settings import Settings
from rag.storage.database.folder import is_workspace

MAX_NAMES: Final = 1000
"""Of one file; what it names beyond is not looked for."""

LONGEST_NAME: Final = 1000


class LocalFiles:
    """Finds what lies beside one file, and remembers all that was looked for.

    Of several files of the same bytes each area has to hold the same: what their one document
    shows is seen by all who see one of them.
    """

    def __init__(self, file: SourceFile, *, settings: Settings) -> None:
        self._kept_apart = bool(settings.users)
        self._max_bytes = settings.file_mb * 1_000_000
        self._areas: defaultdict[str, list[_Place]] = defaultdict(list)
        self._names: set[str] = set()
        for one in (file, *file.copies):
            self._add(one)

    def _add(self, file: SourceFile) -> None:
        """Note where a file lies; what was unpacked, or found by a link, has nothing beside it."""
        inside = Path(os.path.relpath(file.path, file.root)).as_posix()
        is_beside = file.source == f"{file.source.partition('/')[0]}/{inside}"
        area = area_of(file.source, is_beside=is_beside, kept_apart=self._kept_apart)
        places = self._areas[area]
        if is_beside or file.source == inside:
            is_whole = is_beside or not self._kept_apart
            places.append(_Place(root=Path(file.root), inside=inside, is_whole=is_whole))

    @property
    def companions(self) -> tuple[Companion, ...]:
        """All that was looked for, whether it is there or not."""
        return tuple(Companion(name=name) for name in sorted(self._names))

    def read(self, name: str) -> bytes | None:
        """Return a file by its name, relative to the file's folder; None where none may be read."""
        if len(name) > LONGEST_NAME or (len(self._names) >= MAX_NAMES and name not in self._names):
            return None
        self._names.add(name)
        first, *others = (self._first(places, name) for places in self._areas.values())
        return first if all(other == first for other in others) else None

    def _first(self, places: list[_Place], name: str) -> bytes | None:
        found = (place.read(name, max_bytes=self._max_bytes) for place in places)
        return next((data for data in found if data), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a file lies; it may name files of its collection, or of the whole folder."""

    root: Path
    inside: str
    is_whole: bool

    def read(self, name: str, *, max_bytes: int) -> bytes | None:
        target = referred(self.inside, name, within_collection=not self.is_whole)
        if target is None or any(map(is_workspace, self._folders(target))):
            return None
        try:
            with open_regular(self.root / target, below=self.root) as file:
                is_small = os.fstat(file.fileno()).st_size <= max_bytes
                return file.read() if is_small else None
        except (OSError, ValueError):  # a name too long, or one that no file can have
            return None

    def _folders(self, target: str) -> list[Path]:
        """Return the folders between the root and a file."""
        return [self.root / folder for folder in Path(target).parents if folder.parts]
