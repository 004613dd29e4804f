"""What a page may show, as short texts and numbers that are others whenever it is.

The ledger counts what changes of documents and conversations, also where another process changes
it; what this program does just now tells itself. Knows nothing of HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from pagelight.server.sse.pieces import Written, nothing_written
from pagelight.services.answering.protocols import Library

LEDGER_S: Final = 0.3
"""So often the ledger is asked, however many tabs are open: 0.1 ms each time."""

STATE_S: Final = 1.0
"""So often what goes on is looked at: as often as a person can read it."""

MAX_TALKS: Final = 50
"""Conversations that one event names: the latest. A page shows one."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How everything stands.

    `library` and `state` are other texts whenever the list of documents is another one, or what is
    told of the program; `revision` is a number that grows with every change of conversations.
    `talks` are those that changed: by id their last exchange.
    """

    library: str
    state: str
    revision: int
    talks: dict[str, str] = field(default_factory=dict)


class _Remembered(Generic[Value]):
    """A value that is found again when it is old."""

    def __init__(self, find: Callable[[], Value], age_s: float, now: Callable[[], float]) -> None:
        self._find = find
        self._age_s = age_s
        self._now = now
        self._found: tuple[float, Value] | None = None

    def get(self) -> Value:
        if self._found is None or self._now() - self._found[0] >= self._age_s:
            self._found = (self._now(), self._find())
        return self._found[1]


class Changes:
    """What changes for one person. Safe for several threads; open until `close`."""

    def __init__(
        self,
        library: Library,
        state: Callable[[], str],
        *,
        written: Written = nothing_written,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`state` tells what goes on, as a text that is another one whenever that is."""
        self._talks = library.conversations
        self._kept = _Remembered(lambda: (library.version(), self._talks.revision()), LEDGER_S, now)
        self.written = written
        self._state = _Remembered(state, STATE_S, now)
        self.closed = False

    def standing(self, since: int | None = None) -> Standing:
        """Return how everything stands; `talks` are those that changed after revision `since`."""
        library, revision = self._kept.get()
        talks: dict[str, str] = {}
        if since is not None and since != revision:
            talks = dict(list(self._talks.changed_since(since).items())[:MAX_TALKS])
        return Standing(library=library, state=self._state.get(), revision=revision, talks=talks)

    def close(self) -> None:
        """End the streams that tell of it."""
        self.closed = True
