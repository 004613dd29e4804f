"""What may answer a question, of the hits: numbered, with what belongs to them, within a budget.

Knows the seams of search; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from rag.answer.base.context import build_context, with_neighbours
from rag.answer.evidence.reading import READ_HITS
from rag.answer.question.question import Question
from rag.datamodel import Chunk, Context, Hit, Query
from rag.retrieve.fusion import renumber

PART_HITS: Final = 3
"""How many places are searched for each part of a question."""


class Searches(Protocol):
    """Returns the k best hits of a query, the best first."""

    def __call__(self, query: Query, *, k: int) -> Sequence[Hit]: ...


class Gathering:
    """Chooses the sources; `rank` finds hits and orders them, `fetch` returns chunks by their ids.

    At most `most_hits` hits are taken as they are, and `budget_tokens` tokens in all.
    """

    def __init__(
        self,
        rank: Searches,
        fetch: Callable[[Sequence[str]], Sequence[Chunk]],
        *,
        most_hits: int,
        budget_tokens: int,
        count_tokens: Callable[[str], int],
    ) -> None:
        self._rank = rank
        self._fetch = fetch
        self._hits = most_hits
        self._budget_tokens = budget_tokens
        self._count_tokens = count_tokens

    def numbered(self, hits: Sequence[Hit]) -> Context:
        return build_context(
            hits, budget_tokens=self._budget_tokens, count_tokens=self._count_tokens
        )

    def context(self, asked: Question, hits: Sequence[Hit]) -> Context:
        found = with_neighbours(
            self._with_parts(asked, hits),
            self._fetch,
            asked=asked.content,
            stems=asked.content_in,
        )
        return self.numbered(found)

    def _with_parts(self, asked: Question, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits that are read and, of a question in parts, the best of each part."""
        kept = list(hits[: self._hits])
        for part in asked.parts:
            known = {hit.chunk.id for hit in kept}
            found = self._rank(asked.part(part), k=READ_HITS)[:PART_HITS]
            kept.extend(hit for hit in found if hit.chunk.id not in known)
        return renumber(kept)
