"""What may answer a question, of the hits: numbered, with what belongs to them, within a budget.

Knows the seams of search; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.context import Fetch, build_context, with_neighbours
from rag.answer.compose.figures import Retrieve
from rag.answer.evidence.reading import READ_HITS
from rag.answer.limits import Limits
from rag.answer.question.question import Question
from rag.datamodel import Context, Hit, Query
from rag.protocols import Reranker
from rag.retrieval.fusion import renumber

PART_HITS: Final = 3
"""How many places are searched for each part of a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Finds hits, and orders them as they are read."""

    retriever: Retrieve
    reranker: Reranker

    def found(self, query: Query, *, k: int) -> list[Hit]:
        return self.retriever.retrieve(query, k=k)

    def ranked(self, query: Query, *, k: int) -> list[Hit]:
        return list(self.reranker.rerank(query, self.found(query, k=k)))


class Gathering:
    """Chooses the sources of what is found; `fetch` returns chunks by their ids."""

    def __init__(
        self, search: Search, fetch: Fetch, limits: Limits, count_tokens: Callable[[str], int]
    ) -> None:
        self._search = search
        self._fetch = fetch
        self._limits = limits
        self._count_tokens = count_tokens

    def numbered(self, hits: Sequence[Hit]) -> Context:
        return build_context(
            hits, budget_tokens=self._limits.context_tokens, count_tokens=self._count_tokens
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
        kept = list(hits[: self._limits.context_hits])
        for part in asked.parts:
            known = {hit.chunk.id for hit in kept}
            found = self._search.ranked(asked.part(part), k=READ_HITS)[:PART_HITS]
            kept.extend(hit for hit in found if hit.chunk.id not in known)
        return renumber(kept)
