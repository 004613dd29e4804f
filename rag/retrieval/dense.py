"""A stronger text model beside the built-in one: takes over the search by meaning once it is ready.

Embeds what the database holds into a space of its own, a few chunks at a time, from where it was
left; until every chunk has its vector the built-in model's space answers, and again whenever
documents have come that it has not read yet. What weighs evidence stays with the built-in model,
on whose cosines it was calibrated. Knows seams and the space; knows no model's library.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from rag.datamodel import Hit, Query
from rag.failures import told_failure
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import Embedder
from rag.retrieval.retriever import searched_text, vector_of
from rag.storage.search.text_space import TextSpace
from rag.storage.vectors.chunk_vectors import ChunkEmbedder

logger = logging.getLogger(__name__)

EMBEDDED_AT_ONCE: Final = 32
"""Chunks embedded and stored together: what a stop waits for, and what a crash loses."""


class TextModel(Embedder, Protocol):
    """A text embedder that is loaded when first needed."""

    @property
    def ready(self) -> bool: ...
    def warm(self) -> None: ...
    def close(self) -> None: ...


class DenseSearch:
    """The model and its space. `open_space` is called once the model is loaded."""

    def __init__(
        self, model: TextModel, open_space: Callable[[TextModel], TextSpace], *, name: str
    ) -> None:
        self._model = model
        self._open_space = open_space
        self._name = name
        self._space: TextSpace | None = None
        self._problem = ""
        self._left = 0
        self._working = threading.Lock()
        self._closing = threading.Event()

    @property
    def name(self) -> str:
        return self._name

    @property
    def problem(self) -> str:
        """Why it does not find, as a sentence; "" where it does, or will."""
        return f"{self._problem} The built-in model finds instead." if self._problem else ""

    @property
    def status(self) -> str:
        """What is awaited or wrong, as a sentence; "" where it answers."""
        if self._left and not self._problem:
            return f"{self._name} is reading {self._left:,} passages; until then MiniLM finds."
        return self.problem

    def find(self, query: Query, /, *, k: int) -> list[Hit] | None:
        """Return at most `k` hits, channel `dense`; None where the space is not whole, or it fails.

        What failed is told by `status`, and tried again by the next question.
        """
        try:
            found = self._found(query, k=k)
        except Exception as error:  # noqa: BLE001 - the built-in model finds instead, and it is told
            self._problem = told_failure(error, of=self._name)
            return None
        if found is not None:
            self._problem = ""
        return found

    def _found(self, query: Query, *, k: int) -> list[Hit] | None:
        space = self._space
        if space is None or not space.is_whole():
            return None
        vector = vector_of(query, searched_text(query, words=query.spoken), self._model)
        return space.search(vector, k=k, filters=query.filters)

    def load(self) -> None:
        """Load the model now. Raises PagelightError where it, or its space, can't be used.

        A model that is loaded may be reading for long: that is not awaited.
        """
        if self._space is None:
            with self._working:
                self._opened()

    def warm(self) -> None:
        """Load the model now; where that fails, `status` says why."""
        try:
            self.load()
        except Exception as error:  # noqa: BLE001 - as in `find`
            self._problem = told_failure(error, of=self._name)

    def catch_up(
        self, stop: threading.Event | None = None, *, progress: Progress = NO_PROGRESS
    ) -> int:
        """Embed the chunks that lack a vector, as `read`; what fails is told by `status`."""
        try:
            return self.read(stop or self._closing, progress)
        except Exception as error:  # noqa: BLE001 - as in `find`
            self._problem = told_failure(error, of=self._name)
            return 0

    def read(self, stop: threading.Event, progress: Progress = NO_PROGRESS) -> int:
        """Embed the chunks that lack a vector; return how many were. One run at a time.

        Ends early once `stop` is set, or it is closed: what is embedded stays, and the next run
        goes on. Raises PagelightError where the model or its space can't be used.
        """
        with self._working:
            try:
                return 0 if self._closing.is_set() else self._read(stop, progress)
            finally:
                self._left = 0

    def _read(self, stop: threading.Event, progress: Progress) -> int:
        space = self._opened()
        space.prune()
        missing = space.missing()
        self._left = len(missing)
        progress.begin(f"{self._name} reads passages", len(missing))
        embedder = ChunkEmbedder(self._model.embed_documents)
        for chunks in space.batches(missing, size=EMBEDDED_AT_ONCE):
            if stop.is_set() or self._closing.is_set():
                break
            rows = embedder.embed(chunks)  # (n, dim)
            space.put({c.id: row for c, row in zip(chunks, rows, strict=True)}, chunks)
            self._left -= len(chunks)
            progress.advance(len(chunks))
        return len(missing) - self._left

    def forget_others(self) -> None:
        """Forget the spaces of other models, once this one has read everything."""
        space = self._space
        if space is not None and not self._problem and space.is_whole():
            space.keep_only_this()

    def close(self) -> None:
        """End the work under way; what is embedded stays."""
        self._closing.set()
        with self._working:
            if self._space is not None:
                self._space.close()
                self._space = None
            self._model.close()

    def _opened(self) -> TextSpace:
        if self._space is None:
            self._model.warm()
            self._space = self._open_space(self._model)
        return self._space
