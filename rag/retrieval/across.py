"""A second list by meaning, for questions and documents that are not in English.

Its model reads such passages when they come, and from the first such question or document on all
others, a few at a time, while no question is answered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import Hit, Query
from rag.languages import is_foreign_question
from rag.progress import NO_PROGRESS, Progress
from rag.retrieval.model_search import DenseSearch, TextModel
from rag.retrieval.vector_cache import KeptResults
from rag.storage.search.spaces import TextSpace

NAME: Final = "The model of languages"

PATIENCE_S: Final = 60.0
"""So long it waits for questions before each few passages: one that never ends holds up nothing."""

AWAITED_PASSAGES: Final = 500
AWAITED_S: Final = 60.0
"""A question waits while so few passages are read, and so long; over more it is answered at once,
and finds less: 5 to 11 are read in a second."""

AWAITED: Final = "Preparing for questions in other languages (passages left: {n}) …"
READING: Final = (
    "Being prepared for questions in other languages (passages left: {n}); "
    "until then these find less."
)
PREPARED: Final = (
    "The documents are still being prepared for questions in this language; "
    "ask again in a few minutes."
)
"""Said with an answer, in the language of its question."""

DUE: Final = (
    "Questions in other languages find less until the passages are prepared for them, "
    "which is done while the chat is open and nobody asks."
)

KEPT_SENTENCES: Final = 4096
"""Vectors of those compared last: 6 MB. What is looked at is mostly weighed, too."""

Vector = NDArray[np.float32]
"""(dim,)."""

_LOOK_S: Final = 0.1
_TOLD_S: Final = 0.5


class LanguageSearch(DenseSearch):
    """The model and its space. `is_here` tells whether the model can be loaded."""

    AT_ONCE = 2
    """A question waits for those at hand at most."""

    def __init__(
        self,
        model: TextModel,
        open_space: Callable[[TextModel], TextSpace],
        *,
        is_here: Callable[[], bool],
    ) -> None:
        super().__init__(model, open_space, name=NAME)
        self.is_here = is_here
        self._sentences = KeptResults[str, str, Vector](
            lambda texts: list(model.embed_documents(texts)), max_kept=KEPT_SENTENCES
        )
        self._is_asked = False
        self._busy: Callable[[], bool] = lambda: False
        self._reading = threading.Thread()  # in the background; none yet

    @property
    def problem(self) -> str:
        """Why it does not find, as a sentence; "" where it does, or need not."""
        return f"{self._problem} Other languages are found less well." if self._problem else ""

    @property
    def is_reading(self) -> bool:
        """Whether it is reading, and does not answer yet."""
        return bool(self._left) and not self._problem

    @property
    def status(self) -> str:
        """What is awaited or wrong, as a sentence; "" where it answers, or need not."""
        if self._problem:
            return self.problem
        if self._left:
            return READING.format(n=f"{self._left:,}")
        if self._is_asked and self.is_due():
            return DUE
        return ""

    def find(self, query: Query, /, *, k: int) -> list[Hit] | None:
        """As `DenseSearch.find`; None where all is in English. Another language makes it due."""
        if not self.is_here():
            return None
        if is_foreign_question(query.spoken):
            self._want()
        elif not self._space().has_foreign():
            return None
        if self._has_read_for(query):
            self.warm()
        return super().find(query, k=k)

    def _has_read_for(self, query: Query) -> bool:
        if is_foreign_question(query.spoken):
            return self._space().is_whole()
        return self._space().is_whole_abroad()

    def similarities(self, text: str, others: Sequence[str]) -> list[float] | None:
        """Return the cosine of a question with each of some texts; None where it is not ready."""
        if not (others and self.ready):
            return None
        try:
            held = self._sentences.of({other: other for other in others})
            asked = self._model.embed_queries([text])[0]
        except Exception as error:  # noqa: BLE001 - as in `find`
            self._failed(error)
            return None
        return [float(held[other] @ asked) for other in others]

    def _want(self) -> None:
        """Note that it is asked for: a process that answers once ends before anything is read."""
        self._is_asked = True
        with suppress(OSError):  # it finds less; a disk that is full is told by what writes
            self._space().begin()

    def is_due(self) -> bool:
        """Whether there are passages to read: something is not in English, or once was asked so."""
        if not self.is_here():
            return False
        space = self._space()
        return (self._is_asked or space.is_begun() or space.has_foreign()) and not space.is_whole()

    def awaited(self, query: Query, *, busy: Callable[[], bool]) -> Iterator[str]:
        """Yield, again and again, what a question waits for: that few passages are read for it."""
        if not (self.is_here() and is_foreign_question(query.spoken)) or busy():
            return
        self._want()
        left = 0 if self._space().is_whole() else len(self._space().missing())
        if left > AWAITED_PASSAGES:
            return
        self.read_in_background(busy=busy)
        until = time.monotonic() + AWAITED_S
        while self._reading.is_alive() and time.monotonic() < until:
            yield AWAITED.format(n=f"{self._left or left:,}")
            self._reading.join(_TOLD_S)

    def read_on(
        self,
        stop: threading.Event | None = None,
        *,
        progress: Progress = NO_PROGRESS,
        busy: Callable[[], bool] = lambda: False,
    ) -> int:
        """As `catch_up`, where it is due; waits while `busy`."""
        self._busy = busy
        return self.catch_up(stop, progress=progress)

    def read_foreign(self, stop: threading.Event) -> None:
        """Embed passages of documents that are not in English; left to a thread that reads all."""
        if not self.is_here() or self._reading.is_alive():
            return
        try:
            with self._working:
                missing = [] if self._closing.is_set() else self._space().missing_foreign()
                if missing:
                    self._embed(missing, stop, NO_PROGRESS)
        except Exception as error:  # noqa: BLE001 - as in `find`
            self._failed(error)

    def _embed_missing(self, stop: threading.Event, progress: Progress) -> int:
        """As there, where it is due, what is not in English first."""
        if not self.is_due():
            return 0
        space = self._loaded()
        space.prune()
        missing = dict.fromkeys((*space.missing_foreign(), *space.missing()))
        return self._embed(list(missing), stop, progress)

    def read_in_background(self, *, busy: Callable[[], bool]) -> None:
        """As `read_on`, on a thread, unless one does already; what comes meanwhile, too."""
        if not self._reading.is_alive() and self.is_due():
            self._reading = threading.Thread(
                target=self._read_all, kwargs={"busy": busy}, name="languages", daemon=True
            )
            self._reading.start()

    def _read_all(self, *, busy: Callable[[], bool]) -> None:
        while self.read_on(busy=busy):
            continue

    def _is_stopped(self, stop: threading.Event) -> bool:
        until = time.monotonic() + PATIENCE_S
        while self._busy() and time.monotonic() < until and not super()._is_stopped(stop):
            time.sleep(_LOOK_S)
        return super()._is_stopped(stop)
