"""Search by words (BM25). Knows the database's tables; knows no vectors.

Ranking is SQLite's `bm25`: k1 = 1.2, b = 0.75, negative and better the lower (SQLite manual,
FTS5, section 5.1.1); it is called badness here. A chunk's score is that of its own words and of its
page's, as a share of the most that the words asked for could give, those that no chunk holds among
them. Compounds are looked for as the words that they are made of, too: "Netzwerkdrucker" finds the
"Drucker im Netzwerk" (Braschler and Ripplinger, How Effective is Stemming and Decompounding for
German Text Retrieval?, Information Retrieval 2004).
"""

from __future__ import annotations

import heapq
import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Final, Literal

import numpy as np

from rag.compounds import divided
from rag.storage.database.catalog import counter
from rag.storage.documents.words import (
    asked_languages,
    query_phrases,
    stemmed_languages,
    stems_of,
)
from rag.storage.search.kept import COMMON_CHUNKS, Admitted, WordCounts

Table = Literal["words", "pages"]

CONTEXT_WEIGHT: Final = 2.0
"""BM25 weight of a word in a chunk's context; in its text it is 1 (page hit@5 of this search alone,
191 development questions, text pass: 59.7 at 0.5, 63.4 at 1, 64.9 at 2, 63.9 at 3)."""

_AMONG: Final = " AND +rowid IN (SELECT value FROM json_each(:rows))"
"""With the sign, SQLite looks whether a row that matches is one of these, and not for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Phrases to look for, the rarest first, and of each the stems that stand for it.

    A badness by stems is brought to that by words by `scale`: a passage counts by its words or by
    their stems, whichever tell more.
    """

    phrases: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    scale: float

    def badness(
        self,
        db: sqlite3.Connection,
        table: Table,
        *,
        leading: int,
        among: Iterable[int] | None = None,
    ) -> dict[int, float]:
        """Return that of rows (`among`; None: all) with one of the first `leading` phrases."""
        rows = None if among is None else json.dumps(list(among))
        found = _badness(db, table, self.phrases[:leading], self.phrases[leading:], rows)
        first, later = chain(*self.stems[:leading]), chain(*self.stems[leading:])
        if table == "words" and (needed := tuple(first)):
            for row, badness in _badness(db, "stems", needed, tuple(later), rows).items():
                found[row] = min(found.get(row, 0.0), self.scale * badness)
        return found


def _badness(
    db: sqlite3.Connection,
    table: str,
    needed: Sequence[str],
    extra: Sequence[str],
    rows: str | None,
) -> dict[int, float]:
    """Return that of rows with a `needed` phrase; `extra` ones count, as all are told twice."""
    match, also = (" OR ".join(f'"{phrase}"' for phrase in some) for some in (needed, extra))
    scored = db.execute(
        f"SELECT rowid, :share * bm25({table}, {CONTEXT_WEIGHT}, 1.0)"
        f" FROM {table} WHERE {table} MATCH :match{'' if rows is None else _AMONG}",
        {
            "share": 0.5 if extra else 1.0,
            "match": f"({match}) AND ({match} OR {also} OR {also})" if extra else match,
            "rows": rows,
        },
    )
    return dict(scored.fetchall())


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

MIN_CANDIDATES: Final = 5_000
MAX_CANDIDATES: Final = 15_000
"""Where more passages than the most hold words that are asked for, those are scored that hold one
of the rarest: of so many words that at least so many passages do, unless by the next word it would
be more than the most. All words count in their scores (see benchmarks/LOG.md)."""

WIDER: Final = 4
"""So many times as many are looked at where filters leave too few."""

JOINED: Final = 5
"""The scores of pages count for so many times as many as are asked for, best first by their own."""

COMPOUNDING: Final = frozenset({"de", "nl", "sv"})
"""The languages (ISO 639-1) that write compounds as one word."""

