"""The best chunks of each of many documents, found at the price of about one search.

A search limited to one document costs as much as one of all; here every chunk is scored once, by
meaning and by words, and each document keeps its own best. Knows the database's tables, ids and
scores; knows no model.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from rag.protocols import Matrix
from rag.storage.database import pages
from rag.storage.search import lexical
from rag.storage.search.admitted import among
from rag.storage.search.frequencies import WordCounts
from rag.storage.vectors.vectors import VectorStore

_EVERY: Final = 2**31
"""As many as there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedQuestion:
    """A question as vector, shape (1, dim), and as words, and what the score of each counts."""

    vector: Matrix
    text: str
    dense: float
    lexical: float


class _Passage(NamedTuple):
    chunk_id: str
    doc_id: str
    page_row: int


def best_of_each(
    db: sqlite3.Connection,
    vectors: VectorStore,
    counts: WordCounts,
    asked: WeightedQuestion,
    *,
    doc_ids: Sequence[str],
    k: int,
) -> dict[str, list[tuple[str, float]]]:
    """Return at most `k` (chunk id, score) for each document that has chunks, best first.

    The best chunk of each page comes before the second best of any, ties by id.
    """
    rows = _rows(db, doc_ids)
    by_meaning = _by_meaning(vectors, asked.vector, rows)
    documents = db.execute(
        "SELECT d.row FROM json_each(?) j JOIN documents d ON d.id = j.value",
        (json.dumps(list(doc_ids)),),
    )
    searched = among(db, [row for (row,) in documents])
    by_words = dict(lexical.search_words(db, counts, asked.text, k=_EVERY, admitted=searched))
    of_document: defaultdict[str, list[tuple[_Passage, float]]] = defaultdict(list)
    for row in rows:
        score = asked.dense * by_meaning.get(row.chunk_id, 0.0)
        score += asked.lexical * by_words.get(row.chunk_id, 0.0)
        of_document[row.doc_id].append((row, score))
    return {doc_id: _spread(scored)[: max(k, 0)] for doc_id, scored in of_document.items()}


def chunks_by_document(db: sqlite3.Connection, doc_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids of each document's chunks in reading order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(db, doc_ids):
        found[row.doc_id].append(row.chunk_id)
    return dict(found)


def _rows(db: sqlite3.Connection, doc_ids: Sequence[str]) -> list[_Passage]:
    rows = db.execute(
        "SELECT c.id, d.id, c.page_row FROM json_each(?) j JOIN documents d ON d.id = j.value"
        " JOIN chunks c ON c.doc_row = d.row ORDER BY d.row, c.ordinal",
        (json.dumps(list(doc_ids)),),
    )
    return [_Passage(*row) for row in rows]


def _by_meaning(
    vectors: VectorStore, vector: Matrix, rows: Sequence[_Passage]
) -> Mapping[str, float]:
    """Return each chunk's cosine together with the mean one of its page, as `pages` weighs it."""
    cosines = vectors.cosines(vector, [row.chunk_id for row in rows])
    mates: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        mates[row.page_row].append(row.chunk_id)
    return dict(pages.with_pages(list(cosines.items()), mates, cosines))


def _spread(scored: Sequence[tuple[_Passage, float]]) -> list[tuple[str, float]]:
    ordered = sorted(scored, key=lambda pair: (-pair[1], pair[0].chunk_id))
    first: list[tuple[str, float]] = []
    later: list[tuple[str, float]] = []
    seen: set[int] = set()
    for row, score in ordered:
        (later if row.page_row in seen else first).append((row.chunk_id, score))
        seen.add(row.page_row)
    return [*first, *later]
