"""The vectors of common English words by the built-in embedder, and so which words are English.

Made once by `training.words.word_vectors`. Knows words and vectors; knows no documents.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix

VECTORS: Final = "word_vectors.npz"

LEAST: Final = 0.6
"""A cosine of words below this says nothing."""

ALIKE: Final = 4
"""Names that share so many first letters may be one in two forms."""

MOST_NEAR: Final = 40
"""So many words near a word are told."""

_SCALE: Final = 127.0


def packed(words: Sequence[str], rows: Matrix, axes: Matrix) -> dict[str, NDArray[Any]]:
    """Return words, their unit rows (n, dimensions) turned to `axes`, as bytes."""
    turned = rows @ axes
    most = np.abs(turned).max(axis=1, keepdims=True)
    return {
        "words": np.array("\n".join(words)),
        "rows": np.round(turned / np.maximum(most, 1e-9) * _SCALE).astype(np.int8),
        "axes": axes.astype(np.float16),
    }


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Unit `rows` (n, dim) of `words`; `axes` (dimensions, dim) turn other vectors to theirs.

    `names` are those of people, places and things: `madrid`.
    """

    words: tuple[str, ...]
    number: Mapping[str, int]
    rows: Matrix
    axes: Matrix
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> WordVectors:
        """Return what `packed` made."""
        known = tuple(str(arrays["words"]).split("\n"))
        rows = unit(arrays["rows"].astype(np.float32))
        axes = arrays["axes"].astype(np.float32)
        names = frozenset(str(arrays["names"]).split("\n")) if "names" in arrays else frozenset()
        return cls(known, {word: n for n, word in enumerate(known)}, rows, axes, names)

    def may_be_same(self, one: str, other: str) -> bool:
        """Tell whether words that are near may mean the same: a name means another in no case.

        Those that begin alike may be its forms: `hungary`, `hungarian`.
        """
        named = one in self.names or other in self.names
        return not named or one[:ALIKE] == other[:ALIKE]

    def near(self, row: Matrix) -> Iterator[tuple[str, float]]:
        """Yield words and their cosines to a row, shape (dim,), the nearest first."""
        cosines = self.rows @ row
        near = np.flatnonzero(cosines >= LEAST)
        for n in near[np.argsort(-cosines[near], kind="stable")][:MOST_NEAR].tolist():
            yield self.words[n], float(cosines[n])


def unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


@functools.cache
def shipped() -> WordVectors:
    """Return the vectors that come with the package; some 0.1 s, once."""
    with _file() as stream, np.load(stream) as arrays:
        return WordVectors.of(dict(arrays))


@functools.cache
def english_words() -> frozenset[str]:
    """Return the words of which there are vectors, without these."""
    with _file() as stream, np.load(stream) as arrays:
        return frozenset(str(arrays["words"]).split("\n"))


def _file() -> IO[bytes]:
    return (resources.files(__package__) / VECTORS).open("rb")
