"""What is found for a question: searched, ordered and judged; read another way where that tells.

A question amid a conversation may lean on it, or open a topic of its own, and may be meant of the
documents that were spoken of, or of all; where its words do not tell, what is found does. Knows
the seams; knows no model, no store and no page.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import Answer, Context, Hit, Query
from rag.generation.figures import Retrieve
from rag.generation.inquiry import Inquiry
from rag.generation.quotation.answering_page import on_named_pages
from rag.generation.verification.confidence import Assess
from rag.protocols import Reranker
from rag.retrieval.context import Fetch, build_context, with_neighbours
from rag.retrieval.evidence.reading import READ_HITS
from rag.retrieval.fusion import Run, fuse, renumber
from rag.retrieval.named_documents import of_named_documents
from rag.retrieval.retriever import CHANNEL_DEPTH, spread_pages
from rag.understanding.question.question import Question, understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is retrieved and read, and the chance of an answer under which none is given.

    `reading_tokens` and `pictures` are what a larger model that writes is given.
    """

    top_k: int
    context_hits: int
    context_tokens: int
    threshold: float
    reading_tokens: int = 6000
    pictures: int = 0


PART_HITS: Final = 3
"""How many places are searched for each part of a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Finds hits, and orders them as they are read."""

    retriever: Retrieve
    reranker: Reranker

    def found(self, query: Query, *, k: int) -> list[Hit]:
        """Return the hits; what a name of documents would hide is searched without it, too."""
        hits = self.retriever.retrieve(query, k=CHANNEL_DEPTH)
        named = of_named_documents(understand(query), hits)
        if named:
            hits = _fused(hits, self.retriever.retrieve(named, k=CHANNEL_DEPTH))
        return hits[:k]

    def ranked(self, query: Query, *, k: int) -> list[Hit]:
        return list(self.reranker.rerank(query, self.found(query, k=k)))


class Finder:
    """Finds for a question what may answer it. Raises what its stages do."""

    def __init__(
        self,
        search: Search,
        fetch: Fetch,
        assess: Assess,
        limits: Limits,
        *,
        searchable: Callable[[Question], Question],
        count_tokens: Callable[[str], int],
    ) -> None:
        """`fetch` returns chunks by ids, `searchable` a question in the documents' words."""
        self.search = search
        self._fetch = fetch
        self._assess = assess
        self._limits = limits
        self._searchable = searchable
        self._count_tokens = count_tokens

    def find(self, asked: Question) -> Generator[Answer, None, Inquiry]:
        """Return what is found; each way in which the question is read begins an answer.

        The documents that the last answer cited are read by themselves, too, where others would
        be read beside them; they are preferred where they state an answer, and are as likely to
        hold one.
        """
        found = yield from self._either_way(asked)
        there = asked.of_documents_spoken_of
        if there is None or {one.chunk.source for one in found.context.hits} <= {*asked.spoken_of}:
            return found
        spoken_of = yield from self._either_way(there)
        is_likelier = spoken_of.verdict.held >= found.verdict.held
        return spoken_of if spoken_of.is_stated and is_likelier else found

    def _either_way(self, asked: Question) -> Generator[Answer, None, Inquiry]:
        """Return what is found; what may be meant as it was typed is also read so.

        What is likelier to hold an answer is taken.
        """
        first = yield from self._find(asked)
        if asked.by_itself is None:
            return first
        alone = yield from self._find(asked.by_itself)
        return alone if _nearness(alone) > _nearness(first) else first

    def _find(self, asked: Question) -> Generator[Answer, None, Inquiry]:
        asked = self._searchable(asked)
        standalone = asked.original or asked.standalone
        asked, found = on_named_pages(asked, self.search.found(asked.searched, k=CHANNEL_DEPTH))
        hits = found[: self._limits.top_k]
        begun = Answer(query=asked.said, standalone_query=standalone, hits=tuple(hits))
        yield begun
        hits = self.search.reranker.rerank(asked, hits)
        context = self._context(asked, hits)
        verdict = self._assess(asked, context)
        return Inquiry(
            asked=asked,
            begun=begun,
            hits=hits,
            context=context,
            verdict=verdict,
            is_stated=verdict.states(self._limits.threshold),
        )

    def numbered(self, hits: Sequence[Hit]) -> Context:
        """Return the hits that are read, numbered, as far as the budget goes."""
        return build_context(
            hits, budget_tokens=self._limits.context_tokens, count_tokens=self._count_tokens
        )

    def _context(self, asked: Question, hits: Sequence[Hit]) -> Context:
        """Return what is read: the best hits, the best of each part, what stands beside them."""
        kept = list(hits[: self._limits.context_hits])
        for part in asked.parts:
            known = {hit.chunk.id for hit in kept}
            found = self.search.ranked(asked.part(part), k=READ_HITS)[:PART_HITS]
            kept.extend(hit for hit in found if hit.chunk.id not in known)
        surroundings = with_neighbours(
            renumber(kept), self._fetch, asked=asked.content, stems=asked.content_in
        )
        return self.numbered(surroundings)


def _fused(hits: Sequence[Hit], of_named: Sequence[Hit]) -> list[Hit]:
    """Return both, half of each score; each tells how it was found with the names, if it was."""
    found_by = {hit.chunk.id: hit.found_by for hit in (*of_named, *hits)}
    runs = [Run(hits=run, weight=0.5, depth=CHANNEL_DEPTH) for run in (hits, of_named)]
    fused = fuse(runs, k=CHANNEL_DEPTH)
    told = [replace(hit, found_by=found_by[hit.chunk.id]) for hit in fused]
    return renumber(spread_pages(told))


def _nearness(inquiry: Inquiry) -> tuple[bool, float]:
    return inquiry.verdict.is_near, inquiry.verdict.held
