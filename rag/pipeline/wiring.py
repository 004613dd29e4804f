"""The steps of a question, wired with the stages that are there. Asks nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.citations import cited
from rag.answer.finding import Inquiry
from rag.answer.passages.passages import Passages, quotations
from rag.answer.passages.units import Unit
from rag.answer.pipeline import Pipeline
from rag.answer.question.languages import is_foreign, language_name
from rag.answer.question.question import Question
from rag.datamodel import Answer
from rag.generation.answerability import Judgement, judge
from rag.generation.composition import (
    MOST_QUOTATIONS,
    QUOTED_WORDS,
    compose,
    in_order_of_use,
    lead_of,
    quotations_start,
)
from rag.generation.context import CountTokens, Source, build_sources
from rag.generation.draft import Draft, joined
from rag.generation.verification import CheckedDraft, check
from rag.generation.writer import AnswerWriter
from rag.pipeline.pipeline import Steps

MOST_FIGURES: Final = 1
"""Below what is said; the others stand a click away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSteps:
    """The steps that write with a model of the set-up over what a quoting pipeline finds."""

    quoting: Pipeline
    passages: Passages
    writer: AnswerWriter
    count_tokens: CountTokens

    def steps(self) -> Steps:
        return Steps(
            find=self.quoting.find,
            quote=self._quote,
            is_told=self._is_told,
            build_context=self._build_context,
            write=self._write,
            verify=self._verify,
            judge=self._judge,
            compose=self._compose,
        )

    def _units(self, found: Inquiry) -> list[Unit]:
        """Return what may be evidence; it is weighed once a question."""
        return self.passages.units(found.asked, found.context.hits)

    def _quote(self, found: Inquiry) -> Answer:
        """Return the quoted answer, its sources numbered as its text uses them."""
        quoted = self.quoting.quote(found)
        if not quoted.citations or quoted.cells:
            return quoted  # cells are called by the numbers of the context
        return cited(quoted, *in_order_of_use(quoted.text, quoted.context))

    def _is_told(self, found: Inquiry, quoted: Answer) -> bool:
        """Tell whether the quoted answer is all there is to say: see `answer`."""
        is_region = found.asked.region is not None
        is_shown = _chunks(quoted) != {hit.chunk.id for hit in found.context.hits}
        return is_region or is_shown or quoted.state == "nothing" or bool(quoted.table_queries)

    def _build_context(self, found: Inquiry) -> Sequence[Source]:
        return build_sources(found.context.hits, self._units(found), count_tokens=self.count_tokens)

    def _write(self, asked: Question, sources: Sequence[Source]) -> Iterator[Draft]:
        spoken = asked.original or asked.standalone  # one in another language was read in English
        language = language_name(spoken) if is_foreign(spoken) else ""
        return self.writer.write(
            asked.standalone, sources, language=language, length=asked.wishes.length
        )

    def _verify(self, draft: Draft, found: Inquiry, sources: Sequence[Source]) -> CheckedDraft:
        return check(draft, found.asked.standalone, sources, self._units(found))

    def _judge(self, found: Inquiry, checked: CheckedDraft) -> Judgement:
        return judge(found.verdict, checked)

    def _compose(
        self, found: Inquiry, quoted: Answer, checked: CheckedDraft, judged: Judgement | None
    ) -> Answer:
        """Return the sentences that stand, with short quotations below; None: more is to come."""
        asked = found.asked
        said = joined(checked.sentences)
        max_words = QUOTED_WORDS[asked.wishes.length]
        quoted_below = quotations(self._units(found), max_words=max_words, after=said)
        quoted_below = quoted_below[:MOST_QUOTATIONS]
        lead = lead_of(judged.state) if judged else ""
        text, context = in_order_of_use(compose(lead, said, quoted_below), found.context)
        begun = replace(
            quoted,
            quoted_from=quotations_start(text, len(quoted_below)),
            figures=(),
            unsupported=(),
            complete=False,
        )
        answer = cited(begun, text, context)
        return self._complete(answer, found, judged) if judged else answer

    def _complete(self, answer: Answer, found: Inquiry, judged: Judgement) -> Answer:
        return replace(
            answer,
            answered=judged.state == "answered",
            closest=judged.state == "partial",
            confidence=judged.confidence,
            figures=self.quoting.figures(answer, found.asked)[:MOST_FIGURES],
            complete=True,
        )


def _chunks(answer: Answer) -> set[str]:
    return {hit.chunk.id for hit in answer.context.hits}
