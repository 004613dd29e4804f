"""Search in the space of a further model, which is loaded when first needed.

Without its model it finds nothing and says why (`problem`); what it finds beside searches on. Knows
seams and the space; knows no model's library.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from rag.errors import told_failure
from rag.progress import NO_PROGRESS, Progress
from rag.storage.vectors.model_space import ModelSpace


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
        """Load the model now. Raises PagelightError where it, or its space, can't be used.

        A model that is loaded may be embedding for long: that is not awaited.
        """
        if not self._ready:
            with self._working:
                self._loaded()

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
        self._problem = told_failure(error, of=self._name)

    def _space(self) -> Space:
        """Return the space of the model, which need not be loaded if its weights are named."""
        if self._opened_space is None:
            self._opened_space = self._open_space(self._model)
        return self._opened_space

    def _loaded(self) -> Space:
        """Return the space of the model, loaded; raises ModelError."""
        if not self._ready:
            self._model.warm()
            self._space()
            self._problem, self._ready = "", True
        return self._space()

    def _is_stopped(self, stop: threading.Event) -> bool:
        return stop.is_set() or self._closing.is_set()
