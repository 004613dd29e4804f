"""The files that documents were read from, found again and checked by their bytes.

Knows the folder and the workspace; knows nothing of drawing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final, TypeVar

from rag.datamodel import Document, Version, version_of
from rag.opening import held, open_regular
from rag.storage.database.servers import Roots
from rag.storage.files.members import FOLDER, MemberStore

PAGED: Final = frozenset({"application/pdf"})
"""Media types whose pages are drawn from the original."""


Made = TypeVar("Made")

Fetch = Callable[[Path], None]
"""Lets a file be at its path, if it can be had. Raises nothing."""


class Originals:
    """Finds files. `came_with` tells where the bytes of what came with a question are kept."""

    def __init__(
        self,
        roots: Callable[[], Roots],
        workspace: Path,
        *,
        came_with: Callable[[str], Path] | None = None,
        fetch: Fetch = lambda _: None,
    ) -> None:
        """`fetch` brings files that lie on no disk of this machine."""
        self._fetch = fetch
        self._roots = roots
        self._members = MemberStore(workspace / FOLDER)
        self._came_with = came_with
        self._hashes: dict[tuple[int, Version], str] = {}

    def find(self, doc: Document) -> Path | None:
        """Return the file with the very bytes of `doc`, also unpacked or attached; else None."""
        kept = [self._members.path(doc.id)]
        if self._came_with is not None:
            kept.append(self._came_with(doc.id))
        in_folder = list(self._in_folder(doc))
        for path in (*in_folder, *kept):
            if self._holds(path, doc):
                return path
        for path in in_folder:
            self._fetch(path)
            if self._holds(path, doc):
                return path
        return None

    @contextmanager
    def lent(self, doc: Document) -> Iterator[Path | None]:
        """Lend a path to the very bytes of `doc`, whatever comes in their place; or None."""
        found = self.find(doc)
        with ExitStack() as stack:
            try:
                at = None if found is None else stack.enter_context(held(found))
            except OSError:
                at = None
            yield at if at is not None and self._holds(at, doc) else None

    def read(self, doc: Document, read: Callable[[Path], Made]) -> Made | None:
        """Return what `read`, in another process, makes of the bytes of `doc`; or None."""
        found = self.find(doc)
        made = None if found is None else read(found)
        return made if found is not None and self._holds(found, doc) else None

    def _holds(self, path: Path, doc: Document) -> bool:
        try:
            with open_regular(path.resolve()) as file:
                return self._hash(file) == doc.id
        except OSError:
            return False

    def _in_folder(self, doc: Document) -> Iterator[Path]:
        roots = self._roots()
        for place in filter(None, map(roots.place, doc.sources)):
            root, path = (one.resolve() for one in place)
            if path.is_relative_to(root):
                yield path

    def _hash(self, file: BufferedReader) -> str:
        status = os.fstat(file.fileno())
        key = (status.st_dev, version_of(status))
        if key not in self._hashes:
            self._hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._hashes[key]
