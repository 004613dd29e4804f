"""What searches work out once while documents stay: what filters admit, how frequent words are.

Counting walks over all passages that hold a word (40 ns each, measured). What is kept of a very
frequent word stays for a while when passages come and go. Knows the database's tables.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Channel, Filters, Hit
from rag.storage.database import catalog
from rag.storage.database.catalog import counter
from rag.storage.documents import scope
from rag.storage.documents.words import query_phrases

COMMON_CHUNKS: Final = 10_000

ERROR: Final = 0.01
"""The number of passages with a word of more than `COMMON_CHUNKS` may be wrong by this share."""

MAX_KEPT: Final = 20_000
_OF_TERM: Final = "SELECT doc FROM vocabulary WHERE term = ?"
_OF_STEM: Final = "SELECT doc FROM stem_vocabulary WHERE term = ?"


class WordCounts:
    """The counts of one database, by the terms of its own tokenizer. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        for table, tokenizer in (("words", "porter unicode61"), ("stems", "unicode61")):
            self._tokens.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5 (t, tokenize ="
                f" '{tokenizer} remove_diacritics 2')"
            )
            self._tokens.execute(
                f"CREATE VIRTUAL TABLE {table}_in USING fts5vocab ('{table}', 'instance')"
            )
        self._terms = lru_cache(maxsize=10_000)(self._cut)
        self._kept: dict[tuple[str, str], tuple[int, int]] = {}

    def close(self) -> None:
        self._tokens.close()

    def terms(self, phrase: str) -> tuple[str, ...]:
        """Return the terms of a phrase, in order, as the index of words has them."""
        return self._terms(phrase, "words")

    def _cut(self, phrase: str, table: str) -> tuple[str, ...]:
        with self._lock:
            self._tokens.execute(f"DELETE FROM {table}")
            self._tokens.execute(f"INSERT INTO {table} (t) VALUES (?)", (phrase,))
            found = f"SELECT term FROM {table}_in ORDER BY offset"
            rows = self._tokens.execute(found).fetchall()
        return tuple(term for (term,) in rows)

    def bound(self, db: sqlite3.Connection, phrase: str) -> int:
        """Return the most passages that may hold a phrase: those with its rarest term."""
        counts = (self._counted(db, _OF_TERM, term) for term in self.terms(phrase))
        return min(counts, default=0)

    def of_stems(self, db: sqlite3.Connection, stems: Sequence[str]) -> int:
        """Return in how many passages the most frequent of these stems is."""
        terms = (term for stem in stems for term in self._terms(stem, "stems"))
        return max((self._counted(db, _OF_STEM, term) for term in terms), default=0)

    def exact(self, db: sqlite3.Connection, text: str) -> int:
        """Return in how many passages all phrases of a text are, in any form."""
        phrases = query_phrases(text)
        if not phrases or not all(self.bound(db, phrase) for phrase in phrases):
            return 0
        if len(phrases) == 1 and len(self.terms(phrases[0])) == 1:
            return self.bound(db, phrases[0])
        match = " AND ".join(f'"{phrase}"' for phrase in phrases)
        return self._counted(db, "SELECT count(*) FROM words WHERE words MATCH ?", match)

    def _counted(self, db: sqlite3.Connection, query: str, value: str) -> int:
        key, now = (query, value), counter(db, "words")
        kept = self._kept.get(key)
        if kept is not None:
            number, then = kept
            if abs(now - then) <= (ERROR * number if number > COMMON_CHUNKS else 0):
                return number
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        row = db.execute(query, (value,)).fetchone()
        number = 0 if row is None else int(row[0])
        self._kept[key] = number, now
        return number


MAX_FILTERS: Final = 16
"""Filters that are kept, a byte for each passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The rows of documents, ascending, and of their passages: `chunks` by row, `count` of them."""

    documents: Sequence[int]
    chunks: NDArray[np.bool_]
    count: int

    def rows(self) -> list[int]:
        """Return the rows of the passages, ascending."""
        found: list[int] = np.flatnonzero(self.chunks).tolist()
        return found

    def holds(self, row: int) -> bool:
        return row < len(self.chunks) and bool(self.chunks[row])


class Admissions:
    """The filters in use of one workspace. Safe for several threads."""

    def __init__(self) -> None:
        self._kept: dict[Filters, tuple[int, Admitted]] = {}

    def of(self, db: sqlite3.Connection, filters: Filters) -> Admitted | None:
        """Return what the filters admit; None where they are none, and admit all."""
        if filters == NO_FILTERS:
            return None
        revision = catalog.counter(db, "documents")
        kept = self._kept.get(filters)
        if kept is None or kept[0] != revision:
            kept = revision, among(db, scope.admitted_rows(db, filters))
            if len(self._kept) >= MAX_FILTERS:
                self._kept.clear()
            self._kept[filters] = kept
        return kept[1]


def among(db: sqlite3.Connection, doc_rows: Iterable[int]) -> Admitted:
    """Return what is admitted where these documents are."""
    documents = sorted(doc_rows)
    found = db.execute(
        "SELECT c.rowid FROM json_each(?) j CROSS JOIN chunks c ON c.doc_row = j.value",
        (json.dumps(documents),),
    )
    rows = np.fromiter((row for (row,) in found), dtype=np.intp)
    chunks = np.zeros(int(rows.max(initial=0)) + 1, dtype=np.bool_)
    chunks[rows] = True
    return Admitted(documents=documents, chunks=chunks, count=len(rows))


def ranked(
    db: sqlite3.Connection,
    found: Sequence[tuple[str, float]],
    *,
    k: int,
    channel: Channel,
    filters: Filters,
) -> list[Hit]:
    """Return as hits, in the order given, what the database knows of (chunk id, score) pairs."""
    chunks = catalog.chunks(db, [chunk_id for chunk_id, _ in found], filters=filters)
    stored = [(chunks[key], score) for key, score in found if key in chunks]
    return [
        Hit(chunk=chunk, score=score, rank=rank, channel=channel)
        for rank, (chunk, score) in enumerate(stored[: max(k, 0)], start=1)
    ]
