"""Search by meaning: the chunks nearest to a question's vector, each weighed with its page.

A question's words are often spread over a page: its subject stands in a heading or a caption, the
answer in a table. So a chunk counts for what it says and for what its page says (Callan,
Passage-Level Evidence in Document Retrieval, SIGIR 1994). Knows database and vectors; no model.
"""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from rag.datamodel import Filters, Hit
from rag.protocols import Matrix
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.search import lexical
from rag.storage.search.kept import Admitted, WordCounts, among, ranked
from rag.storage.vectors.vectors import VectorStore

PAGE_WEIGHT: Final = 0.5
"""What the mean cosine of a page counts beside a chunk's own (measured: 0.5 and 1 serve alike on
pages; 0.5 is better on short texts, see benchmarks/LOG.md)."""

CANDIDATES: Final = 200
"""So many chunks nearest by their own vectors are scored together with their pages."""

EACH_COMPARED: Final = 50_000
"""Where filters admit no more passages, each of these is compared; of more, the nearest of all
that are admitted are taken."""

LOOKED_TWICE: Final = 2
"""So many times as many are looked at as would do if what is admitted lay everywhere alike."""

_EVERY: Final = 2**31
"""As many as there are."""

Scored = Sequence[tuple[str, float]]
"""Chunk ids with their scores."""

Cosines = Callable[[Iterable[str]], dict[str, float]]
"""The cosines of the question's vector with those of chunks that have one, by chunk id."""


class Nearest(Protocol):
    """Returns at most `k` (chunk id, cosine), best first, of those `among`; None: of all."""

    def __call__(self, *, k: int, among: Iterable[str] | None = None) -> Scored: ...


def search_chunks(
    database: Database,
    nearest: Nearest,
    cosines: Cosines,
    *,
    k: int,
    filters: Filters,
    admitted: Admitted | None,
) -> list[Hit]:
    """Return the `k` best of what the filters admit (None: all), scored with their pages."""
    if k < 1:
        return []
    with database.read() as db:
        found = _nearest(db, nearest, k=max(k, CANDIDATES), admitted=admitted)
        mates = members(db, [chunk_id for chunk_id, _ in found])
        known = cosines(itertools.chain(*mates.values()))
        scored = with_pages(found, mates, known)
        return ranked(db, scored[:k], k=k, channel="dense", filters=filters)


def _nearest(
    db: sqlite3.Connection, nearest: Nearest, *, k: int, admitted: Admitted | None
) -> Scored:
    if admitted is None:
        noted = {key for (key,) in db.execute("SELECT chunk_id FROM vector_journal")}
        near = nearest(k=k + len(noted))
        stored = catalog.chunk_rows(db, [key for key, _ in near if key in noted])
        return [pair for pair in near if pair[0] not in noted or pair[0] in stored][:k]
    if admitted.count <= EACH_COMPARED:
        return nearest(k=k, among=catalog.chunk_ids_of_rows(db, admitted.documents))
    wanted = max(k, k * catalog.counter(db, "chunks") // admitted.count)
    while True:  # looking at more while those that are admitted are too few
        wanted *= LOOKED_TWICE
        near = nearest(k=wanted)
        rows = catalog.chunk_rows(db, [key for key, _ in near])
        found = [(key, cosine) for key, cosine in near if admitted.holds(rows.get(key, 0))]
        if len(found) >= k or len(near) < wanted:
            return found[:k]


def members(db: sqlite3.Connection, ids: Sequence[str]) -> dict[int, list[str]]:
    """Return the chunks of each page that holds one of `ids`, by the page's row."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = db.execute(
        "SELECT page_row, id FROM chunks WHERE page_row IN"
        " (SELECT c.page_row FROM json_each(?) j JOIN chunks c ON c.id = j.value)",
        (json.dumps(list(ids)),),
    )
    for row, chunk_id in rows:
        found[row].append(chunk_id)
    return dict(found)


def with_pages(
    found: Scored, pages: Mapping[int, Sequence[str]], cosines: Mapping[str, float]
) -> list[tuple[str, float]]:
    """Return chunks with their cosine and their page's, weighed, best first, ties by id.

    `found` are those of some chunks, `cosines` at least those of every chunk of their `pages`.
    What stands on no page is gone from the database, and left out.
    """
    known = dict(found)
    scored = []
    for chunk_ids in pages.values():
        present = [cosines[key] for key in chunk_ids if key in cosines]
        mean = math.fsum(present) / len(present) if present else 0.0
        scored += [
            (key, (known[key] + PAGE_WEIGHT * mean) / (1 + PAGE_WEIGHT))
            for key in chunk_ids
            if key in known
        ]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


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

    The best chunk of each page comes before the second best of any, ties by id. Every chunk is
    scored once: a search limited to one document costs as much as one of all.
    """
    rows = _passages(db, doc_ids)
    cosines = vectors.cosines(asked.vector, [row.chunk_id for row in rows])
    mates: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        mates[row.page_row].append(row.chunk_id)
    by_meaning = dict(with_pages(list(cosines.items()), mates, cosines))
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
    for row in _passages(db, doc_ids):
        found[row.doc_id].append(row.chunk_id)
    return dict(found)


def _passages(db: sqlite3.Connection, doc_ids: Sequence[str]) -> list[_Passage]:
    rows = db.execute(
        "SELECT c.id, d.id, c.page_row FROM json_each(?) j JOIN documents d ON d.id = j.value"
        " JOIN chunks c ON c.doc_row = d.row ORDER BY d.row, c.ordinal",
        (json.dumps(list(doc_ids)),),
    )
    return [_Passage(*row) for row in rows]


def _spread(scored: Sequence[tuple[_Passage, float]]) -> list[tuple[str, float]]:
    ordered = sorted(scored, key=lambda pair: (-pair[1], pair[0].chunk_id))
    first, later = dict[int, tuple[str, float]](), list[tuple[str, float]]()
    for row, score in ordered:
        pair = (row.chunk_id, score)
        if first.setdefault(row.page_row, pair) is not pair:
            later.append(pair)
    return [*first.values(), *later]
