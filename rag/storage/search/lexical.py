"""Search by words (BM25), and by perceptual hash. Knows the database's tables; knows no vectors.

Ranking is SQLite's `bm25`: k1 = 1.2, b = 0.75, negative and better the lower (SQLite manual,
FTS5, section 5.1.1). A chunk's score is that of its own words and of its page's, as a share of
the most that the words asked for could give, those that no chunk holds among them: the only word
found of two says less than two of two.
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from rag.storage.database.catalog import chunk_total
from rag.storage.documents.stems import stemmed_languages, stems_of
from rag.storage.documents.turned_hash import turned_hashes
from rag.storage.documents.words import asked_languages, query_phrases
from rag.storage.search.admitted import Admitted
from rag.storage.search.frequencies import COMMON_CHUNKS, WordCounts
from rag.storage.search.match import Match

COMMON_SHARE: Final = 0.10
"""A word of more chunks than this and `COMMON_CHUNKS` tells little and costs most of the time
(measured: p50 82 -> 23 ms at 100,000 chunks). In fewer it is cheap and tells something (Cranfield
.340 -> .391)."""

KEPT_PHRASES: Final = 3
"""Common words are left out only while this many others remain."""

MAX_PHRASES: Final = 48
"""Of a very long text, as many of its rarest words are searched."""

BM25_K1: Final = 1.2
MIN_IDF: Final = 1e-6
"""Both are SQLite's own; it counts a word of more than half of all rows for next to nothing."""

PHASH_BITS: Final = 64

MIN_CANDIDATES: Final = 5_000
MAX_CANDIDATES: Final = 15_000
"""Where more passages than the most hold words that are asked for, those are scored that hold one
of the rarest: of so many words that at least so many passages do, unless by the next word it would
be more than the most. All words count in their scores (see benchmarks/LOG.md)."""

WIDER: Final = 4
"""So many times as many are looked at where filters leave too few."""

JOINED: Final = 5
"""The scores of pages count for so many times as many as are asked for, best first by their own."""

FEW_ADMITTED: Final = 5_000
"""Where filters admit no more passages, these alone are scored, by all words."""


def search_words(
    db: sqlite3.Connection,
    counts: WordCounts,
    text: str,
    *,
    k: int,
    admitted: Admitted | None,
    least: int = MIN_CANDIDATES,
) -> list[tuple[str, float]]:
    """Return at most `k` (chunk id, score), best first, ties by id.

    `admitted` are the passages to search; None: all. Of many passages those are scored that hold
    one of the rarest words, of so many words that `least` passages do.
    """
    forms = _forms(db, text)
    asked = {
        phrase: counts.bound(db, phrase) or counts.of_stems(db, stems)
        for phrase, stems in forms.items()
    }
    total = chunk_total(db)
    phrases = _telling_phrases(asked, total=total)
    if not phrases or k < 1:
        return []
    match = Match(
        phrases=tuple(phrases),
        stems=tuple(forms[phrase] for phrase in phrases),
        scale=_scale(db, counts, [stem for phrase in phrases for stem in forms[phrase]]),
    )
    found = _best(db, match, list(phrases.values()), k=k, admitted=admitted, least=max(least, k))
    absent = [n for n in asked.values() if not n]
    most = 2 * _most([*phrases.values(), *absent], total=total)
    # A word of most passages may stand on few pages: it is rarer there than its share says.
    most = max([most, *(-badness for _, badness in found[:1])])
    return [(chunk_id, -badness / most) for chunk_id, badness in found]


def _best(
    db: sqlite3.Connection,
    match: Match,
    frequencies: Sequence[int],
    *,
    k: int,
    admitted: Admitted | None,
    least: int,
) -> list[tuple[str, float]]:
    """Return the `k` best as (chunk id, badness). `frequencies` are those of the phrases."""
    every = len(frequencies)
    if admitted is not None and admitted.count <= FEW_ADMITTED:
        own = match.badness(db, "words", leading=every, among=admitted.rows())
        return _with_pages(db, match, own, leading=every, k=k)
    while True:
        leading = leading_words(frequencies, least=least)
        own = match.badness(db, "words", leading=leading)
        if admitted is not None:
            own = {row: badness for row, badness in own.items() if admitted.holds(row)}
        if len(own) >= k or leading == every:
            return _with_pages(db, match, own, leading=leading, k=k)
        least *= WIDER


