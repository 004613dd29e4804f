"""A value that many use at a time and one may exchange: each use keeps what it began with.

Nobody waits: an exchange takes effect for the next use, and what was there before is released by
whoever was the last to use it. Knows nothing of what is lent.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _HeldValue(Generic[T]):
    value: T
    users: int = 0


class RefCounted(Generic[T]):
    """Any thread may call.

    `release` is called once for each value that was exchanged and is in use no more, oldest first,
    with the value that followed it: the two may share parts.
    """

    def __init__(self, value: T, release: Callable[[T, T], None]) -> None:
        self._release = release
        self._lock = threading.Lock()
        self._releasing = threading.Lock()  # held by the one thread that releases
        self._held: deque[_HeldValue[T]] = deque([_HeldValue(value)])

    @property
    def current(self) -> T:
        return self._held[-1].value

    @property
    def all(self) -> list[T]:
        """All that is not released yet, oldest first."""
        with self._lock:
            return [held.value for held in self._held]

    @property
    def in_use(self) -> bool:
        """Whether anything is lent."""
        with self._lock:
            return any(held.users for held in self._held)

    @contextmanager
    def lent(self) -> Iterator[T]:
        """Lend what is current now; it stays usable until the block ends."""
        with self._lock:
            held = self._held[-1]
            held.users += 1
        try:
            yield held.value
        finally:
            with self._lock:
                held.users -= 1
            self._release_idle()

    def exchange(self, value: T) -> None:
        with self._lock:
            self._held.append(_HeldValue(value))
        self._release_idle()

    def _release_idle(self) -> None:
        """Release what is idle; where another thread is at it, that one looks again after it."""
        while self._has_idle() and self._releasing.acquire(blocking=False):
            try:
                if pair := self._oldest_idle():
                    self._release(*pair)
            finally:
                self._releasing.release()

    def _has_idle(self) -> bool:
        with self._lock:
            return len(self._held) > 1 and not self._held[0].users

    def _oldest_idle(self) -> tuple[T, T] | None:
        with self._lock:
            if len(self._held) == 1 or self._held[0].users:
                return None
            return self._held.popleft().value, self._held[0].value
