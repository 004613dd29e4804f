"""Pages as units of search beside their chunks: what a page says in all, by words and vectors.

A question's words are often spread over a page: its subject stands in a heading or a caption, the
answer in a table. So a chunk counts for what it says and for what its page says (Callan,
Passage-Level Evidence in Document Retrieval, SIGIR 1994). Knows the database's tables; knows no
vector store.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from rag.datamodel import Chunk
from rag.storage.documents.words import fold

PAGE_WEIGHT: Final = 0.5
"""What the mean cosine of a page counts beside a chunk's own (measured: 0.5 and 1 serve alike on
pages; 0.5 is better on short texts, see benchmarks/LOG.md)."""

SECTION_CHUNKS: Final = 8
"""Where there are no pages, so many consecutive chunks of a section stand for one."""


def put(db: sqlite3.Connection, chunks: Sequence[tuple[int, Chunk]]) -> None:
    """Index the pages of one document by words; `chunks` have their rows, in reading order.

    A page's row is that of its first chunk.
    """
    for rows, members in _by_page(chunks):
        text = "\n".join(fold(chunk.text) for chunk in members)
        db.execute(
            "INSERT INTO pages (rowid, context, text) VALUES (?, ?, ?)",
            (rows[0], fold(members[0].context), text),
        )
        db.executemany(
            "UPDATE chunks SET page_row = ? WHERE row = ?", [(rows[0], row) for row in rows]
        )


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
    found: Sequence[tuple[str, float]],
    pages: Mapping[int, Sequence[str]],
    cosines: Mapping[str, float],
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


def _by_page(chunks: Sequence[tuple[int, Chunk]]) -> list[tuple[list[int], list[Chunk]]]:
    """Gather rows and chunks of each page, or of each few chunks of a section."""
    places: defaultdict[tuple[object, ...], list[tuple[int, Chunk]]] = defaultdict(list)
    for row, chunk in chunks:
        places[chunk.place].append((row, chunk))
    gathered = []
    for place, group in places.items():
        step = len(group) if place[1] is not None else SECTION_CHUNKS
        for start in range(0, len(group), step):
            some = group[start : start + step]
            gathered.append(([row for row, _ in some], [chunk for _, chunk in some]))
    return gathered
