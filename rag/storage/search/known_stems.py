"""The stems that documents hold, read once; of passages that came since, these alone are read.

Reading all walks over every word of every passage (5 s of a core for 570,000). Knows the ledger's
tables; knows no misspelt words.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.storage.search.frequencies import Stemmer

LEAST_LETTERS: Final = 3
LEAST_STEM: Final = 4
MOST_ENDING: Final = 6
"""Letters of a stem whose ending alone is misspelt ("measuremnt"), and of that ending."""

MOST_ADDED: Final = 2_000
"""Passages that are read alone (.1 ms each); of more, all stems are read."""


@dataclass(frozen=True, slots=True)
class Stems:
    """Stems of letters alone."""

    all: frozenset[str]
    by_shape: Mapping[tuple[str, int], Sequence[str]]  # first letter, length

    def near(self, stem: str, *, edits: int) -> Iterator[tuple[str, float]]:
        """Yield the stems within so many edits, and by how many they differ.

        One that begins with neither of the first two letters is not looked at: few misspell these
        (Yannakoudakis and Fawthrop, Information Processing & Management 19, 1983), and all of the
        stems would have to be.
        """
        for length in range(len(stem) - edits, len(stem) + edits + 1):
            for letter in sorted(set(stem[:2])):
                among = self.by_shape.get((letter, length), ())
                for found, distance, _ in process.extract(
                    stem, among, scorer=OSA.distance, score_cutoff=edits, limit=None
                ):
                    yield found, distance

    def beginnings(self, word: str) -> Iterator[str]:
        """Yield the stems that a word begins with, the longest first."""
        for length in range(len(word) - 1, LEAST_STEM - 1, -1):
            if len(word) - length <= MOST_ENDING and word[:length] in self.all:
                yield word[:length]

    def with_terms(self, terms: Iterable[str]) -> Stems:
        """Return these stems and those terms that are some."""
        new = sorted({t for t in terms if len(t) >= LEAST_LETTERS and t.isalpha()} - self.all)
        shapes: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for term in new:
            shapes[term[0], len(term)].append(term)
        added = {shape: [*self.by_shape.get(shape, ()), *some] for shape, some in shapes.items()}
        return Stems(self.all | frozenset(new), {**self.by_shape, **added})


class KnownStems:
    """The stems of one ledger, as new as it is. Any thread may ask.

    Those that are gone from it stay until all are read, and do no harm: none is held. `_read_to`
    are the last passages, (row, id), that there were whenever stems were read.
    """

    def __init__(self, stemmer: Stemmer) -> None:
        self._stemmer = stemmer
        self._lock = threading.Lock()
        self._stems = Stems(frozenset(), {})
        self._read_to: list[tuple[int, str]] = []

    def of(self, db: sqlite3.Connection) -> Stems:
        newest = db.execute("SELECT row, id FROM chunks ORDER BY row DESC LIMIT 1").fetchone()
        with self._lock:
            self._forget_gone(db)
            if newest is not None and newest not in self._read_to:
                self._stems = self._read(db, newest[0])
                self._read_to.append(newest)
            return self._stems

    def _forget_gone(self, db: sqlite3.Connection) -> None:
        """Go back to a passage that is still there: only rows behind it can be new."""
        query = "SELECT 1 FROM chunks WHERE row = ? AND id = ?"
        while self._read_to and db.execute(query, self._read_to[-1]).fetchone() is None:
            self._read_to.pop()

    def _read(self, db: sqlite3.Connection, newest_row: int) -> Stems:
        if self._read_to and newest_row - self._read_to[-1][0] <= MOST_ADDED:
            query = "SELECT context, text FROM words WHERE rowid > ?"
            rows = db.execute(query, (self._read_to[-1][0],))
            return self._stems.with_terms(self._stemmer.all_terms(f"{c}\n{t}" for c, t in rows))
        self._read_to.clear()
        terms = db.execute("SELECT term FROM vocabulary")
        return Stems(frozenset(), {}).with_terms(term for (term,) in terms)
