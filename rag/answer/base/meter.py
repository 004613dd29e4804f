"""How long an answer takes, and how much a model reads and writes for it. Knows the seam."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rag.datamodel import Prompt
from rag.parts.writing import Written
from rag.protocols import Generator


class Meter:
    """Hands on what a generator writes, and counts it. `now` is a clock in seconds."""

    def __init__(self, generator: Generator, now: Callable[[], float]) -> None:
        self._generator = generator
        self._now = now
        self._read: list[str] = []
        self._first_s: float | None = None
        self._seconds = 0.0
        self._text = ""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield as the generator does; closing this closes it."""
        begun_s = self._now()
        self._read += [prompt.system, *(part for part in prompt.parts if isinstance(part, str))]
        try:
            for piece in self._generator.stream(prompt):
                if self._first_s is None and piece:
                    self._first_s = self._now() - begun_s
                self._text += piece
                yield piece
        finally:
            self._seconds += self._now() - begun_s

    def written(self) -> Written:
        """Return what was read and written so far; pictures are not counted."""
        return Written(
            read_tokens=sum(map(self._generator.count_tokens, self._read)),
            tokens=self._generator.count_tokens(self._text) if self._text else 0,
            first_s=self._first_s or 0.0,
            seconds=self._seconds,
        )


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
        self._seconds[name] = self._seconds.get(name, 0.0) + self._now() - start

    def mark(self, name: str) -> None:
        """Keep the seconds from the question to this moment."""
        self._seconds[name] = self._now() - self._start

    def timings(self) -> tuple[tuple[str, float], ...]:
        return (*self._seconds.items(), ("total", self._now() - self._start))
