"""Work that is done one piece after the other, on one thread, however much of it waits.

Knows keys and callables; knows nothing of what is done, or for whom.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class WaitingLine:
    """First come, first served. Its thread ends when nothing waits. Safe for several threads."""

    def __init__(self, *, max_waiting: int, name: str = "line") -> None:
        """`max_waiting`: pieces that may wait; `name`: of the thread."""
        self._max_waiting = max_waiting
        self._name = name
        self._lock = threading.Lock()
        self._waiting: dict[str, Callable[[], None]] = {}
        self._busy = False

    def add(self, key: str, work: Callable[[], None]) -> bool:
        """Let work wait for its turn; False where too much waits already."""
        with self._lock:
            if len(self._waiting) >= self._max_waiting:
                return False
            self._waiting[key] = work
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
            return True

    def take_out(self, key: str) -> bool:
        """Forget work; False where it has begun, or was never added."""
        with self._lock:
            return self._waiting.pop(key, None) is not None

    def ahead(self, key: str) -> int:
        """Return how many pieces come before this one, with that at hand; 0: it does not wait."""
        with self._lock:
            return next((n for n, one in enumerate(self._waiting, start=1) if one == key), 0)

    def _work(self) -> None:
        while work := self._next():
            try:
                work()
            except Exception:
                logger.exception("work in line %s broke off by a bug", self._name)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            key = next(iter(self._waiting), None)
            self._busy = key is not None
            return None if key is None else self._waiting.pop(key)
