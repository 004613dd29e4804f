"""Search in the space of a further model, loaded when first needed; without it says why."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from rag.datamodel import Hit, Query
from rag.errors import failure_message
from rag.progress import NO_PROGRESS, Progress
from rag.protocols import Embedder
from rag.storage.search.spaces import ModelSpace, TextSpace
from rag.storage.vectors.chunk_vectors import ChunkEmbedder
from rag.understanding.question.question_words import searched_text, vector_of


class LoadedModel(Protocol):
    """An embedder that is loaded when first needed."""

    @property
    def model_id(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def warm(self) -> None: ...
    def close(self) -> None: ...


Model = TypeVar("Model", bound=LoadedModel)
Space = TypeVar("Space", bound=ModelSpace)


LOOK_S: Final = 0.05
"""How often it is looked whether another thread has loaded the model meanwhile."""


class ModelSearch(ABC, Generic[Model, Space]):
    """The model and its space, which `open_space` returns."""

    def __init__(self, model: Model, open_space: Callable[[Model], Space], *, name: str) -> None:
        """`name` begins a sentence about the model."""
        self._model = model
        self._open_space = open_space
        self._name = name
        self._opened_space: Space | None = None
        self._ready = False
        self._problem = ""
        self._working = threading.Lock()
        self._closing = threading.Event()

    @property
    def ready(self) -> bool:
        return self._ready

    def load(self) -> None:
        """Load the model now, not waiting for what it embeds. Raises PagelightError."""
        while not self._ready:
            if self._working.acquire(timeout=LOOK_S):
                try:
                    self._loaded()
                finally:
                    self._working.release()

    def warm(self) -> None:
        """Load the model now; where that fails, `problem` says why."""
        try:
            self.load()
        except Exception as error:  # noqa: BLE001 - others find instead, and it is told
            self._failed(error)

    def embed_missing(self, stop: threading.Event, progress: Progress = NO_PROGRESS) -> int:
        """Embed what lacks a vector, a few at a time; return how many were. One run at a time.

        Ends early once `stop` is set, or it is closed: what is embedded stays, and the next run
        goes on. Vectors of what is gone are deleted. Raises PagelightError where the model or its
        space can't be used.
        """
        with self._working:
            return 0 if self._closing.is_set() else self._embed_missing(stop, progress)

    def catch_up(
        self, stop: threading.Event | None = None, *, progress: Progress = NO_PROGRESS
    ) -> int:
        """As `embed_missing`; what fails is told by `problem`."""
        try:
            return self.embed_missing(stop or self._closing, progress)
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self._failed(error)
            return 0

    def close(self) -> None:
        """End the work under way; what is embedded stays."""
        self._closing.set()
        with self._working:
            if self._opened_space is not None:
                self._opened_space.close()
            self._opened_space, self._ready = None, False
            self._model.close()

    @abstractmethod
    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int: ...

    def _failed(self, error: Exception) -> None:
        self._problem = failure_message(error, of=self._name)

    def _space(self) -> Space:
        """Return the space of the model, which need not be loaded if its weights are named."""
        if self._opened_space is None:
            self._opened_space = self._open_space(self._model)
        return self._opened_space

    def _loaded(self) -> Space:
        if not self._ready:
            self._model.warm()
            self._space()
            self._problem, self._ready = "", True
        return self._space()

    def _is_stopped(self, stop: threading.Event) -> bool:
        return stop.is_set() or self._closing.is_set()


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
        """Return at most `k` hits, channel `dense`; None where it is not whole, or fails."""
        try:
            found = self._found(query, k=k)
        except Exception as error:  # noqa: BLE001 - as in `warm`
            self._failed(error)
            return None
        if found is not None:
            self._problem = ""
        return found

    def _found(self, query: Query, *, k: int) -> list[Hit] | None:
        if not (self.ready and self._has_read_for(query)):
            return None
        vector = vector_of(query, searched_text(query, words=query.spoken), self._model)
        return self._space().search(vector, k=k, filters=query.filters)

    def _has_read_for(self, query: Query) -> bool:  # noqa: ARG002 - for those that tell questions apart
        """Whether all has its vector that a question is compared with."""
        return self._space().is_whole()

    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int:
        space = self._loaded()
        space.prune()
        return self._embed(space.missing(), stop, progress)

    def _embed(self, missing: Sequence[str], stop: threading.Event, progress: Progress) -> int:
        """Embed these chunks, as `embed_missing`; return how many were."""
        space = self._loaded()
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
