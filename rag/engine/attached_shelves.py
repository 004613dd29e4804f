"""The folders of what was attached to questions: one for each server of a workspace.

Each server stores in one that is its own, and reads those of the others. Knows folders and indexes;
knows nothing of questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from rag.errors import WorkspaceBusyError, WorkspaceError
from rag.storage.database.folder import LEDGER_NAME
from rag.storage.database.members import FOLDER as MEMBERS
from rag.storage.database.members import MemberStore
from rag.storage.workspace.store import WorkspaceIndex

MOST: Final = 16
"""Servers of one workspace that can have files attached to questions."""

OpenIndex = Callable[[Path], WorkspaceIndex]


class Shelves:
    """Not for several threads at a time. `first` is the folder of a server that is alone."""

    def __init__(self, first: Path, open_index: OpenIndex, open_beside: OpenIndex) -> None:
        self._all = [first, *(first.with_name(f"{first.name}-{n}") for n in range(2, MOST + 1))]
        self._open_index = open_index
        self._open_beside = open_beside
        self._own: WorkspaceIndex | None = None
        self._beside: dict[Path, WorkspaceIndex] = {}

    @property
    def any_there(self) -> bool:
        return any(_is_there(folder) for folder in self._all)

    def opened(self) -> WorkspaceIndex:
        """Return this server's: the first that no other has open."""
        if self._own is None:
            self._own = self._first_free()
            former = self._beside.pop(self._own.workspace, None)
            if former is not None:
                former.close()
        return self._own

    def beside(self) -> Iterator[WorkspaceIndex]:
        """Yield those of other servers, also of such as have ended."""
        own = self._own.workspace if self._own else None
        for folder in self._all:
            if folder == own or not _is_there(folder):
                continue
            if folder not in self._beside:
                try:
                    self._beside[folder] = self._open_beside(folder)
                except WorkspaceError:  # of another version: its server says so
                    continue
            yield self._beside[folder]

    def path_of(self, doc_id: str) -> Path:
        """Return where the bytes of a file are kept, or would be."""
        own = self._own.workspace if self._own else self._all[0]
        paths = [MemberStore(folder / MEMBERS).path(doc_id) for folder in (own, *self._all)]
        return next((path for path in paths if path.is_file()), paths[0])

    def close(self) -> None:
        for index in (*self._beside.values(), *((self._own,) if self._own else ())):
            index.close()
        self._beside.clear()
        self._own = None

    def _first_free(self) -> WorkspaceIndex:
        for folder in self._all[:-1]:
            try:
                return self._open_index(folder)
            except WorkspaceBusyError:
                continue
        return self._open_index(self._all[-1])


def _is_there(folder: Path) -> bool:
    return (folder / LEDGER_NAME).is_file()
