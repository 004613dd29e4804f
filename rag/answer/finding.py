"""What is found for a question: searched, ordered and judged; read another way where that tells.

A question amid a conversation may lean on it, or open a topic of its own, and may be meant of the
documents that were spoken of, or of all; where its words do not tell, what is found does. Knows
the seams; knows no model, no store and no page.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answer.base.meter import StageClock
from rag.answer.compose.figures import Retrieve
from rag.answer.gathering import Gathering
from rag.answer.question.question import Question
from rag.answer.rerank.page_scope import on_named_pages
from rag.answer.seams import Limits, Mend, Relate, Translate
from rag.answer.trust.confidence import Assess, Verdict
from rag.datamodel import Answer, Context, Hit, Query
from rag.protocols import Reranker
from rag.retrieve.retriever import CHANNEL_DEPTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question in the documents' words, its hits, best first, and what of them may answer it.

    `begun` is its answer so far, `notes` how its words were read.
    """

    asked: Question
    begun: Answer
    hits: Sequence[Hit]
    context: Context
    verdict: Verdict
    notes: tuple[str, ...]


class Finder:
    """Finds for a question what may answer it. `gathering` chooses what is read of what it ranks.

    Raises what its stages do.
    """

    def __init__(
        self,
        retriever: Retrieve,
        reranker: Reranker,
        assess: Assess,
        limits: Limits,
        *,
        mend: Mend,
        relate: Relate,
        translate: Translate,
    ) -> None:
        self._retriever = retriever
        self._reranker = reranker
        self._assess = assess
        self._limits = limits
        self._mend = mend
        self._relate = relate
        self._translate = translate

    def search(self, query: Query, *, k: int) -> list[Hit]:
        return self._retriever.retrieve(query, k=k)

    def rank(self, query: Query, *, k: int) -> list[Hit]:
        """Return what `search` finds, in the order in which it is read."""
        return list(self._reranker.rerank(query, self.search(query, k=k)))

    def gathered(self, asked: Question, gathering: Gathering) -> tuple[list[Hit], Context]:
        """Return what is found, best first, and what of it a quoted answer would use."""
        asked, _ = self._searchable(asked)
        asked, found = self._retrieved(asked)
        hits = self._reranker.rerank(asked, found)
        return hits, gathering.context(asked, hits)

    def find(
        self, asked: Question, gathering: Gathering, clock: StageClock
    ) -> Generator[Answer, None, Inquiry]:
        """Return what is found; each way in which the question is read begins an answer.

        The documents that the last answer cited are read by themselves, too, where others would
        be read beside them; they are preferred where they state an answer, and are as likely to
        hold one.
        """
        found = yield from self._either_way(asked, gathering, clock)
        there = asked.of_documents_spoken_of
        if there is None or {one.chunk.source for one in found.context.hits} <= {*asked.spoken_of}:
            return found
        spoken_of = yield from self._either_way(there, gathering, clock)
        states = spoken_of.verdict.states(self._limits.threshold)
        return spoken_of if states and spoken_of.verdict.held >= found.verdict.held else found

    def _either_way(
        self, asked: Question, gathering: Gathering, clock: StageClock
    ) -> Generator[Answer, None, Inquiry]:
        """Return what is found; what may be meant as it was typed is also read so.

        What is likelier to hold an answer is taken.
        """
        first = yield from self._find(asked, gathering, clock)
        if asked.by_itself is None:
            return first
        alone = yield from self._find(asked.by_itself, gathering, clock)
        return alone if _nearness(alone) > _nearness(first) else first

    def _find(
        self, asked: Question, gathering: Gathering, clock: StageClock
    ) -> Generator[Answer, None, Inquiry]:
        asked, notes = self._searchable(asked)
        told = asked.original or asked.standalone
        with clock.stage("retrieve"):
            asked, hits = self._retrieved(asked)
        begun = Answer(query=asked.said, standalone_query=told, hits=tuple(hits))
        yield begun
        with clock.stage("rerank"):
            hits = self._reranker.rerank(asked, hits)
        with clock.stage("assess"):
            context = gathering.context(asked, hits)
            verdict = self._assess(asked, context)
        return Inquiry(
            asked=asked, begun=begun, hits=hits, context=context, verdict=verdict, notes=notes
        )

    def _searchable(self, asked: Question) -> tuple[Question, tuple[str, ...]]:
        """Return the question in the documents' words, and how it was read."""
        meant = self._mend(asked.standalone, asked.filters)
        asked = asked.reworded(meant.text)
        related, otherwise = self._other_words(asked.searched), self._translate(asked.searched)
        return replace(asked, related=related, otherwise=otherwise), meant.notes

    def _other_words(self, asked: Question) -> Mapping[str, Mapping[str, float]]:
        """Return what documents may have for words: of like meaning, or for the same measure."""
        near, same = self._relate(asked.telling), asked.same_measure
        return {one: {**near.get(one, {}), **same.get(one, {})} for one in {*near, *same}}

    def _retrieved(self, asked: Question) -> tuple[Question, list[Hit]]:
        """Return the question as it is asked of what is found for it, and that."""
        asked, hits = on_named_pages(
            asked, self._retriever.retrieve(asked.searched, k=CHANNEL_DEPTH)
        )
        return asked, hits[: self._limits.top_k]


def _nearness(inquiry: Inquiry) -> tuple[bool, float]:
    return inquiry.verdict.is_near, inquiry.verdict.held
