"""Words of like meaning that documents hold: `children` for `kids`, `price` for `pricey`.

The vectors of common English words by the built-in embedder are shipped, made once by
`training.words.word_vectors`; a word that is not among them is embedded. What is near a word is
asked of the documents, and only what they hold is kept. Knows words and vectors; knows no index.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.text import stem

VECTORS: Final = "word_vectors.npz"

LEAST: Final = 0.6
SURE: Final = 0.85
"""A cosine of words below the first says nothing, from the second on they mean the same."""


BESIDE: Final = 0.5
"""What a word of like meaning counts where the documents hold the very word that is asked."""

ALIKE: Final = 4
"""Names that share so many first letters may be one in two forms."""

MOST_NEAR: Final = 40
MOST_RELATED: Final = 4
"""So many words near a word are looked for in the documents, and so many of them are kept."""

_SCALE: Final = 127.0

_ONE_OF_MANY: Final = frozenset(
    "january february march april may june july august september october november december jan feb"
    " mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday"
    " sunday spring summer autumn winter north south east west red green blue yellow black white"
    " one two three four five six seven eight nine ten eleven twelve twenty thirty hundred thousand"
    " million billion first second third fourth fifth".split()
)
"""Words whose nearest ones are their opposites: months, days, colours, numbers."""

Related = Mapping[str, Mapping[str, float]]
"""For the stem of a word, words that documents have for it, with how surely: in 0..1."""

Frequencies = Callable[[Sequence[str]], tuple[Mapping[str, int], int]]
"""`rag.protocols.Index.document_frequencies`."""


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
        rows = _unit(arrays["rows"].astype(np.float32))
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


def _unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


@functools.cache
def shipped() -> WordVectors:
    """Return the vectors that come with the package; some 0.1 s, once."""
    file = resources.files(__package__) / VECTORS
    with file.open("rb") as stream, np.load(stream) as arrays:
        return WordVectors.of(dict(arrays))


def related_words(
    telling: Sequence[str],
    *,
    frequencies: Frequencies,
    embed: Callable[[Sequence[str]], Matrix],
    vectors: WordVectors | None = None,
) -> Related:
    """Return for each of some English words what the documents have for it.

    One of the words themselves stands for no other, none for a month, a day or a number, and a
    name for no other name.
    """
    asked = [word for word in telling if word not in _ONE_OF_MANY]
    if not asked:
        return {}
    known = vectors or shipped()
    near = {
        word: {other: cosine for other, cosine in known.near(row) if known.may_be_same(word, other)}
        for word, row in zip(asked, _rows(asked, known, embed), strict=True)
    }
    counts, _ = frequencies([*asked, *{word for found in near.values() for word in found}])
    own = set(map(stem, telling))
    return {
        stem(word): kept
        for word, found in near.items()
        if (kept := _kept(found, counts, without=own, beside=bool(counts.get(word))))
    }


def _rows(
    telling: Sequence[str], known: WordVectors, embed: Callable[[Sequence[str]], Matrix]
) -> Iterator[Matrix]:
    """Yield the row of each word; those that are not known are embedded together."""
    unknown = [word for word in telling if word not in known.number]
    rows = _unit(embed(unknown) @ known.axes) if unknown else ()
    made = dict(zip(unknown, rows, strict=True))
    for word in telling:
        yield made[word] if word in made else known.rows[known.number[word]]


def _kept(
    found: Mapping[str, float],
    counts: Mapping[str, int],
    *,
    without: set[str],
    beside: bool,
) -> dict[str, float]:
    """Return the nearest words that are held, with what they count."""
    held = [word for word in found if counts.get(word) and stem(word) not in without]
    most = BESIDE if beside else 1.0
    return {
        word: most * min(1.0, (found[word] - LEAST) / (SURE - LEAST))
        for word in held[:MOST_RELATED]
        if word not in _ONE_OF_MANY
    }
