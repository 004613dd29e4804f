"""What was attached to questions: an index of its own, beside that of the documents.

Nothing attached is ever found by a question of somebody else, listed among the documents, or
removed by an ingest. Made when first needed. Knows indexes and stages; knows no file format.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from rag.answer.pipeline import Limits
from rag.attachments.answering import AttachmentAnswers
from rag.built_in import BuiltIn
from rag.closing import Closing
from rag.datamodel import Answer, Chunk, Document, Hit, Query, Turn
from rag.index.picture_kind import picture_kind
from rag.index.store import WorkspaceIndex
from rag.lineup import Lineup
from rag.neural.embedders import SentenceEmbedder
from rag.neural.reader import Reader
from rag.retrieve.retriever import SAME_PICTURE_SCORE
from rag.stages import Stages

FOLDER: Final = "attached"
"""Its name in a workspace."""

SAME_PICTURES: Final = 3


class AttachedFiles(Closing):
    """The index of attachments. Any thread may call; `open_index` is called once, when needed."""

    def __init__(
        self,
        open_index: Callable[[], WorkspaceIndex],
        embedder: SentenceEmbedder,
        reader: Reader,
        limits: Limits,
    ) -> None:
        self._open_index = open_index
        self._embedder = embedder
        self._reader = reader
        self._limits = limits
        self._lock = threading.Lock()
        self._index: WorkspaceIndex | None = None
        self._built_in: BuiltIn | None = None

    @property
    def embedder(self) -> SentenceEmbedder:
        return self._embedder

    @property
    def index(self) -> WorkspaceIndex:
        """Open it now if it is not open. Raises the WorkspaceErrors of opening an index."""
        with self._lock:
            if self._index is None:
                self._index = self._open_index()
                self._built_in = BuiltIn(self._index, self._embedder, self._reader)
            return self._index

    @property
    def opened(self) -> WorkspaceIndex | None:
        """The index, if anything was attached since the program began."""
        return self._index

    def stages(self, lineup: Lineup) -> Stages:
        """Return the stages over the attachments, with the models that read and write."""
        index = self.index
        if self._built_in is None:
            raise RuntimeError("an open index has its models")
        own = replace(lineup, meaning=None, sight=None)
        return Stages(index, self._built_in, own, self._limits)

    def close(self) -> None:
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None


class AttachedAsker:
    """Implements `rag.attachments.answering.Attached` over the index of attachments."""

    def __init__(self, files: AttachedFiles, lineup: Lineup) -> None:
        self._index = files.index
        self._stages = files.stages(lineup)

    def document(self, doc_id: str) -> Document | None:
        return self._index.document(doc_id)

    def chunks_of(self, doc_id: str) -> list[Chunk]:
        return self._index.chunks_of(doc_id)

    def kind_of(self, doc: Document) -> str:
        image = next((e.image for e in doc.elements if e.image), None)
        if not doc.media_type.startswith("image/") or image is None:
            return ""
        words = "\n".join(element.text for element in doc.elements)
        return picture_kind(self._index.assets.pixels(image), words)

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        return self._stages.pipeline.ask(query, history)

    def write(self, query: Query, hits: Sequence[Hit]) -> Iterator[Answer]:
        return self._stages.pipeline.write(query, hits)


class FolderAsker:
    """Implements `rag.attachments.answering.Documents` over the stages of the folder."""

    def __init__(
        self,
        index: WorkspaceIndex,
        stages: Stages,
        ask: Callable[[Query, Sequence[Turn]], Iterator[Answer]],
    ) -> None:
        self._index = index
        self._stages = stages
        self._ask = ask

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        return self._ask(query, history)

    def rank(self, query: Query, k: int) -> list[Hit]:
        return self._stages.pipeline.rank(query, k=k)

    def same_pictures(self, query: Query) -> list[Hit]:
        found = [
            hit
            for attachment in query.attachments
            if attachment.image is not None
            for hit in self._index.search_image(
                attachment.image.phash, k=SAME_PICTURES, filters=query.filters
            )
            if hit.score >= SAME_PICTURE_SCORE
        ]
        return sorted(found, key=lambda hit: -hit.score)


def attachment_answers(
    files: AttachedFiles,
    index: WorkspaceIndex,
    stages: Stages,
    ask: Callable[[Query, Sequence[Turn]], Iterator[Answer]],
) -> AttachmentAnswers:
    """Return what answers questions that bring attachments, with the models of `stages`."""
    return AttachmentAnswers(
        AttachedAsker(files, stages.lineup),
        FolderAsker(index, stages, ask),
        index.document_frequencies,
        writes=stages.lineup.writer is not None,
    )
