"""Words of like meaning that documents hold: `children` for `kids`, `price` for `pricey`.

The vectors of common English words are shipped (`rag.glossary.word_vectors`); a word that is not
among them is embedded. What is near a word is asked of the documents, and only what they hold is
kept. Knows words and vectors; knows no index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from rag.glossary.word_vectors import LEAST, WordVectors, shipped, unit
from rag.protocols import Matrix
from rag.text import stem

SURE: Final = 0.85
"""From this cosine on words mean the same."""

BESIDE: Final = 0.5
"""What a word of like meaning counts where the documents hold the very word that is asked."""

MOST_RELATED: Final = 4
"""So many of the words near a word that the documents hold are kept."""

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
    rows = unit(embed(unknown) @ known.axes) if unknown else ()
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
