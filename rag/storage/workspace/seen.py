"""A workspace as one person sees it: their collections, and the conversations that they had.

What lies elsewhere is not there for them: it is no entry of a list, and no id finds it. Which
documents these are, the database resolves. Knows no passwords and no pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.datamodel import Chunk, Document, ImageAsset
from rag.protocols import Pixels
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.pins import Pins
from rag.storage.conversations.preferences import Preferences
from rag.storage.conversations.reports import Reports
from rag.storage.conversations.shares import Shares
from rag.storage.database.database import Database
from rag.storage.database.servers import GrowingAnswers
from rag.storage.database.sources import LeftOut, Roots
from rag.storage.database.user_database import UserDatabase
from rag.storage.documents import scope
from rag.storage.documents.answer_codec import Grounds
from rag.storage.documents.records import DocumentRecord, Tally

if TYPE_CHECKING:
    from rag.storage.workspace.store import WorkspaceIndex

Seen = tuple[str, ...] | None
"""Top-level folders (`ROOT_COLLECTION`: the files beside them); None: everything."""


class SeenIndex:
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
        self._index = index
        self._database = database
        self._collections = collections
        may_show = None if collections is None else self._shows
        self.conversations = Conversations(users, owner=owner, may_show=may_show)
        self.reports = Reports(users, owner=owner, may_show=may_show)
        self.shares = Shares(users, owner=owner, may_show=may_show)
        self.pins = Pins(users, owner=owner, may_show=may_show)
        self.preferences = Preferences(users, owner=owner)
        self.growing = GrowingAnswers(users, index.servers, owner=owner)
        self.left_out = LeftOut(users, hidden=collections is not None)
        self.assets = SeenPictures(index, collections, self.conversations.asked_with)

    @property
    def roots(self) -> Roots:
        return self._index.roots

    def documents(self) -> list[DocumentRecord]:
        return self._index.documents(collections=self._collections)

    def tally(self, *, most: int) -> Tally:
        return self._index.tally(most=most, collections=self._collections)

    def version(self) -> str:
        return self._index.version(collections=self._collections)

    def document(self, doc_id: str) -> Document | None:
        return self._index.document(doc_id, collections=self._collections)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        return self._index.chunks(ids, collections=self._collections)

    def alike(self, text: str, phash: str, *, media_types: Collection[str], k: int) -> list[Chunk]:
        return self._index.alike(
            text, phash, media_types=media_types, k=k, collections=self._collections
        )

    def remove_sources(self, sources: Sequence[str]) -> None:
        """Forget files. Raises PermissionError for who does not see everything."""
        if self._collections is not None:
            raise PermissionError("only who sees everything removes documents")
        self._index.remove_sources(sources)

    def _shows(self, grounds: Grounds) -> bool:
        """Tell whether what a kept answer stands on may all be seen by the person by now."""
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
        return self._index.assets.find(image_id) if self._is_seen(image_id) else None

    def put(self, pixels: Pixels) -> ImageAsset:
        """Store pixels; the same pixels twice are stored once."""
        image = self._index.assets.put(pixels)
        self._brought.add(image.id)
        return image

    def _is_seen(self, image_id: str) -> bool:
        if self._collections is None or image_id in self._brought:
            return True
        if self._index.shows_picture(image_id, collections=self._collections):
            return True
        return self._asked_with(image_id)
