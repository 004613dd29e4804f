"""A stronger text model beside the built-in one: takes over the search by meaning once it is ready.

Embeds what the database holds into a space of its own, a few chunks at a time, from where it was
left; until every chunk has its vector the built-in model's space answers, and again whenever
documents have come that it has not read yet. What weighs evidence stays with the built-in model,
on whose cosines it was calibrated. Knows seams and the space; knows no model's library.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol

from rag.datamodel import Hit, Query
from rag.progress import Progress
from rag.protocols import Embedder
from rag.retrieval.model_search import LoadedModel, ModelSearch
from rag.retrieval.retriever import searched_text, vector_of
from rag.storage.search.text_space import TextSpace
from rag.storage.vectors.chunk_vectors import ChunkEmbedder

EMBEDDED_AT_ONCE: Final = 32
"""Chunks embedded and stored together: what a stop waits for, and what a crash loses."""


class TextModel(Embedder, LoadedModel, Protocol):
    """A text embedder that is loaded when first needed."""


class DenseSearch(ModelSearch[TextModel, TextSpace]):
    """The model and its space."""

    AT_ONCE = EMBEDDED_AT_ONCE

    def __init__(
        self, model: TextModel, open_space: Callable[[TextModel], TextSpace], *, name: str
    ) -> None:
        super().__init__(model, open_space, name=name)
        self.name = name
        self._left = 0

    @property
    def problem(self) -> str:
        """Why it does not find, as a sentence; "" where it does, or will."""
        return f"{self._problem} The built-in model finds instead." if self._problem else ""

    @property
    def status(self) -> str:
        """What is awaited or wrong, as a sentence; "" where it answers."""
        if self._left and not self._problem:
            return f"{self.name} is reading {self._left:,} passages; until then MiniLM finds."
        return self.problem

    def find(self, query: Query, /, *, k: int) -> list[Hit] | None:
        """Return at most `k` hits, channel `dense`; None where the space is not whole, or it fails.

        What failed is told by `status`, and tried again by the next question.
        """
        try:
            found = self._found(query, k=k)
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self._failed(error)
            return None
        if found is not None:
            self._problem = ""
        return found

    def _found(self, query: Query, *, k: int) -> list[Hit] | None:
        if not self.ready or not self._space().is_whole():
            return None
        vector = vector_of(query, searched_text(query, words=query.spoken), self._model)
        return self._space().search(vector, k=k, filters=query.filters)

    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int:
        space = self._loaded()
        space.prune()
        missing = space.missing()
        progress.begin(f"{self.name} reads passages", len(missing))
        embedder = ChunkEmbedder(self._model.embed_documents)
        self._left = len(missing)
        try:
            for chunks in space.batches(missing, size=self.AT_ONCE):
                if self._is_stopped(stop):
                    break
                rows = embedder.embed(chunks)  # (n, dim)
                space.put({c.id: row for c, row in zip(chunks, rows, strict=True)}, chunks)
                self._left -= len(chunks)
                progress.advance(len(chunks))
            return len(missing) - self._left
        finally:
            self._left = 0

    def forget_others(self) -> None:
        """Forget the spaces of other models, once this one has read everything."""
        if self.ready and not self._problem and self._space().is_whole():
            self._space().keep_only_this()
