"""Questions of all persons take turns: a few are answered at the same time, the others wait.

What is found for them is there at once.

Knows the engine's seam and a lock; knows nothing of persons, HTML or Gradio.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final

from pagelight.services.answering.protocols import Library
from rag.datamodel import Answer, Hit, Query, Turn
from rag.errors import BusyError
from rag.pipeline.engine.engine import Engine
from rag.pipeline.engine.models_in_use import Profile
from rag.summarization.collection import TableAsker

MAX_WAITING: Final = 50
"""Questions that may wait; who comes then is told to come again."""

POLL_S: Final = 0.5
"""So often a question that waits says so, and gives its thread to others."""


class QuestionQueue:
    """At most `at_once` are taken; who waited longest gets the next. Safe for several threads."""

    def __init__(
        self,
        at_once: int,
        *,
        max_waiting: int = MAX_WAITING,
        one_at_a_time: Callable[[], bool] = bool,
    ) -> None:
        """`one_at_a_time` tells whether just now one is answered after the other."""
        self._free = self._at_once = at_once
        self._one_at_a_time = one_at_a_time
        self._max_waiting = max_waiting
        self._line: list[object] = []
        self._changed = threading.Condition()

    @property
    def free(self) -> int:
        """How many may begin at once."""
        with self._changed:
            return self._free

    @property
    def is_idle(self) -> bool:
        with self._changed:
            return self._free == self._at_once and not self._line

    def take(self) -> Generator[int, None, None]:
        """Yield again and again how many in the line come first; end when it is this one's turn.

        A turn that was taken is given back with `give_back`; who goes before that leaves the line.
        Raises BusyError where too many wait.
        """
        ticket = object()
        with self._changed:
            if len(self._line) >= self._max_waiting:
                raise BusyError(
                    f"{len(self._line)} questions wait already.", hint="Ask again in a while."
                )
            self._line.append(ticket)
        try:
            wait_s = 0.0
            while not self._is_next(ticket, wait_s):
                with self._changed:
                    ahead = self._line.index(ticket)
                yield ahead
                wait_s = POLL_S
            with self._changed:
                self._free -= 1
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()

    def give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def _is_next(self, ticket: object, wait_s: float) -> bool:
        def may_begin() -> bool:
            most = 1 if self._one_at_a_time() else self._at_once
            return self._at_once - self._free < most and self._line[0] is ticket

        with self._changed:
            return self._changed.wait_for(may_begin, wait_s)


def _first_words(answers: Iterator[Answer], ahead: int) -> Generator[Answer, None, Answer]:
    """Return the first answer that has words, or is all there is; those before it are yielded."""
    found = next(answers)
    while not (found.text or found.complete):
        yield _waiting(found, ahead)
        found = next(answers)
    return found


def _waiting(answer: Answer, ahead: int) -> Answer:
    place = f"{ahead} before you" if ahead else "you are next"
    return replace(answer, notes=(*answer.notes, f"Waiting: {place} …"))


class QueuedEngine:
    """The engine as one person may use it: their collections are searched, answers take turns.

    Implements `pagelight.services.answering.protocols.AnyEngine`.
    """

    def __init__(
        self,
        engine: Engine,
        queue: QuestionQueue,
        library: Library | None = None,
        *,
        collections: tuple[str, ...] | None = None,
        allow: Callable[[], object] = lambda: None,
    ) -> None:
        """`library` is what its `index` is; None: that of `engine`. `collections` None: all.

        `allow` counts a question; raises QuotaError where it may not be asked.
        """
        self._allow = allow
        self._engine = engine
        self._queue = queue
        self._library = library or engine.index
        self._collections = collections

    @property
    def index(self) -> Library:
        return self._library

    @property
    def profile(self) -> Profile:
        return self._engine.profile

    def warm(self) -> None:
        self._engine.warm()

    def ready(self) -> bool:
        return self._engine.ready()

    def status(self) -> str:
        return self._engine.status()

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        """Yield the growing answer; before its turn what is found, with a note of its place.

        Finding takes tenths of a second, so nobody waits for it; what takes turns is the rest.
        """
        self._allow()
        answers = self._engine.ask(self._seen(query), history)
        with closing(self._queue.take()) as turn:
            found = Answer(query=query)
            for ahead in turn:
                if not found.text:
                    found = yield from _first_words(answers, ahead)
                if found.complete:
                    yield found
                    return
                yield _waiting(found, ahead)
        try:
            yield from answers
        finally:
            self._queue.give_back()

    def search(self, query: Query, k: int) -> list[Hit]:
        return self._engine.search(self._seen(query), k)

    @property
    def is_idle(self) -> bool:
        """Whether nobody's question is answered: what nobody waits for may go on."""
        return self._queue.is_idle

    def ranked(self, query: Query, k: int) -> list[Hit]:
        return self._engine.ranked(self._seen(query), k)

    def overview(self, source: str) -> Answer | None:
        """Return the sentences that stand for a document of this person's, word for word."""
        seen = any(source in record.sources for record in self._library.documents())
        return self._engine.overview(source) if seen else None

    def title(self, question: str, answer: str) -> str:
        """Return a title for a conversation; "" where no model writes, or somebody asks."""
        text = ""
        for piece in self._engine.title(question, answer):
            if not self.is_idle:
                return ""
            text += piece
        return text

    def table(self) -> TableAsker:
        """Return what asks documents by their ids; a table's rows come from `index`."""
        return self._engine.table()

    def writers(self) -> Mapping[str, str]:
        return self._engine.writers()

    def _seen(self, query: Query) -> Query:
        return replace(query, filters=replace(query.filters, collections=self._collections))
