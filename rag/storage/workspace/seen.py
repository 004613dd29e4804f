"""A workspace as one person sees it: their collections, and the conversations that they had.

What lies elsewhere is not there for them: it is no entry of a list, and no id finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.datamodel import ImageAsset
from rag.protocols import Pixels
from rag.storage.conversations.personal import PersonalStores
from rag.storage.database.database import Database
from rag.storage.database.servers import Roots
from rag.storage.database.user_database import UserDatabase
from rag.storage.documents import scope
from rag.storage.documents.scope import Grounds

if TYPE_CHECKING:
    from rag.storage.workspace.store import WorkspaceIndex

Seen = tuple[str, ...] | None
"""Top-level folders (`ROOT_COLLECTION`: the files beside them); None: everything."""


class SeenIndex(PersonalStores):
    """Made by `WorkspaceIndex.seen_by`; lives as long as that index."""

    def __init__(
        self,
        index: WorkspaceIndex,
        database: Database,
        users: UserDatabase,
        *,
        owner: str,
        collections: Seen,
    ) -> None:
        """`database` knows the documents; `users` keeps what people said and were told."""
        may_show = None if collections is None else self._shows
        super().__init__(users, index.servers, owner=owner, may_show=may_show)
        self._index = index
        self._database = database
        self._collections = collections
        self.assets = SeenPictures(index, collections, self.conversations.asked_with)
        # As those of the index, of these collections alone.
        self.documents = partial(index.documents, collections=collections)
        self.tally = partial(index.tally, collections=collections)
        self.version = partial(index.version, collections=collections)
        self.document = partial(index.document, collections=collections)
        self.chunks = partial(index.chunks, collections=collections)

    @property
    def roots(self) -> Roots:
        return self._index.roots

    def remove_sources(self, sources: Sequence[str]) -> None:
        """Forget files. Raises PermissionError for who does not see everything."""
        if self._collections is not None:
            raise PermissionError("only who sees everything removes documents")
        self._index.remove_sources(sources)

    def _shows(self, grounds: Grounds) -> bool:
        with self._database.read() as db:
            return scope.sees_all(db, grounds, self._collections)


class SeenPictures:
    """The stored pictures of what a person sees, and those that they brought themselves."""

    def __init__(
        self, index: WorkspaceIndex, collections: Seen, asked_with: Callable[[str], bool]
    ) -> None:
        self._index = index
        self._collections = collections
        self._asked_with = asked_with
        self._brought: set[str] = set()

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type; None for an id that is unknown, or hidden."""
        is_seen = self._collections is None or image_id in self._brought
        is_seen = is_seen or self._index.shows_picture(image_id, collections=self._collections)
        return self._index.assets.find(image_id) if is_seen or self._asked_with(image_id) else None

    def put(self, pixels: Pixels) -> ImageAsset:
        """Store pixels; the same pixels twice are stored once."""
        image = self._index.assets.put(pixels)
        self._brought.add(image.id)
        return image