SHORTEST_PART: Final = 4
"""A part of a compound has so many letters."""

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
    forms = _forms(db, counts, text)
    asked = {
        phrase: counts.bound(db, phrase) or counts.of_stems(db, stems)
        for phrase, stems in forms.items()
    }
    total = counter(db, "chunks")
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
    # BM25 tends to this for a text full of every one of the phrases (SQLite's idf).
    idfs = (_idf(n, total=total) for n in [*phrases.values(), *absent])
    most = 2 * (BM25_K1 + 1) * math.fsum(idfs)
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
    sums = list(accumulate(frequencies))
    if sums[-1] <= most:
        return len(sums)
    leading = 1
    while leading < len(sums) and sums[leading - 1] < least and sums[leading] <= most:
        leading += 1
    return leading


def _with_pages(
    db: sqlite3.Connection, match: Match, own: Mapping[int, float], *, leading: int, k: int
) -> list[tuple[str, float]]:
    rows = np.fromiter(own, dtype=np.int64)
    order = np.lexsort((rows, np.fromiter(own.values(), dtype=np.float64)))[: JOINED * k]
    places = db.execute(
        "SELECT c.id, c.row, c.page_row FROM json_each(?) j CROSS JOIN chunks c ON c.row = j.value",
        (json.dumps(rows[order].tolist()),),
    ).fetchall()
    pages = match.badness(db, "pages", leading=leading, among={page for _, _, page in places})
    scored = [(own[row] + pages.get(page, own[row]), key) for key, row, page in places]
    return [(key, badness) for badness, key in heapq.nsmallest(k, scored)]


def document_frequencies(
    db: sqlite3.Connection, counts: WordCounts, terms: Sequence[str]
) -> tuple[dict[str, int], int]:
    """Return in how many chunks each of `terms` occurs (in any form), and the chunks' number."""
    held = stemmed_languages(db)
    found = {
        term: max(counts.exact(db, term), counts.of_stems(db, stems_of(term, held)))
        for term in terms
    }
    return found, counter(db, "chunks")


def _telling_phrases(asked: Mapping[str, int], *, total: int) -> dict[str, int]:
    rarest = sorted((phrase for phrase in asked if asked[phrase]), key=lambda p: (asked[p], p))
    common = max(COMMON_CHUNKS, COMMON_SHARE * total)
    rare = sum(asked[phrase] <= common for phrase in rarest)
    kept = rarest[: min(max(rare, KEPT_PHRASES), MAX_PHRASES)]
    return {phrase: asked[phrase] for phrase in kept}


def _idf(frequency: int, *, total: int) -> float:
    return max(math.log((total - frequency + 0.5) / (frequency + 0.5)), MIN_IDF)


def _forms(db: sqlite3.Connection, counts: WordCounts, text: str) -> dict[str, tuple[str, ...]]:
    """Return each phrase that a text asks for, with its stems in other languages than English.

    They are those of the language it is in; of all that documents are in where it tells none. The
    words that compounds are made of are asked for, too.
    """
    held = stemmed_languages(db)
    asked = asked_languages(text) if held else ()
    languages = [code for code in held if not asked or code in asked]
    asked_for = query_phrases(text)
    parts = [
        part
        for language in languages
        if language in COMPOUNDING
        for phrase in asked_for
        for part in _parts(db, counts, phrase, language)
    ]
    return {phrase: stems_of(phrase, languages) for phrase in (*asked_for, *parts)}


def _parts(db: sqlite3.Connection, counts: WordCounts, word: str, language: str) -> list[str]:
    """Return the words that a small word is made of: each in more passages than the whole."""

    def count(part: str) -> int:
        return counts.of_stems(db, stems_of(part, [language]))

    if len(word) < 2 * SHORTEST_PART or not word.isalpha():
        return []
    own = count(word)
    return divided(word, lambda part: count(part) > own, shortest=SHORTEST_PART)


def _scale(db: sqlite3.Connection, counts: WordCounts, stems: Sequence[str]) -> float:
    """Return what brings scores by stems, rare among few chunks, down to those by words."""
    if not stems:
        return 1.0
    (stemmed,) = db.execute("SELECT sum(chunk_count) FROM documents WHERE stemmed <> ''").fetchone()
    held = [n for n in (counts.of_stems(db, [stem]) for stem in stems) if n]
    total = counter(db, "chunks")
    return min((_idf(n, total=total) / _idf(n, total=stemmed) for n in held), default=1.0)
