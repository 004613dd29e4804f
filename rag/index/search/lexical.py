"""Search by words (BM25), and by perceptual hash. Knows the ledger's tables; knows no vectors.

Ranking is SQLite's `bm25`: k1 = 1.2, b = 0.75, negative and better the lower (SQLite manual,
FTS5, section 5.1.1). A chunk's score is that of its own words and of its page's, as a share of
the most that the words asked for could give.
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from rag.index.rows.turned_hash import turned_hashes
from rag.index.rows.words import query_phrases

COMMON_CHUNKS: Final = 10_000
COMMON_SHARE: Final = 0.10
"""A word of more chunks than both tells little and costs most of the time (measured: p50 82 -> 23
ms at 100,000 chunks). In fewer it is cheap and tells something (Cranfield .340 -> .391)."""

KEPT_PHRASES: Final = 3
"""Common words are left out only while this many others remain."""

MOST_PHRASES: Final = 48
"""Of a very long text, as many of its rarest words are searched."""

WORD_WEIGHTS: Final = (2.0, 1.0)
"""BM25 weights of a word in a chunk's context and in its text (page hit@5 of this search alone,
191 development questions, text pass: 59.7 at 0.5, 63.4 at 1, 64.9 at 2, 63.9 at 3)."""

BM25_K1: Final = 1.2
LEAST_IDF: Final = 1e-6
"""Both are SQLite's own; it counts a word of more than half of all rows for next to nothing."""

PHASH_BITS: Final = 64


class Stemmer:
    """Words to the terms that the full-text index stores, by asking its own tokenizer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute(
            "CREATE VIRTUAL TABLE w USING fts5 (t, tokenize = 'porter unicode61"
            " remove_diacritics 2')"
        )
        self._db.execute("CREATE VIRTUAL TABLE v USING fts5vocab ('w', 'instance')")
        self.terms = lru_cache(maxsize=10_000)(self._terms)

    def close(self) -> None:
        self._db.close()

    def _terms(self, phrase: str) -> tuple[str, ...]:
        with self._lock:
            self._db.execute("DELETE FROM w")
            self._db.execute("INSERT INTO w (t) VALUES (?)", (phrase,))
            rows = self._db.execute("SELECT term FROM v ORDER BY offset").fetchall()
        return tuple(term for (term,) in rows)


def search_words(
    db: sqlite3.Connection,
    stemmer: Stemmer,
    text: str,
    *,
    k: int,
    doc_rows: Sequence[int] | None,
    weights: tuple[float, float] = WORD_WEIGHTS,
) -> list[tuple[str, float]]:
    """Return at most `k` (chunk id, score), best first, ties by id.

    `doc_rows` limits the search to those documents. `weights` are those of a word in the context
    and in the text.
    """
    phrases = _telling_phrases(db, stemmer, text)
    if not phrases or k < 1:
        return []
    match = " OR ".join(f'"{phrase}"' for phrase in phrases)
    among = "" if doc_rows is None else "AND c.doc_row IN (SELECT value FROM json_each(?))"
    rows = db.execute(
        "WITH page (row, badness) AS MATERIALIZED"  # noqa: S608 - no text of others: all values are bound
        " (SELECT rowid, bm25(pages, ?, ?) FROM pages WHERE pages MATCH ?)"
        " SELECT c.id, bm25(words, ?, ?) + coalesce(page.badness, 0) AS badness"
        " FROM words CROSS JOIN chunks c ON c.row = words.rowid"
        " LEFT JOIN page ON page.row = c.page_row"
        f" WHERE words MATCH ? {among} ORDER BY badness, c.id LIMIT ?",
        (
            *weights,
            match,
            *weights,
            match,
            *(() if doc_rows is None else (json.dumps(doc_rows),)),
            k,
        ),
    )
    most = 2 * _most(phrases.values(), total=_chunk_total(db))
    return [(chunk_id, -badness / most) for chunk_id, badness in rows]


def document_frequencies(
    db: sqlite3.Connection, stemmer: Stemmer, terms: Sequence[str]
) -> tuple[dict[str, int], int]:
    """Return in how many chunks each of `terms` occurs (in any form), and the chunks' number."""
    return {term: _frequency(db, stemmer, term) for term in terms}, _chunk_total(db)


def search_pictures(
    db: sqlite3.Connection, phash: str, *, k: int, doc_rows: Sequence[int] | None
) -> list[tuple[str, float]]:
    """Return at most `k` (chunk id, 1 - distance / 64) of the pictures nearest to a hash.

    A picture that was turned by a quarter or a half, or mirrored, is as near as one that was not.
    """
    among = "" if doc_rows is None else "AND doc_row IN (SELECT value FROM json_each(?))"
    rows = db.execute(
        f"SELECT id, phash FROM chunks WHERE phash IS NOT NULL {among} ORDER BY id",  # noqa: S608 - as above
        () if doc_rows is None else (json.dumps(doc_rows),),
    ).fetchall()
    hashes = np.array([int(stored, 16) for _, stored in rows], dtype=np.uint64)  # (n,)
    postures = turned_hashes(phash)[:, np.newaxis]  # (8, 1)
    distances = np.bitwise_count(hashes ^ postures).min(axis=0)  # (n,)
    nearest = np.argsort(distances, kind="stable")[: max(k, 0)]
    return [(rows[i][0], 1 - int(distances[i]) / PHASH_BITS) for i in nearest]


def _telling_phrases(db: sqlite3.Connection, stemmer: Stemmer, text: str) -> dict[str, int]:
    """Return the phrases of a query worth looking for, rarest first, and in how many chunks."""
    bound = {phrase: _bound(db, stemmer, phrase) for phrase in query_phrases(text)}
    rarest = sorted((phrase for phrase in bound if bound[phrase]), key=lambda p: (bound[p], p))
    common = max(COMMON_CHUNKS, COMMON_SHARE * _chunk_total(db))
    rare = sum(bound[phrase] <= common for phrase in rarest)
    kept = rarest[: min(max(rare, KEPT_PHRASES), MOST_PHRASES)]
    return {phrase: bound[phrase] for phrase in kept}


def _most(frequencies: Iterable[int], *, total: int) -> float:
    """Return what BM25 tends to for a text full of every one of the phrases (SQLite's idf)."""
    idf = [math.log((total - n + 0.5) / (n + 0.5)) for n in frequencies]
    return (BM25_K1 + 1) * math.fsum(max(one, LEAST_IDF) for one in idf)


def _bound(db: sqlite3.Connection, stemmer: Stemmer, phrase: str) -> int:
    """Return the most chunks that may hold a phrase: those with its rarest term."""
    return min((_term_frequency(db, term) for term in stemmer.terms(phrase)), default=0)


def _frequency(db: sqlite3.Connection, stemmer: Stemmer, text: str) -> int:
    phrases = query_phrases(text)
    if not phrases or not all(_bound(db, stemmer, phrase) for phrase in phrases):
        return 0
    if len(phrases) == 1 and len(stemmer.terms(phrases[0])) == 1:
        return _bound(db, stemmer, phrases[0])
    match = " AND ".join(f'"{phrase}"' for phrase in phrases)
    (count,) = db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (match,)).fetchone()
    return int(count)


def _term_frequency(db: sqlite3.Connection, term: str) -> int:
    row = db.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
    return 0 if row is None else int(row[0])


def _chunk_total(db: sqlite3.Connection) -> int:
    (total,) = db.execute("SELECT count(*) FROM chunks").fetchone()
    return int(total)
