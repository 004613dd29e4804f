"""Answers that other servers of the workspace write, and ours told to them: through the ledger.

Knows ids and what is shown; knows nothing of how an answer comes about.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from rag.errors import PagelightError
from rag.storage.database.servers import GrowingAnswer, GrowingAnswers

logger = logging.getLogger(__name__)

PUBLISH_S: Final = 0.3
"""So often an answer is told as far as it has come, and those of others are looked at."""


class Elsewhere:
    """One person's. Safe for several threads."""

    def __init__(self, store: GrowingAnswers, *, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._published_s: dict[str, float] = {}
        self._found: dict[str, GrowingAnswer] = {}
        self._found_s = float("-inf")

    def begin(self, answer: GrowingAnswer) -> None:
        self._tried(partial(self._store.begin, answer))

    def grow(self, answer: GrowingAnswer) -> bool:
        """Tell how far it has come, now and then; return whether it is to be stopped."""
        talk, now = answer.conversation_id, self._now()
        if now - self._published_s.get(talk, float("-inf")) < PUBLISH_S:
            return False
        self._published_s[talk] = now
        return bool(self._tried(partial(self._store.grow, answer)))

    def end(self, conversation_id: str, exchange_id: str) -> None:
        self._published_s.pop(conversation_id, None)
        self._tried(partial(self._store.end, conversation_id, exchange_id))

    def _tried(self, tell: Callable[[], bool | None]) -> bool | None:
        """Where the workspace can't be written no answer is lost by it."""
        try:
            return tell()
        except PagelightError as error:
            logger.warning("other servers could not be told of an answer: %s", error)
            return None

    def stop(self, conversation_id: str) -> None:
        self._store.stop(conversation_id)

    def is_stopping(self, conversation_id: str) -> bool:
        """Tell whether an answer in a conversation was asked to be stopped, and is not yet."""
        found = self.all().get(conversation_id)
        return found is not None and found.is_stopping

    def lately(self) -> dict[str, GrowingAnswer]:
        """As `all`, but for the last `PUBLISH_S`."""
        return self._found if self._now() - self._found_s < PUBLISH_S else self.all()

    def all(self) -> dict[str, GrowingAnswer]:
        self._found_s = self._now()
        self._found = {each.conversation_id: each for each in self._store.elsewhere()}
        return self._found
