"""The answer by quotation: a figure that is asked for, the likeliest places, what tables give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import Answer, AnswerLength, Context, Hit
from rag.generation.citations import cited
from rag.generation.composition import compose, in_order_of_use, in_own_words
from rag.generation.figures import Figures
from rag.generation.quotation.passages import Passages, quotations
from rag.generation.region import described, reading_with, region_meant
from rag.generation.table_answers import TableAnswering
from rag.generation.verification.confidence import Inquiry
from rag.refusal import CLOSEST, NOTHING_FOUND, is_refusal
from rag.retrieval.context import PageKey, page_key
from rag.retrieval.evidence.reading import asks_for
from rag.retrieval.fusion import renumber
from rag.retrieval.retriever import spread_pages
from rag.understanding.question.question import Question

NEAREST: Final = 3
"""How many places are shown where there is no answer."""

MAX_WORDS: Final[dict[AnswerLength, int]] = {"short": 30, "usual": 60, "long": 150}
"""Of all quotations together."""

Remarks = Callable[[Question, Sequence[Hit]], tuple[str, ...]]
"""What a person is told beside an answer, of what was found for a question."""


@dataclass(frozen=True, eq=False)
class Quoting:
    """Answers in the documents' own words. `numbered` numbers what is quoted."""

    passages: Passages
    numbered: Callable[[Sequence[Hit]], Context]
    tables: TableAnswering
    figures: Figures
    remarks: Remarks

    def quote(self, found: Inquiry) -> Answer:
        """Return the complete answer, its sources numbered as its text uses them."""
        quoted = self._quoted(found)
        if not quoted.citations:
            return quoted
        return cited(quoted, *in_order_of_use(quoted.text, quoted.context))

    def unstated(self, found: Inquiry, *, is_near: bool = True) -> Answer:
        """Return what is closest where no answer is stated, or that nothing was found."""
        begun = self._begun(found)
        answer = replace(begun, answered=False, nearest=begun.hits[:NEAREST])
        text = self._places(found.asked, found.context) if is_near else ""
        if not text:
            return replace(answer, text=found.asked.say(NOTHING_FOUND), complete=True)
        text = f"{found.asked.say(CLOSEST)}\n\n{text}"
        return self._finished(replace(answer, closest=True), found.asked, text, found.context)

    def _quoted(self, found: Inquiry) -> Answer:
        asked, context = found.asked, found.context
        if asked.region is not None:
            read = reading_with(asked.region, found.hits, asked)
            return self._stated(found, self.numbered(read))
        shown = self.figures.wished(asked, found.hits)
        if shown is not None:
            return self._finished(self._begun(found), asked, *shown)
        if found.is_stated or len(asked.asked_apart) > 1:
            return self._stated(found, context)
        return self.unstated(found, is_near=found.verdict.is_near)

    def of_tables(self, found: Inquiry) -> Answer | None:
        """Return what a table gives, complete; None where none is sure. Raises ModelError."""
        result = self.tables(found.asked, found.context)
        if result is None:
            return None
        text, context = in_order_of_use(result.text, result.context)
        ranks = {hit.chunk.id: hit.rank for hit in context.hits}
        answer = replace(
            self._begun(found),
            confidence=result.sureness,
            cells=tuple(replace(cell, number=ranks[cell.chunk.id]) for cell in result.cells),
            table_queries=(result.query,),
        )
        return self._finished(answer, found.asked, text, context)

    def _stated(self, found: Inquiry, context: Context) -> Answer:
        region = region_meant(found.asked)
        text = described(region, mark="[1]") if region else self._places(found.asked, context)
        if not text or is_refusal(text):
            return self.unstated(found)
        lead = in_own_words(found.asked, text)
        return self._finished(self._begun(found), found.asked, compose(lead, text, ()), context)

    def _places(self, asked: Question, context: Context) -> str:
        units = self.passages.units(asked, context.hits)
        return "\n\n".join(quotations(units, max_words=MAX_WORDS[asked.wishes.length]))

    def _begun(self, found: Inquiry) -> Answer:
        asked, verdict = found.asked, found.verdict
        notes = (asked.note, *self.remarks(asked, found.hits))
        return replace(
            found.begun,
            confidence=verdict.right,
            hits=tuple(renumber(spread_pages(led_by(found.hits, verdict.page, asked=asked)))),
            notes=tuple(filter(None, notes)),
        )

    def _finished(self, answer: Answer, asked: Question, text: str, context: Context) -> Answer:
        answer = cited(answer, text, context)
        return replace(answer, figures=self.figures.by_citations(answer, asked), complete=True)


def led_by(hits: Sequence[Hit], page: PageKey | None, *, asked: Question) -> list[Hit]:
    """Return the hits with a page's first hit in front, but for the figure that is named."""
    place = next((n for n, hit in enumerate(hits) if page_key(hit.chunk) == page), 0)
    named = [asks_for(asked, hits[n].chunk) for n in (0, place)] if place else []
    if not named or named == [True, False]:
        return list(hits)
    leading = replace(hits[place], score=hits[0].score)
    return renumber([leading, *hits[:place], *hits[place + 1 :]])
