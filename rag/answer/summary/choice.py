"""What carries a document: its sentences, tables and pictures, the most telling first.

Sentences are ranked by how central they are among all of the document's, and by what they are
worth by form and place; of those, such are taken as say something new. Knows chunks and vectors;
knows no model and no store.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rag.answer.base.tables import column_names, table_header
from rag.answer.summary.centrality import Weights, centrality, lexrank, relevant_and_new
from rag.answer.summary.documents import Row
from rag.answer.summary.outline import LEAST_PARTS, OutlinePart, outline_of
from rag.answer.summary.statement_cues import BEFORE_FINDINGS
from rag.answer.summary.summary_sentences import SummarySentence, statements_of
from rag.answer.wishes.picture_wish import label_of
from rag.datamodel import Chunk
from rag.protocols import Matrix

NOVELTY: Final = 0.25
"""What likeness to a taken sentence counts beside a sentence's own score."""

TOO_LIKE: Final = 0.8
"""The cosine from which two sentences say the same."""

LABELLED: Final = 2.0
"""A picture or table with a caption of its own ("Figure 3: ...") is worth so much more."""

Embed = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table, of one chunk or several: its first chunk, and how many rows it has."""

    chunk: Chunk
    columns: tuple[str, ...]
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a document holds, ready to be chosen from. `vectors` are those of `statements`."""

    statements: tuple[SummarySentence, ...]
    vectors: Matrix
    scores: Weights
    outline: tuple[OutlinePart, ...]
    pictures: tuple[Chunk, ...]
    grids: tuple[Grid, ...]
    table_share: float

    def best(self, k: int, *, findings: bool = False) -> list[SummarySentence]:
        """Return at most `k` statements that say most together, in the document's order.

        `findings` alone: none of its introduction and methods, where there are others enough.
        """
        every = range(len(self.statements))
        found = [n for n in every if not BEFORE_FINDINGS.search(self.statements[n].heading)]
        kept = found if findings and len(found) >= k else [*every]
        best = relevant_and_new(
            self.vectors[kept], self.scores[kept], k=k, novelty=NOVELTY, too_like=TOO_LIKE
        )
        return [self.statements[kept[n]] for n in sorted(best)]

    def parts_besides(self, told: Sequence[str]) -> list[OutlinePart]:
        """Return the parts whose headings are not told otherwise; [] where these are few."""
        parts = [part for part in self.outline if part.heading not in told]
        return parts if len(parts) >= LEAST_PARTS else []


def matter_of(
    chunks: Sequence[Chunk],
    rows: Mapping[str, Row],
    embed: Embed,
    *,
    title: str,
    most_compared: int,
) -> Matter:
    """Return the matter of one document.

    `rows` has the vectors of its chunks, where there are any. At most `most_compared` statements
    are compared as vectors, those of the most central chunks.
    """
    known = [chunk for chunk in chunks if chunk.id in rows]
    vectors = np.array([rows[chunk.id] for chunk in known], dtype=np.float32)  # (n, dim)
    sizes = np.array([float(len(chunk.text)) for chunk in known])
    central = dict(zip((chunk.id for chunk in known), centrality(vectors, sizes), strict=True))
    statements = _likeliest(statements_of(chunks, title=title), central, most=most_compared)
    compared = embed([statement.text for statement in statements])
    worth = np.array([statement.worth for statement in statements])
    return Matter(
        statements=tuple(statements),
        vectors=compared,
        scores=_scaled(np.sqrt(lexrank(compared, worth)) * worth),
        outline=tuple(outline_of(chunks)),
        pictures=_pictures(chunks, central),
        grids=_grids(chunks),
        table_share=_table_share(chunks),
    )


def _likeliest(
    statements: Sequence[SummarySentence], central: Mapping[str, float], *, most: int
) -> list[SummarySentence]:
    """Return those that are worth most in the most central chunks, in their order."""
    if len(statements) <= most:
        return list(statements)
    order = sorted(
        range(len(statements)),
        key=lambda n: -statements[n].worth * central.get(statements[n].chunk.id, 0.0) ** 0.5,
    )
    return [statements[n] for n in sorted(order[:most])]


def _scaled(scores: Weights) -> Weights:
    return scores / scores.max() if scores.size and scores.max() > 0 else scores


def _pictures(chunks: Sequence[Chunk], central: Mapping[str, float]) -> tuple[Chunk, ...]:
    """Return the chunks of pictures, one of each, the most central first."""
    of_image: dict[str, Chunk] = {}
    for chunk in chunks:
        if chunk.role == "figure" and chunk.image is not None:
            of_image.setdefault(chunk.image.id, chunk)

    def value(chunk: Chunk) -> float:
        return central.get(chunk.id, 0.0) * (LABELLED if label_of(chunk.text) else 1.0)

    return tuple(sorted(of_image.values(), key=lambda chunk: (-value(chunk), chunk.ordinal)))


def _table_share(chunks: Sequence[Chunk]) -> float:
    """Return how much of a document's letters stands in tables, in 0..1."""
    letters = sum(len(chunk.text) for chunk in chunks)
    in_tables = sum(len(chunk.text) for chunk in chunks if chunk.role == "table")
    return in_tables / letters if letters else 0.0


def _grids(chunks: Sequence[Chunk]) -> tuple[Grid, ...]:
    """Return the tables that name their columns, in the document's order."""
    tables = (chunk for chunk in chunks if chunk.role == "table")
    grids = []
    for _, group in itertools.groupby(tables, lambda c: (c.headings, table_header(c))):
        parts = list(group)
        columns = column_names(parts[0])
        if len(columns) > 1:
            count = sum(part.text.count("\n") for part in parts)
            grids.append(Grid(chunk=parts[0], columns=columns, row_count=count))
    return tuple(grids)