def leading_words(frequencies: Sequence[int], *, least: int) -> int:
    """Return of how many of the words, the rarest first, one must be held."""
    most = least * MAX_CANDIDATES / MIN_CANDIDATES
    sums = list(itertools.accumulate(frequencies))
    if sums[-1] <= most:
        return len(sums)
    leading = 1
    while leading < len(sums) and sums[leading - 1] < least and sums[leading] <= most:
        leading += 1
    return leading


def _with_pages(
    db: sqlite3.Connection, match: Match, own: Mapping[int, float], *, leading: int, k: int
) -> list[tuple[str, float]]:
    """Return the `k` best by their own badness and that of their page, ties by id."""
    joined = _best_rows(own, JOINED * k)
    places = db.execute(
        "SELECT c.id, c.row, c.page_row FROM json_each(?) j CROSS JOIN chunks c ON c.row = j.value",
        (json.dumps(joined),),
    ).fetchall()
    pages = match.badness(db, "pages", leading=leading, among={page for _, _, page in places})
    scored = [(own[row] + pages.get(page, own[row]), key) for key, row, page in places]
    return [(key, badness) for badness, key in heapq.nsmallest(k, scored)]


def _best_rows(own: Mapping[int, float], k: int) -> list[int]:
    """Return the `k` rows of the least badness, ties by row."""
    rows = np.fromiter(own, dtype=np.int64)
    order = np.lexsort((rows, np.fromiter(own.values(), dtype=np.float64)))[:k]
    found: list[int] = rows[order].tolist()
    return found


def document_frequencies(
    db: sqlite3.Connection, counts: WordCounts, terms: Sequence[str]
) -> tuple[dict[str, int], int]:
    """Return in how many chunks each of `terms` occurs (in any form), and the chunks' number."""
    held = stemmed_languages(db)
    found = {
        term: max(counts.exact(db, term), counts.of_stems(db, stems_of(term, held)))
        for term in terms
    }
    return found, chunk_total(db)


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


def _telling_phrases(asked: Mapping[str, int], *, total: int) -> dict[str, int]:
    """Return the phrases worth looking for, rarest first; each with in how many chunks it is."""
    rarest = sorted((phrase for phrase in asked if asked[phrase]), key=lambda p: (asked[p], p))
    common = max(COMMON_CHUNKS, COMMON_SHARE * total)
    rare = sum(asked[phrase] <= common for phrase in rarest)
    kept = rarest[: min(max(rare, KEPT_PHRASES), MAX_PHRASES)]
    return {phrase: asked[phrase] for phrase in kept}


def _most(frequencies: Iterable[int], *, total: int) -> float:
    """Return what BM25 tends to for a text full of every one of the phrases (SQLite's idf)."""
    return (BM25_K1 + 1) * math.fsum(_idf(n, total=total) for n in frequencies)


def _idf(frequency: int, *, total: int) -> float:
    return max(math.log((total - frequency + 0.5) / (frequency + 0.5)), MIN_IDF)


def _forms(db: sqlite3.Connection, text: str) -> dict[str, tuple[str, ...]]:
    """Return each phrase that a text asks for, with its stems in other languages than English.

    They are those of the language it is in; of all that documents are in where it tells none.
    """
    held = stemmed_languages(db)
    told = asked_languages(text) if held else ()
    languages = [code for code in held if not told or code in told]
    return {phrase: stems_of(phrase, languages) for phrase in query_phrases(text)}


def _scale(db: sqlite3.Connection, counts: WordCounts, stems: Sequence[str]) -> float:
    """Return what brings a score by stems to that of words, and no higher.

    How rare a stem is SQLite tells among the chunks that are stemmed; it is rarer among all.
    """
    if not stems:
        return 1.0
    (stemmed,) = db.execute("SELECT sum(chunk_count) FROM documents WHERE stemmed <> ''").fetchone()
    held = [n for n in (counts.of_stems(db, [stem]) for stem in stems) if n]
    total = chunk_total(db)
    return min((_idf(n, total=total) / _idf(n, total=stemmed) for n in held), default=1.0)
