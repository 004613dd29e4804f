"""The seconds that the stages of an answer take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StageClock:
    """Times stages, and moments since the question."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._start = now()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = self._now()
        yield
        self._seconds[name] = self._now() - start

    def mark(self, name: str) -> None:
        """Keep the seconds from the question to this moment."""
        self._seconds[name] = self._now() - self._start

    def timings(self) -> tuple[tuple[str, float], ...]:
        return (*self._seconds.items(), ("total", self._now() - self._start))
