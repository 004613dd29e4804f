"""A library in memory, its pictures in a folder; and a renderer that draws every page grey."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from rag.datamodel import (
    BBox,
    Chunk,
    Document,
)
from rag.protocols import Pixels
from rag.storage.accounts import Audit, Sessions, Usage
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.personal import Pins, Preferences, Shares
from rag.storage.conversations.reports import Reports
from rag.storage.database.database import Database
from rag.storage.database.servers import GrowingAnswers, LeftOut, Roots, ServerMarks
from rag.storage.database.user_database import UserDatabase, UserFile
from rag.storage.documents.records import DocumentRecord, Tally
from rag.storage.images.assets import AssetStore, decode
from rag.storage.workspace.care import Tidy


class FakeLibrary:
    """Documents in memory, pictures in a folder."""

    is_owned = True

    def __init__(self, *docs: Document, folder: Path, store: UserDatabase | None = None) -> None:
        """`store` keeps what people say; None: a file of its own does."""
        self.docs = {doc.id: doc for doc in docs}
        self.failed: list[DocumentRecord] = []
        self.root: Path | None = folder
        self.roots = Roots(own=folder)
        self._store = store
        self._hidden = self.workspace = folder / ".pagelight"
        self.assets = AssetStore(self._hidden / "assets", megapixels=10)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self._kept)

    @cached_property
    def left_out(self) -> LeftOut:
        return LeftOut(self._kept)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self._kept)

    @cached_property
    def shares(self) -> Shares:
        return Shares(self._kept)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self._kept)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self._kept)

    @cached_property
    def usage(self) -> Usage:
        return Usage(self._kept)

    @cached_property
    def pins(self) -> Pins:
        return Pins(self._kept)

    @cached_property
    def growing(self) -> GrowingAnswers:
        return GrowingAnswers(self._kept, ServerMarks(self._hidden))

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(self._kept)

    @cached_property
    def tidy(self) -> Tidy:
        return Tidy(self._hidden, self._database, self.assets, self._kept)

    @property
    def _kept(self) -> UserDatabase:
        return self._store or self._users

    @cached_property
    def _database(self) -> Database:
        self._hidden.mkdir(exist_ok=True)
        return Database(self._hidden / "ledger.sqlite")

    @cached_property
    def _users(self) -> UserFile:
        self._hidden.mkdir(exist_ok=True)
        return UserFile(self._hidden / "users.sqlite")

    def remove_sources(self, sources: Sequence[str]) -> None:
        kept = {key: doc for key, doc in self.docs.items() if not {*doc.sources} & {*sources}}
        self.docs = kept
        self.failed = [record for record in self.failed if not {*record.sources} & {*sources}]

    def documents(self) -> list[DocumentRecord]:
        ready = [
            DocumentRecord(
                id=doc.id,
                sources=doc.sources,
                media_type=doc.media_type,
                page_count=doc.page_count,
                title=doc.title,
                pending=doc.pending,
                warnings=doc.warnings,
            )
            for doc in self.docs.values()
        ]
        return ready + self.failed

    def tally(self, *, most: int) -> Tally:
        return Tally(ready=len(self.docs), failed=len(self.failed), first_failed=self.failed[:most])

    def version(self) -> str:
        return repr((self.documents(), self.left_out.sources()))

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int
    ) -> tuple[int, list[list[str]]]:
        rows = [line.split(" | ") for line in text.split("\n")[1:]] if doc_id in self.docs else []
        return len(rows), rows[first : first + count]

    def row_of(self, doc_id: str, text: str, cells: Sequence[str]) -> int | None:
        height, rows = self.kept_rows(doc_id, text, 0, text.count("\n"))
        return rows.index(list(cells)) if height and list(cells) in rows else None

    def document(self, doc_id: str) -> Document | None:
        return self.docs.get(doc_id)

    def alike(self, text: str, phash: str, *, media_types: Collection[str], k: int) -> list[Chunk]:
        """Return a chunk of each element with a word of `text`."""
        del phash
        asked = set(text.split())
        return [
            Chunk(
                id=f"{doc.id[:8]}{n}",
                doc_id=doc.id,
                source=doc.sources[0],
                ordinal=n,
                text=element.text,
                provenances=element.provenances,
            )
            for doc in self.docs.values()
            if doc.media_type in media_types
            for n, element in enumerate(doc.elements)
            if asked & set(element.text.split())
        ][:k]


class FakeRenderer:
    """Draws every page grey; counts how often."""

    def __init__(self) -> None:
        self.drawn: list[tuple[Path, int, int]] = []

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels:
        self.drawn.append((path, page, width_px))
        return np.full((width_px * 2, width_px, 3), 200, dtype=np.uint8)

    def crop(self, path: Path, bbox: BBox) -> Pixels:
        pixels = decode(path.read_bytes(), megapixels=100)
        height, width = pixels.shape[:2]
        rows = slice(int(bbox.y0 * height), max(int(bbox.y0 * height) + 1, round(bbox.y1 * height)))
        left = int(bbox.x0 * width)
        return pixels[rows, left : max(left + 1, round(bbox.x1 * width))]
