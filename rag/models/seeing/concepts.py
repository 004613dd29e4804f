"""Words for what a photograph shows: chances of classes summed over all that is a kind of a thing.

So a labrador is a dog and an animal as well. The words are WordNet's (Princeton University; the
licence lies beside the table); `training.sight.concepts` makes it. Knows numbers and words; knows
neither pixels nor documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

TABLE: Final = Path(__file__).with_name("concepts.tsv")
CLASSES: Final = 1000

MIN_CHANCE: Final = 0.3
"""A thing is told from here on: of photographs four in five are told rightly, of drawings and
papers none is (benchmarks/LOG.md)."""

MIN_PHOTOGRAPH: Final = 0.6
"""What is a photograph with less is told nothing of."""

MAX_CONCEPTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptTable:
    """`words` of each concept, narrow ones first, and which classes it `covers`: (1000, concepts).

    Classes that fire on drawings and papers, such as "web site" and "menu", are in none.
    """

    words: tuple[tuple[str, ...], ...]
    covers: NDArray[np.float32]

    @classmethod
    def load(cls, path: Path = TABLE) -> ConceptTable:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        covers = np.zeros((CLASSES, len(rows)), dtype=np.float32)
        for column, (ranges, _) in enumerate(rows):
            for first, _, last in (part.partition("-") for part in ranges.split(",")):
                covers[int(first) : int(last or first) + 1, column] = 1.0
        return cls(words=tuple(tuple(row[1].split(",")) for row in rows), covers=covers)


def concepts_of(chances: NDArray[np.float32]) -> list[tuple[tuple[str, ...], float]]:
    """Return what is seen by the chances of 1,000 classes: narrow things first, then wider ones.

    Of each its words, the commonest first, and its chance in 0..1.
    """
    table = _table()
    seen = [
        (words, min(1.0, chance))
        for words, chance in zip(table.words, (chances @ table.covers).tolist(), strict=True)
        if chance >= MIN_CHANCE
    ]
    return seen[:MAX_CONCEPTS]


def seen_line(chances: NDArray[np.float32], photograph: float) -> str:
    """Return what is seen as a line: "Seen: Egyptian cat 75 %, cat 97 %"; "" for nothing.

    `photograph`: the chance that the picture is one.
    """
    if photograph < MIN_PHOTOGRAPH:
        return ""
    concepts = [f"{_named(words)} {chance:.0%}" for words, chance in concepts_of(chances)]
    return f"{SEEN} {', '.join(concepts)}".replace("%", " %") if concepts else ""


SEEN: Final = "Seen:"
"""Begins the line, wherever it is kept."""


def _named(words: tuple[str, ...]) -> str:
    first, *others = words
    return f"{first} ({', '.join(others)})" if others else first


_table: Final = cache(ConceptTable.load)
