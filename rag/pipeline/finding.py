"""What is found for a question: searched, ordered and judged; read another way where that tells."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from rag.datamodel import Answer, Context, Hit, Query
from rag.generation.figures import Retrieve
from rag.generation.verification.confidence import Assess, Inquiry
from rag.protocols import Reranker
from rag.retrieval.context import Fetch, build_context, with_ends, with_neighbours
from rag.retrieval.evidence.reading import READ_HITS
from rag.retrieval.fusion import Run, fuse, renumber
from rag.retrieval.named_documents import of_named_documents
from rag.retrieval.retriever import CHANNEL_DEPTH, spread_pages
from rag.understanding.question.question import Question, understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is read (`reading_tokens`, `pictures`: by a larger model), and the least chance."""

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
            of_named = self.retriever.retrieve(named, k=CHANNEL_DEPTH)
            found_by = {hit.chunk.id: hit.found_by for hit in (*of_named, *hits)}
            runs = [Run(hits=run, weight=0.5, depth=CHANNEL_DEPTH) for run in (hits, of_named)]
            fused = fuse(runs, k=CHANNEL_DEPTH)
            told = [replace(hit, found_by=found_by[hit.chunk.id]) for hit in fused]
            hits = renumber(spread_pages(told))
        return hits[:k]

    def ranked(self, query: Query, *, k: int) -> list[Hit]:
        return list(self.reranker.rerank(query, self.found(query, k=k)))


@dataclass(frozen=True, eq=False)
class Finder:
    """Finds for a question what may answer it. Raises what its stages do."""

    search: Search
    fetch: Fetch
    assess: Assess
    limits: Limits
    _: KW_ONLY
    searchable: Callable[[Question], Question]
    count_tokens: Callable[[str], int]

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
        """Return what is found as completed or as typed: what likelier holds an answer."""
        first = yield from self._find(asked)
        if asked.by_itself is None:
            return first
        alone = yield from self._find(asked.by_itself)
        return alone if _nearness(alone) > _nearness(first) else first

    def _find(self, asked: Question) -> Generator[Answer, None, Inquiry]:
        asked = self.searchable(asked)
        standalone = asked.original or asked.standalone
        asked, found = on_named_pages(asked, self.search.found(asked.searched, k=CHANNEL_DEPTH))
        hits = found[: self.limits.top_k]
        begun = Answer(query=asked.said, standalone_query=standalone, hits=tuple(hits))
        yield begun
        near = nearest(found[len(hits) :], self.limits.top_k)
        hits = self.search.reranker.rerank(asked, renumber([*hits, *near]))[: self.limits.top_k]
        context = self._context(asked, hits)
        verdict = self.assess(asked, context)
        return Inquiry(
            asked=asked,
            begun=begun,
            hits=hits,
            context=context,
            verdict=verdict,
            is_stated=verdict.states(self.limits.threshold),
        )

    def further(self, found: Inquiry) -> Inquiry:
        """Return the same with what is ranked behind all that was read."""
        start = self.limits.context_hits
        later = found.hits[start : 2 * start]
        return replace(found, context=self._surrounded(found.asked, later))

    def numbered(self, hits: Sequence[Hit]) -> Context:
        """Return the hits that are read, numbered, as far as the budget goes."""
        return build_context(
            hits, budget_tokens=self.limits.context_tokens, count_tokens=self.count_tokens
        )

    def _context(self, asked: Question, hits: Sequence[Hit]) -> Context:
        """Return what is read: the best hits, the best of each part, what stands beside them."""
        kept = list(hits[: self.limits.context_hits])
        for part in asked.parts:
            known = {hit.chunk.id for hit in kept}
            found = self.search.ranked(asked.part(part), k=READ_HITS)[:PART_HITS]
            kept.extend(hit for hit in found if hit.chunk.id not in known)
        return self._surrounded(asked, kept)

    def _surrounded(self, asked: Question, hits: Sequence[Hit]) -> Context:
        surroundings = with_neighbours(
            renumber(hits), self.fetch, asked=asked.content, stems=asked.content_in
        )
        return self.numbered(with_ends(surroundings, self.fetch))


def nearest(hits: Sequence[Hit], k: int) -> list[Hit]:
    """Return the hits among the first `k` by meaning: people seldom ask in a document's words."""
    return [hit for hit in hits if any(by == "dense" and rank <= k for by, rank in hit.found_by)]


def on_named_pages(asked: Question, hits: Sequence[Hit]) -> tuple[Question, list[Hit]]:
    """Return the question without the pages that it names, and the hits on them, if any."""
    named = asked.pages
    if not named.pages:
        return asked, list(hits)
    document = _document(asked, hits)
    there = [
        hit
        for hit in hits
        if hit.chunk.doc_id == document
        and any(p.page in named.pages for p in hit.chunk.provenances)
    ]
    if not there:
        return asked, list(hits)
    return replace(asked.reworded(named.rest or asked.standalone), on_pages=True), renumber(there)


def _document(asked: Question, hits: Sequence[Hit]) -> str:
    """Return the id of the only document, or of the one whose file's name says most; else ""."""
    names = {hit.chunk.doc_id: PurePosixPath(hit.chunk.source).stem for hit in hits}
    if len(names) == 1:
        return next(iter(names))
    said = {
        doc_id: len(asked.content & asked.content_in(name.replace("_", " ")))
        for doc_id, name in names.items()
    }
    most = max(said.values(), default=0)
    best = [doc_id for doc_id, count in said.items() if count == most]
    return best[0] if most and len(best) == 1 else ""


def _nearness(inquiry: Inquiry) -> tuple[bool, float]:
    return inquiry.verdict.is_near, inquiry.verdict.held
