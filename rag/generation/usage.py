"""How long an answer takes, and how much a model reads and writes for it. Knows the seam."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from rag.datamodel import Prompt
from rag.datamodel.writing import Written
from rag.protocols import Generator


class Meter:
    """Hands on what a generator writes, and counts it."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._read: list[str] = []
        self._first_s: float | None = None
        self._seconds = 0.0
        self._text = ""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        """Yield as the generator does; closing this closes it."""
        begun_s = perf_counter()
        self._read += [prompt.system, *(part for part in prompt.parts if isinstance(part, str))]
        try:
            for piece in self._generator.stream(prompt):
                if self._first_s is None and piece:
                    self._first_s = perf_counter() - begun_s
                self._text += piece
                yield piece
        finally:
            self._seconds += perf_counter() - begun_s

    def written(self) -> Written:
        """Return what was read and written so far; pictures are not counted."""
        return Written(
            read_tokens=sum(map(self._generator.count_tokens, self._read)),
            tokens=self._generator.count_tokens(self._text) if self._text else 0,
            first_s=self._first_s or 0.0,
            seconds=self._seconds,
        )
