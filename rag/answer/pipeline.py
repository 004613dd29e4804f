"""From a question to a cited answer: the stages in order, each timed.

Knows the seams; knows no model, no store and no page.
"""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from rag.answer.base.citations import GrowingMarks, cited, marked
from rag.answer.base.meter import Meter, StageClock
from rag.answer.base.prompt import build_prompt, rewriting_prompt
from rag.answer.base.refusal import NOTHING_FOUND, is_refusal, without_no_source
from rag.answer.compose.figures import Figures, Retrieve
from rag.answer.compose.region import reading_with
from rag.answer.computed.table_answers import ToldResult
from rag.answer.finding import Finder, Inquiry
from rag.answer.followup.earlier import earlier_words
from rag.answer.gathering import Gathering
from rag.answer.question.question import Question
from rag.answer.rerank.answering_page import led_by
from rag.answer.rewriting import rewritten
from rag.answer.seams import (
    AsksTables,
    Closest,
    Furnish,
    Limits,
    Mend,
    Relate,
    Translate,
    Verify,
)
from rag.answer.steps.calls import call_in, may_be_call
from rag.answer.steps.toolbox import Shelf, Toolbox
from rag.answer.steps.trail import READ_ENOUGH, Trail
from rag.answer.trust.confidence import Assess
from rag.answer.trust.verify import Checked
from rag.datamodel import Answer, Chunk, Context, Figure, Hit, Prompt, Query
from rag.errors import CutOffError, WriterFailedError
from rag.protocols import Generator, Reranker
from rag.retrieve.fusion import renumber
from rag.retrieve.retriever import spread_pages
from rag.retrieve.spelling import Meant

_NO_CONTROLS: Final = {code: None for code in range(32) if chr(code) not in "\n\t"}
"""What a model may not send to a terminal."""

REGION_MATES: Final = 4
"""So many places are read besides a part of a page that is asked about."""

EARLIER_TOKENS: Final = 800
"""Of what was said before a model that writes is told so much."""

NEAREST: Final = 3
"""How many places are shown where there is no answer."""


DOUBTED: Final = "The places found may not hold an answer to this: check it against them."
"""Said with what a model writes where our own confidence would have refused."""

UNCITED: Final = (
    "The model that writes cites no source for this: check it against the places found."
)

UNANSWERED: Final = "The model that writes finds no answer there; the places are quoted instead."


