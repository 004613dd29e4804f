"""What is found for a question: searched, ordered and judged; read another way where that tells.

A question amid a conversation may lean on it, or open a topic of its own, and may be meant of the
documents that were spoken of, or of all; where its words do not tell, what is found does. Knows
the seams; knows no model, no store and no page.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from rag.answer.gathering import Gathering, Search
from rag.answer.limits import Limits
from rag.answer.question.question import Question
from rag.answer.rerank.page_scope import on_named_pages
from rag.answer.trust.confidence import Assess, Verdict
from rag.datamodel import Answer, Context, Hit
from rag.retrieval.retriever import CHANNEL_DEPTH

Searchable = Callable[[Question], Question]
"""Returns a question in the documents' words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question in the documents' words, its hits, best first, and what of them may answer it.

    `begun` is its answer so far; `is_stated` tells that the places seem to hold an answer.
    """

    asked: Question
    begun: Answer
    hits: Sequence[Hit]
    context: Context
    verdict: Verdict
    is_stated: bool = True


class Finder:
    """Finds for a question what may answer it. `gathering` chooses what is read of what it ranks.

    Raises what its stages do.
    """

    def __init__(
        self,
        search: Search,
        gathering: Gathering,
        assess: Assess,
        limits: Limits,
        searchable: Searchable,
    ) -> None:
        self.search = search
        self.gathering = gathering
        self._assess = assess
        self._limits = limits
        self._searchable = searchable

    def gathered(self, asked: Question) -> Inquiry:
        """Return what is found, not judged."""
        asked, found = self._retrieved(self._searchable(asked))
        hits = self.search.reranker.rerank(asked, found)
        context = self.gathering.context(asked, hits)
        return Inquiry(
            asked=asked,
            begun=Answer(query=asked.said),
            hits=hits,
            context=context,
            verdict=Verdict(held=1.0, right=1.0),
        )

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
        told = asked.original or asked.standalone
        asked, hits = self._retrieved(asked)
        begun = Answer(query=asked.said, standalone_query=told, hits=tuple(hits))
        yield begun
        hits = self.search.reranker.rerank(asked, hits)
        context = self.gathering.context(asked, hits)
        verdict = self._assess(asked, context)
        return Inquiry(
            asked=asked,
            begun=begun,
            hits=hits,
            context=context,
            verdict=verdict,
            is_stated=verdict.states(self._limits.threshold),
        )

    def _retrieved(self, asked: Question) -> tuple[Question, list[Hit]]:
        """Return the question as it is asked of what is found for it, and that."""
        asked, hits = on_named_pages(asked, self.search.found(asked.searched, k=CHANNEL_DEPTH))
        return asked, hits[: self._limits.top_k]


def _nearness(inquiry: Inquiry) -> tuple[bool, float]:
    return inquiry.verdict.is_near, inquiry.verdict.held
