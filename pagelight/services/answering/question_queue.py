"""Questions of all persons take turns, and each person may ask so many: the engine as one uses it.

What is found for a question is there at once. Knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final

from pagelight.services.accounts.person import Person
from pagelight.services.answering.asking import Library
from rag.datamodel import Answer, Hit, Query, Turn
from rag.errors import BusyError, QuotaError
from rag.pipeline.engine.engine import Engine
from rag.pipeline.engine.models_in_use import Profile
from rag.settings import Settings
from rag.storage.accounts import Usage
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
            while True:
                with self._changed:
                    if self._changed.wait_for(lambda: self._may_begin(ticket), wait_s):
                        self._free -= 1
                        return
                    ahead = self._line.index(ticket)
                yield ahead
                wait_s = POLL_S
        finally:
            with self._changed:
                self._line.remove(ticket)
                self._changed.notify_all()

    def give_back(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def _may_begin(self, ticket: object) -> bool:
        most = 1 if self._one_at_a_time() else self._at_once
        return self._at_once - self._free < most and self._line[0] is ticket


def _waiting(answer: Answer, ahead: int) -> Answer:
    place = f"{ahead} before you" if ahead else "you are next"
    return replace(answer, notes=(*answer.notes, f"Waiting: {place} …"))


class QueuedEngine:
    """The engine as one person may use it: their collections are searched, answers take turns."""

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
        self._collections = collections
        self.index: Library = library or engine.index
        # The same for everybody.
        self.warm, self.ready, self.status = engine.warm, engine.ready, engine.status
        self.writers = engine.writers

    @property
    def profile(self) -> Profile:
        return self._engine.profile

    def ask(self, query: Query, history: Sequence[Turn]) -> Iterator[Answer]:
        """Yield the growing answer; before its turn what is found, with a note of its place."""
        self._allow()
        answers = self._engine.ask(self._seen(query), history)
        with closing(self._queue.take()) as turn:
            found = Answer(query=query)
            for ahead in turn:
                while not (found.text or found.complete):
                    found = next(answers)
                    if not (found.text or found.complete):
                        yield _waiting(found, ahead)
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
        seen = any(source in record.sources for record in self.index.documents())
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

    def _seen(self, query: Query) -> Query:
        return replace(query, filters=replace(query.filters, collections=self._collections))


HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
MEGABYTE: Final = 1_000_000


class Quotas:
    """One person's; 0 is no limit."""

    def __init__(self, usage: Usage, person: Person, settings: Settings) -> None:
        own_questions, own_mb = person.questions_an_hour, person.uploads_mb_a_day
        self.questions = settings.questions_an_hour if own_questions is None else own_questions
        self.uploads_mb = settings.uploads_mb_a_day if own_mb is None else own_mb
        self._usage = usage
        self._name = person.key

    def ask(self, count: int = 1) -> None:
        """Count questions that are about to be asked. Raises QuotaError where it is enough."""
        if not self.questions:
            return
        wait_s = self._usage.take(
            self._name, "questions", count, most=self.questions, within_s=HOUR_S
        )
        if wait_s and count > self.questions:
            raise QuotaError(
                "That is {n} questions at once, and you may ask {most} an hour.",
                hint="Ask fewer.",
                n=count,
                most=self.questions,
            )
        if wait_s:
            raise QuotaError(
                "You have asked as much as you may for now: {most} an hour.",
                hint="Ask again in {time}; who administers Pagelight can allow more.",
                most=self.questions,
                time=_waiting_time(wait_s),
            )

    def send(self, size_bytes: int) -> None:
        """Count a file that is about to come. Raises QuotaError where it is enough."""
        if not self.uploads_mb:
            return
        most = self.uploads_mb * MEGABYTE
        wait_s = self._usage.take(self._name, "bytes", size_bytes, most=most, within_s=DAY_S)
        if wait_s and size_bytes > most:
            raise QuotaError(
                "The file is larger than the {most} MB that you may send a day.",
                hint="Ask who administers Pagelight to add it.",
                most=self.uploads_mb,
            )
        if wait_s:
            raise QuotaError(
                "You have sent as much as you may for now: {most} MB a day.",
                hint="Send it in {time}; who administers Pagelight can allow more.",
                most=self.uploads_mb,
                time=_waiting_time(wait_s),
            )


def _waiting_time(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:  # noqa: PLR2004 - an hour and a half is told in minutes
        return f"{minutes} min"
    return f"{round(minutes / 60)} h"