class Pipeline:
    """Answers questions: standalone, retrieve, rerank, assess, generate, cite."""

    def __init__(
        self,
        retriever: Retrieve,
        reranker: Reranker,
        assess: Assess,
        generator: Generator,
        limits: Limits,
        *,
        fetch: Callable[[Sequence[str]], Sequence[Chunk]],
        figures: Figures | None = None,
        closest: Closest = lambda _query, _context: "",
        quoter: Generator | None = None,
        decides: bool = False,
        furnish: Furnish = lambda _hits, context: context,
        shelf: Shelf | None = None,
        tables: AsksTables = lambda _asked, _context: None,
        verify: Verify = lambda _: Checked(),
        fit: Callable[[Prompt], Prompt] = lambda prompt: prompt,
        mend: Mend = lambda question, _filters: Meant(text=question),
        relate: Relate = lambda _: {},
        translate: Translate = lambda _: (),
        notes: Callable[[], tuple[str, ...]] = tuple,
        remark: Callable[[Question, Sequence[Hit]], str] = lambda _asked, _hits: "",
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`quoter` answers where the generator raises WriterFailedError.

        `decides`: the generator says itself whether the sources hold an answer; `assess` orders
        them and warns; with a `shelf` it may look further.
        `furnish` makes of what a quoted answer would use what a generator reads.
        """
        self._finder = Finder(
            retriever, reranker, assess, limits, mend=mend, relate=relate, translate=translate
        )
        self._generator = generator
        self._limits = limits
        self._gathering = Gathering(
            self._finder.rank,
            fetch,
            most_hits=limits.context_hits,
            budget_tokens=limits.context_tokens,
            count_tokens=generator.count_tokens,
        )
        self._figures = figures
        self._closest = closest
        self._quoter = quoter
        self._decides = decides
        self._furnish = furnish
        self._toolbox = (
            Toolbox(lambda part, k: self.rank(part, k=k), shelf, self._ask_tables)
            if shelf
            else None
        )
        self._tables = tables
        self._verify = verify
        self._fit = fit
        self._notes = notes
        self._remark = remark
        self._now = now

    def search(self, query: Query, *, k: int) -> list[Hit]:
        return self._finder.search(query, k=k)

    def rank(self, query: Query, *, k: int) -> list[Hit]:
        """Return what `search` finds, in the order in which `ask` reads it."""
        return self._finder.rank(query, k=k)

    def gathered(self, asked: Question) -> tuple[list[Hit], Context]:
        """Return what `ask` finds, best first, and what of it a quoted answer would use."""
        return self._finder.gathered(asked, self._gathering)

    def write(self, asked: Question, hits: Sequence[Hit]) -> Iterator[Answer]:
        """Yield what the generator writes of `hits`, as it grows; nothing is searched.

        Raises what the generator does, but for CutOffError.
        """
        clock = StageClock(self._now)
        answer = Answer(
            query=asked.said,
            confidence=1.0,
            hits=tuple(hits),
            context=self._gathering.numbered(hits),
            notes=self._notes(),
        )
        yield from self._written(answer, asked, clock, Meter(self._generator, self._now))

    def ask(self, asked: Question) -> Iterator[Answer]:
        """Yield a growing answer, what was found before any words; the last is `complete`."""
        clock = StageClock(self._now)
        if asked.reply:
            yield Answer(query=asked.said, text=asked.reply, answered=False, complete=True)
            return
        if asked.history and self._decides:
            with clock.stage("rewrite"):
                prompt = rewriting_prompt(asked.said, self._earlier(asked))
                asked = yield from rewritten(asked, self._generator.stream(prompt))
        found = yield from self._finder.find(asked, self._gathering, clock)
        yield from self._told(found, clock)

    def find(self, asked: Question) -> abc.Generator[Answer, None, Inquiry]:
        """Return what is found for a question; each way in which it is read begins an answer."""
        return (yield from self._finder.find(asked, self._gathering, StageClock(self._now)))

    def quote(self, found: Inquiry) -> Answer:
        """Return the complete answer to what was found."""
        *_, answer = self._told(found, StageClock(self._now))
        return answer

    def figures(self, answer: Answer, asked: Question) -> tuple[Figure, ...]:
        """Return the pictures and tables that stand by the citations of an answer."""
        return self._figures.beside(answer, asked) if self._figures else ()

    def _told(self, found: Inquiry, clock: StageClock) -> Iterator[Answer]:
        asked, verdict, context, reranked = found.asked, found.verdict, found.context, found.hits
        notes = (*found.notes, asked.note, *self._notes(), self._remark(asked, reranked))
        answer = replace(
            found.begun,
            confidence=verdict.right,
            hits=tuple(renumber(spread_pages(led_by(reranked, verdict.page, asked=asked)))),
            notes=tuple(filter(None, notes)),
        )
        is_asked = asked.region is None and not self._decides
        result = self._tables(asked, context) if is_asked else None
        context = self._furnish(reranked, context)
        shown = self._figures.wished(asked, reranked) if self._figures else None
        if asked.region is not None:
            read = reading_with(asked.region, reranked, asked, most=REGION_MATES)
            yield from self._generate(answer, asked, self._gathering.numbered(read), clock)
        elif shown is not None:
            yield self._finished(answer, asked, *shown, clock)
        elif result is not None:
            answer = replace(
                answer,
                confidence=result.sureness,
                cells=result.cells,
                table_queries=(result.query,),
            )
            yield self._finished(answer, asked, result.text, result.context, clock)
        elif verdict.states(self._limits.threshold) or len(asked.asked_apart) > 1:
            yield from self._generate(answer, asked, context, clock)
        elif self._decides and context.hits:
            yield from self._generate(answer, asked, context, clock, remark=DOUBTED)
        else:
            yield self._unstated(answer, asked, context, is_near=verdict.is_near, clock=clock)

    def _ask_tables(self, asked: Question, hits: Sequence[Hit]) -> ToldResult | None:
        return self._tables(asked, self._gathering.numbered(hits))

    def _earlier(self, asked: Question) -> str:
        """Return what was said before, as the generator is told it."""
        if not self._decides:
            return ""
        return earlier_words(
            asked.history, budget_tokens=EARLIER_TOKENS, count_tokens=self._generator.count_tokens
        )

    def _unstated(
        self, answer: Answer, asked: Question, context: Context, *, is_near: bool, clock: StageClock
    ) -> Answer:
        """Return what is closest where no answer is stated, or that nothing was found."""
        answer = replace(answer, answered=False, nearest=answer.hits[:NEAREST])
        told = self._closest(asked, context) if is_near else ""
        if told:
            return self._finished(replace(answer, closest=True), asked, told, context, clock)
        return replace(answer, text=NOTHING_FOUND, timings_s=clock.timings(), complete=True)

    def _finished(
        self, answer: Answer, asked: Question, text: str, context: Context, clock: StageClock
    ) -> Answer:
        """Return the complete answer, with the pictures and tables that stand by it."""
        answer = cited(answer, text, context)
        return replace(
            answer,
            figures=self.figures(answer, asked),
            timings_s=clock.timings(),
            complete=True,
        )

    def _generate(
        self,
        answer: Answer,
        asked: Question,
        context: Context,
        clock: StageClock,
        *,
        remark: str = "",
    ) -> Iterator[Answer]:
        """Yield what is written; where that fails, what is quoted stands after it.

        With a `remark` of doubt nothing is quoted as an answer.
        """
        begun = grown = replace(answer, context=context)
        trail = self._trail(begun, asked, offered=bool(remark or asked.parts))
        try:
            for grown in self._stepwise(begun, asked, trail, clock, remark=remark):
                yield grown
        except WriterFailedError as error:
            if self._quoter is None:
                raise
            text = f"{grown.text.rstrip()} …" if grown.text.strip() else ""
            failed = replace(grown, text=text, notes=(*grown.notes, str(error)))
            yield self._quoted(failed, asked, None if remark else self._quoter, clock)

    def _trail(self, answer: Answer, asked: Question, *, offered: bool) -> Trail | None:
        """Return where an answer in steps begins; None where there is nothing to look into.

        `offered`: of a question that asks for several things, and of one whose answer our own
        confidence doubts.
        """
        if self._toolbox is None:
            return None
        return Trail(
            answer.hits,
            answer.context,
            offered=offered and asked.region is None,
            tokens=self._limits.reading_tokens,
            count_tokens=self._generator.count_tokens,
            furnish=self._furnish,
        )

    def _stepwise(
        self,
        answer: Answer,
        asked: Question,
        trail: Trail | None,
        clock: StageClock,
        *,
        remark: str,
    ) -> Iterator[Answer]:
        """Yield what is written, in one pass or, with what the model asked for, in several."""
        meter = Meter(self._generator, self._now)
        while True:
            yield from self._written(answer, asked, clock, meter, remark=remark, trail=trail)
            if trail is None or not trail.follows:
                return
            if trail.call and self._toolbox:
                everywhere = replace(asked, filters=asked.said.filters)
                trail.take(self._toolbox.done(everywhere, trail.call))
                answer = replace(answer, steps=trail.steps, context=trail.context)
                yield answer

    def _quoted(
        self, answer: Answer, asked: Question, quoter: Generator | None, clock: StageClock
    ) -> Answer:
        """Return what was written, and after it what is quoted of its context."""
        context = answer.context
        prompt = replace(build_prompt(asked, context), confidence=answer.confidence)
        quoted = "".join(quoter.stream(prompt)).strip() if quoter else ""
        parts = (answer.text, "" if is_refusal(quoted) else quoted)
        text = "\n\n".join(filter(None, parts))
        if not text:
            return self._unstated(answer, asked, context, is_near=True, clock=clock)
        return self._checked(answer, asked, text, context, clock)

    def _written(
        self,
        answer: Answer,
        asked: Question,
        clock: StageClock,
        meter: Meter,
        *,
        remark: str = "",
        trail: Trail | None = None,
    ) -> Iterator[Answer]:
        """Yield one pass; a call for more is not shown, and ends it without an answer."""
        context = answer.context
        told = trail.told if trail else ""
        prompt = build_prompt(asked, context, before=self._earlier(asked) + told)
        prompt = replace(prompt, calls=bool(trail and trail.offered and trail.left))
        wanted = replace(prompt, confidence=answer.confidence)
        prompt = self._fit(wanted)
        if trail:
            trail.read(prompt.context.token_count)
        answer = replace(answer, notes=(*answer.notes, *_left_out(context, prompt.context)))
        text, cut, marks = "", "", GrowingMarks(prompt.context)
        try:
            for piece in meter.stream(prompt):
                if not text:
                    clock.mark("first_text")
                text += piece.translate(_NO_CONTROLS)
                if not (trail and may_be_call(text)):
                    yield marked(answer, text, prompt.context, marks)
        except CutOffError as error:
            cut = str(error)
        unseen = _unseen(wanted, self._fit(wanted))
        answer = replace(answer, notes=(*answer.notes, *filter(None, (unseen, cut))))
        if self._decides:
            answer = replace(answer, written=meter.written())
        called = call_in(text) if trail else None
        refused = not text.strip() or is_refusal(text)
        if trail and trail.goes_on(called, refused=refused):
            return
        if refused or called:
            unstated = self._unstated(answer, asked, context, is_near=True, clock=clock)
            ended = (READ_ENOUGH,) if called and trail and trail.has_read_enough else ()
            notes = (*unstated.notes, *ended, *((UNANSWERED,) if unstated.closest else ()))
            yield replace(unstated, notes=notes)
        else:
            answer = replace(answer, notes=(*answer.notes, *filter(None, (remark,))))
            answer = cited(answer, without_no_source(text), prompt.context)
            if trail and not (cut or answer.citations or answer.unresolved):
                uncited = replace(answer, notes=(*answer.notes, UNCITED))
                yield self._quoted(uncited, asked, None if remark else self._quoter, clock)
            else:
                yield self._checked(answer, asked, answer.text, prompt.context, clock)

    def _checked(
        self, answer: Answer, asked: Question, text: str, context: Context, clock: StageClock
    ) -> Answer:
        """Return the complete answer, with the sentences that its sources do not bear out."""
        with clock.stage("verify"):
            checked = self._verify(cited(answer, text, context))
        notes = (*answer.notes, *checked.notes)
        answer = replace(answer, unsupported=checked.unsupported, notes=notes)
        return self._finished(answer, asked, text, context, clock)


def _left_out(context: Context, read: Context) -> tuple[str, ...]:
    """Return a note where the model reads fewer sources than were found for it."""
    count = len(context.hits) - len(read.hits)
    if not count:
        return ()
    return (
        f"The model reads {len(read.hits)} of {len(context.hits)} sources: more do not fit it.",
    )


def _unseen(wanted: Prompt, taken: Prompt) -> str:
    """Return a note where the model takes fewer pictures than were found for it; "" else."""
    count, seen = (sum(not isinstance(p, str) for p in one.parts) for one in (wanted, taken))
    return f"The model saw {seen} of {count} pictures: it takes no more." if seen < count else ""
