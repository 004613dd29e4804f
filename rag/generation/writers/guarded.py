"""The model that writes, whose failures are told: whoever asks it can then quote instead.

Knows seams; knows no model's library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final, Protocol

from rag.datamodel import Prompt
from rag.datamodel.writing import Written
from rag.errors import CutOffError, WriterFailedError, failure_message
from rag.generation.draft import plain_marks
from rag.protocols import Generator

NAME: Final = "The model that writes"

INSTEAD: Final = "The documents are quoted instead; ask again to have it try once more."


LOOKED_AT: Final = 600
"""Letters at the end of an answer."""

LONGEST_TURN: Final = 150
"""Where so many letters, or fewer, make up all of `LOOKED_AT`, a model does not end by itself."""

LOOPED: Final = "The answer was cut off: the model wrote the same words again and again."


class FittingGenerator(Generator, Protocol):
    """A `Generator` that tells how much of a prompt it can read."""

    @property
    def sees(self) -> bool: ...
    def fit(self, prompt: Prompt) -> Prompt: ...


class GuardedGenerator:
    """A generator that raises WriterFailedError for whatever fails in it, CutOffError as it is.

    Marks in other forms (`【1】`, `[source 1]`, `[1-3]`) come as `[1]` and `[1, 2, 3]`.
    Where it can't count tokens, `count_tokens` does.
    """

    def __init__(self, writer: FittingGenerator, *, count_tokens: Callable[[str], int]) -> None:
        self._writer = writer
        self._count_tokens = count_tokens

    @property
    def model_id(self) -> str:
        return self._writer.model_id

    @property
    def sees(self) -> bool:
        return self._writer.sees

    def count_tokens(self, text: str) -> int:
        try:
            return self._writer.count_tokens(text)
        except Exception:  # noqa: BLE001 - what can't count can't write either, which is told then
            return self._count_tokens(text)

    def fit(self, prompt: Prompt) -> Prompt:
        with _explained_failures():
            return self._writer.fit(prompt)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        with _explained_failures():
            yield from plain_marks(without_end(self._writer.stream(prompt)))


def without_end(pieces: Iterator[str]) -> Iterator[str]:
    """Yield the pieces of an answer; raise CutOffError where it only says the same again."""
    latest = ""
    for piece in pieces:
        yield piece
        latest = (latest + piece)[-LOOKED_AT - LONGEST_TURN :]
        if _goes_round(latest):
            raise CutOffError(LOOPED)


def _goes_round(text: str) -> bool:
    """Tell whether the last letters repeat what stands up to `LONGEST_TURN` letters before them."""
    last = text[-LOOKED_AT:]
    return any(
        text[-LOOKED_AT - turn : -turn] == last for turn in range(1, len(text) - LOOKED_AT + 1)
    )


@contextmanager
def _explained_failures() -> Iterator[None]:
    try:
        yield
    except CutOffError:
        raise
    except Exception as error:
        raise WriterFailedError(failure_message(error, of=NAME), hint=INSTEAD) from error


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
