"""The documents that a model may look into while it answers: those that the question searches.

Knows the index; knows no model.
"""

from __future__ import annotations

from typing import Final

from rag.datamodel import Chunk, Filters
from rag.generation.tools.toolbox import ShelvedDocument
from rag.storage.workspace.store import WorkspaceIndex
from rag.summarization.documents import admitted

MAX_CHUNKS: Final = 40
"""Of a document without pages so many chunks are read."""


class FolderShelf:
    """Implements `rag.generation.tools.toolbox.Shelf`."""

    def __init__(self, index: WorkspaceIndex) -> None:
        self._index = index

    def searched(self, filters: Filters) -> list[ShelvedDocument]:
        """Return each document that the filters admit, under each path that they admit."""
        records = [r for r in self._index.documents(collections=filters.collections) if r.id]
        return [
            ShelvedDocument(doc_id=record.id, source=source, title=record.title)
            for record in admitted(records, filters)
            for source in record.sources
            if filters.admit(source=source, media_type=record.media_type, day=record.day)
        ]

    def page(self, doc_id: str, page: int) -> list[Chunk]:
        """Return the chunks of a page in reading order; of a document without pages the first."""
        chunks = self._index.chunks_of(doc_id)
        return [chunk for chunk in chunks if chunk.page in {None, page}][:MAX_CHUNKS]
