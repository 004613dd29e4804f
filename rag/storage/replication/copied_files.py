"""The files that a document needs beside its rows: its pictures, long tables, what was unpacked.

Named by their places in the workspace, which are the same on each machine. Knows folders; knows
nothing of databases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from rag.datamodel import TABULAR, Chunk, Document, images_of
from rag.errors import WorkspaceError
from rag.storage.files.folder import write_whole
from rag.storage.files.members import FOLDER as MEMBERS
from rag.storage.files.members import MemberStore
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore, key_of

ASSETS: Final = "assets"
MAX_BYTES: Final = 200_000_000
"""Of one file: a row of PostgreSQL holds 1 GB. A larger one stays on its machine."""

_NAME: Final = re.compile(
    rf"{ASSETS}/[0-9a-f]{{2}}/[0-9a-f]{{62}}\.(png|jpg)"
    rf"|{TABLES}/[0-9a-f]{{1,64}}\.sqlite|{MEMBERS}/[0-9a-f]{{2}}/[0-9a-f]{{64}}"
)


class CopiedFiles:
    """Of one workspace. `is_elsewhere` tells which pictures each machine fetches from elsewhere."""

    def __init__(self, workspace: Path, *, is_elsewhere: Callable[[str], bool]) -> None:
        self._workspace = workspace
        self._is_elsewhere = is_elsewhere
        self._tables = TableStore(workspace / TABLES)
        self._members = MemberStore(workspace / MEMBERS)

    def needed(self, document: Document, chunks: Collection[Chunk]) -> set[str]:
        """Return the names of the files that are there, and that others have from here alone."""
        shown = {image.path for image in images_of(document, chunks)}
        names = {f"{ASSETS}/{path}" for path in shown if not self._is_elsewhere(path)}
        member = self._members.path(document.id)
        names.add(member.relative_to(self._workspace).as_posix())
        if self._has_long_table(document):
            names.add(f"{TABLES}/{document.id}.sqlite")
        return {name for name in names if _NAME.fullmatch(name) and self._size(name) <= MAX_BYTES}

    def changing(self, name: str) -> bool:
        """Tell whether a file of this name may come to hold something else."""
        return name.startswith(f"{TABLES}/")

    def read(self, name: str) -> bytes:
        """Return what a file holds; nothing where it is gone meanwhile."""
        with suppress(FileNotFoundError):
            return (self._workspace / name).read_bytes()
        return b""

    def take(self, names: Collection[str], load: Callable[[str], bytes | None]) -> None:
        """Write the files that lack, each whole or not at all.

        Raises WorkspaceError for a name that none of ours has, and for a disk that is full.
        """
        for name in names:
            if not _NAME.fullmatch(name):
                raise WorkspaceError(f"The database names a file {name!r} that is none of ours.")
            if self.changing(name) or not (self._workspace / name).is_file():
                data = load(name)
                if data:
                    write_whole(self._workspace / name, data)

    def _has_long_table(self, document: Document) -> bool:
        """Whether a table has more rows than its element tells: only its file holds them."""
        tables = (element.text for element in document.elements if element.role in TABULAR)
        heights = {key_of(text): text.count("\n") for text in tables}
        notes = self._tables.notes(document.id) if heights else []
        return any(note.height > heights.get(note.key, 0) for note in notes)

    def _size(self, name: str) -> float:
        path = self._workspace / name
        return path.stat().st_size if path.is_file() else float("inf")
