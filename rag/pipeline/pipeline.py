"""The way of a question: found, quoted, tables asked; written, verified, composed."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from time import perf_counter
from typing import Final

from rag.datamodel import Answer
from rag.errors import ModelError
from rag.generation.citations import cited
from rag.generation.composition import (
    MAX_BELOW,
    MAX_QUOTATIONS,
    QUOTED_WORDS,
    TRANSLATED,
    Judgement,
    added,
    compose,
    in_language_of,
    in_order_of_use,
    in_own_words,
    judge,
    lead_of,
    named,
    notes_of,
    quotations_start,
)
from rag.generation.context import MAX_REFUSALS, MOST, Reading, Source
from rag.generation.draft import Draft, joined
from rag.generation.quotation.passages import Passages, left_out, quotations
from rag.generation.quotation.units import Unit, quotation
from rag.generation.rewriting import refers_back, rewritten
from rag.generation.verification.check import (
    CheckedDraft,
    FindMisplaced,
    check,
    in_scale,
    none_misplaced,
    says_result,
    well_translated,
)
from rag.generation.verification.confidence import Inquiry
from rag.generation.verification.facts import numbers_in
from rag.generation.verification.support import telling, told_by, told_otherwise
from rag.generation.writers.large_writer import Writer
from rag.number_forms import as_spoken, decimal_mark
from rag.pipeline.finding import Finder
from rag.pipeline.quoting import Quoting
from rag.text import MARK
from rag.understanding.question.question import Question

_MARKS: Final = re.compile(rf" ?{MARK.pattern}")

MAX_FIGURES: Final = 1
"""Below what is said; the others stand a click away."""

MAX_RESULTS: Final = 3
"""Of so many values a sentence is made; longer lists stand as they are."""

LOOKUP: Final = 0.5
"""A question asks for a fact from this chance on."""

CHOICE: Final = 0.5
"""A question asks for yes or no, or for one of two, from this chance on."""

SURE: Final = 0.75
"""Below what is so likely right no quotation stands; see benchmarks/LOG.md."""

AGREED: Final = 0.8
"""What drafts say so much alike needs no other place beside it: of thirty that were quoted one told
more (see benchmarks/LOG.md)."""

DOUBTED: Final = "The places found may not hold an answer to this: check it against them."
"""Said with what a larger model writes where our own confidence would have refused."""

UNANSWERED: Final = "The model that writes finds no answer there; the places are quoted instead."


class Answering:
    """Answers questions with what finds, quotes and writes; without a writer it quotes."""

    def __init__(
        self,
        finder: Finder,
        quoting: Quoting,
        passages: Passages,
        writer: Writer | None = None,
        *,
        misplaced: FindMisplaced = none_misplaced,
    ) -> None:
        self.search = finder.search
        self._finder = finder
        self._quoting = quoting
        self._passages = passages
        self._writer = writer
        self._decides = writer is not None and writer.decides
        self._misplaced = misplaced

    def ask(self, asked: Question) -> Iterator[Answer]:
        """Yield a growing answer; a follow-up is said so that it stands alone.

        A model that others ask too takes its time for that: what is found without it comes first.
        """
        if asked.reply:
            yield Answer(query=asked.said, text=asked.reply, answered=False, complete=True)
            return
        if self._writer and refers_back(asked):
            found = yield from self._finder.find(asked)
            shown = self.compose(found, self._quoting.quote(found), CheckedDraft())
            yield shown
            asked = yield from rewritten(asked, self._writer.say_alone, waiting=shown)
        yield from self.answer(asked)

    def answer(self, asked: Question) -> Iterator[Answer]:
        """Yield a growing answer, likeliest places first, which are all where a model fails."""
        found = yield from self._finder.find(asked)
        quoted = self._quoting.quote(found)
        shown = self.compose(found, quoted, CheckedDraft())
        yield shown
        try:
            counted = self.answer_tables(found, quoted)
            if counted:
                yield replace(counted, complete=False)
                yield self.tell_result(found, counted)
            elif self._writer and not self._is_final(found, quoted):
                yield from self.write(shown, found, quoted, self._writer)
            else:
                yield quoted
        except ModelError as error:
            yield replace(quoted, notes=(*quoted.notes, str(error)))

    def write(
        self, shown: Answer, found: Inquiry, quoted: Answer, writer: Writer
    ) -> Iterator[Answer]:
        """Yield what a model writes; where it finds nothing in the first places, of more."""
        refused: list[CheckedDraft] = []
        for there, reading in self._readings(found, writer):
            said = yield from self._written(shown, quoted, writer, there, reading)
            if said.sentences or not said.draft.refused:
                yield self.complete(there, quoted, said)
                return
            refused.append(said)
        first, refusals = refused[0], max(one.draft.refusals for one in refused)
        surest = replace(first, draft=replace(first.draft, refusals=refusals))
        yield self.complete(found, quoted, surest)

    def _readings(self, found: Inquiry, writer: Writer) -> Iterator[tuple[Inquiry, Reading]]:
        """Yield what is read one after the other until something is found, in what was found."""
        for reading in writer.readings(found, self._units(found)):
            yield found, reading
        if not writer.decides:
            later = self._finder.further(found)
            for reading in islice(writer.readings(later, self._units(later)), 2):
                yield later, replace(reading, max_refusals=MAX_REFUSALS)

    def _written(
        self, shown: Answer, quoted: Answer, writer: Writer, found: Inquiry, reading: Reading
    ) -> Generator[Answer, None, CheckedDraft]:
        """Yield what is written as it grows; the same again tells that it goes on."""
        said = CheckedDraft(draft=Draft(reading=reading))

        def drafts() -> Iterator[Draft]:
            yield from writer.write(found, reading)
            if said.sentences:
                yield from writer.go_on(found, said.draft)

        for draft in drafts():
            if draft is not said.draft:
                said = self.verify(found, draft)
                if said.sentences or draft.steps:
                    shown = self.compose(found, quoted, said)
            yield shown
        if not said.sentences and reading.max_refusals < MOST:  # there is more to be read
            return replace(said, draft=replace(said.draft, refused=True))
        return said

    def _is_final(self, found: Inquiry, quoted: Answer) -> bool:
        """Tell whether the quoted answer is all there is to say."""
        is_region = found.asked.region is not None
        if self._decides and (is_region or quoted.state == "not_found"):
            return not (is_region or found.context.hits)
        return is_region or not found.context.hits or _is_shown(found, quoted)

    def answer_tables(self, found: Inquiry, quoted: Answer) -> Answer | None:
        """Return what a table gives; None where a place or a figure is asked for itself."""
        if found.asked.region is not None or _is_shown(found, quoted):
            return None
        return self._quoting.of_tables(found)

    def tell_result(self, found: Inquiry, counted: Answer) -> Answer:
        """Return what a table gives in a sentence, where one is written that says just this."""
        result = counted.table_queries[0].result
        if self._writer is None or result.count(";") >= MAX_RESULTS:
            return counted
        source = Source(hit=counted.context.hits[0], text=_MARKS.sub("", counted.text))
        try:
            said = self._writer.write_sentence(found.asked, source)
        except ModelError:
            return counted
        known = f"{source.text}\n{found.asked.standalone}"
        if said is None or not says_result(said.text, result, known):
            return counted
        marks = tuple(dict.fromkeys(citation.number for citation in counted.citations))
        return cited(counted, replace(said, numbers=marks).marked(), counted.context)

    def verify(self, found: Inquiry, draft: Draft) -> CheckedDraft:
        """Return the first draft of which something stands; a refusal stays as it is."""
        if draft.refusals > draft.reading.max_refusals:
            return CheckedDraft(draft=replace(draft, refused=True))
        others = () if draft.refused else draft.others
        checked = (self._checked(found, one) for one in (draft, *others))
        first = next(checked)
        standing = (one for one in chain((first,), checked) if one.sentences)
        return in_scale(next(standing, first), *found.asked.spoken_languages[:1])

    def _checked(self, found: Inquiry, draft: Draft) -> CheckedDraft:
        asked = found.asked
        is_choice = _is_choice(asked)
        sources = draft.reading.sources
        checked = check(
            draft, asked.standalone, sources, is_choice=is_choice, misplaced=self._misplaced
        )
        if self._decides:
            return checked
        if not checked.is_translated:
            said = telling(checked.sentences, self._units(found))
            checked = replace(checked, sentences=said)
        return in_language_of(asked, well_translated(checked))

    def compose(
        self, found: Inquiry, quoted: Answer, checked: CheckedDraft, *, lead: str = ""
    ) -> Answer:
        """Return what is said, and the quotations below it: first what tells it otherwise."""
        draft = checked.draft
        said = joined(checked.sentences)
        other = self._other(found, checked) if said else None
        is_enough = bool(said) and not lead and not self._wants_quotations(found, checked)
        if other:
            below = [quotation([other])]
        elif is_enough or quoted.state == "not_found":
            below = []
        else:
            length = found.asked.wishes.length
            is_written = bool(said) or draft.refused
            is_one = is_written and length != "long"
            below = quotations(
                self._units(found),
                max_words=QUOTED_WORDS[length],
                max_places=MAX_BELOW if is_one else MAX_QUOTATIONS,
                after=said,
                admitted=lambda unit: not is_written or self._passages.is_near(unit, found.asked),
            )
            if below and draft.refused and not said:
                below = [named(below[0], found.context)]  # see benchmarks/LOG.md
        below, context = added(below, found.context, draft.reading.context)
        text, context = in_order_of_use(compose(lead, said, below), context)
        begun = replace(
            quoted,
            quoted_from=quotations_start(text, len(below)),
            figures=(),
            steps=draft.steps,
            complete=False,
        )
        answer = cited(begun, text, context)
        return _in_spoken_numbers(found.asked, answer) if checked.is_translated else answer

    def _other(self, found: Inquiry, checked: CheckedDraft) -> Unit | None:
        """Return what tells it otherwise, or what is likely where a small model's drafts differ."""
        asked, units = found.asked.standalone, self._units(found)
        otherwise = told_otherwise(checked.sentences, asked, units)
        if otherwise or self._decides or (checked.draft.agreement or 0.0) >= AGREED:
            return otherwise
        other = left_out(checked.text, units)
        return other if other and self._passages.is_near(other, found.asked) else None

    def _wants_quotations(self, found: Inquiry, checked: CheckedDraft) -> bool:
        """Tell whether a quotation stands below: of an unsure fact, bare choice, cell, or wish."""
        asks_fact = found.asked.kinds["lookup"] >= LOOKUP
        is_sure = self._judged(found, checked).confidence >= SURE
        is_bare = _is_choice(found.asked) and not numbers_in(checked.text)
        is_wished = found.asked.wishes.length == "long"
        return is_wished or is_bare or (asks_fact and not is_sure) or self._is_cell(found, checked)

    def _is_cell(self, found: Inquiry, checked: CheckedDraft) -> bool:
        """Tell whether a number is told of a row: what stands beside it bears it out, or not."""
        told = (
            told_by(one, self._units(found)) for one in checked.sentences if numbers_in(one.text)
        )
        return any(unit.is_row for unit in told if unit)

    def complete(self, found: Inquiry, quoted: Answer, checked: CheckedDraft) -> Answer:
        draft = checked.draft
        notes = notes_of(checked) if self._decides else ()
        notes = (*notes, *((TRANSLATED,) if checked.is_translated else ()))
        if self._decides and not checked.sentences and (draft.refused or not quoted.text):
            answer = self._quoting.unstated(found)
            unanswered = (UNANSWERED,) if answer.closest else ()
            notes = (*answer.notes, *notes_of(checked), *unanswered)
            return replace(answer, notes=notes, steps=draft.steps, written=draft.usage)
        if not checked.sentences and quoted.state == "not_found":
            return quoted
        judged = self._judged(found, checked)
        lead = found.asked.say(lead_of(judged.state, checked))
        if not (lead or checked.sentences):
            lead = in_own_words(found.asked, "".join(h.chunk.text for h in found.context.hits[:1]))
        answer = self.compose(found, quoted, checked, lead=lead)
        if not (answer.citations or checked.sentences):
            nothing = self._quoting.unstated(found, is_near=False)
            return replace(nothing, confidence=judged.confidence, written=draft.usage)
        if self._decides and checked.sentences and not found.is_stated:
            notes = (*notes, DOUBTED)
        return replace(
            answer,
            answered=judged.state == "answered",
            closest=judged.state == "partial",
            confidence=judged.confidence,
            nearest=() if judged.state == "answered" else answer.nearest,
            figures=self._quoting.figures.by_citations(answer, found.asked)[:MAX_FIGURES],
            notes=(*answer.notes, *notes),
            written=draft.usage,
            complete=True,
        )

    def _judged(self, found: Inquiry, checked: CheckedDraft) -> Judgement:
        if self._decides and checked.sentences:
            return Judgement(state="answered", confidence=found.verdict.right)
        return judge(found.verdict, checked)

    def _units(self, found: Inquiry) -> list[Unit]:
        return self._passages.units(found.asked, found.context.hits)


def _in_spoken_numbers(asked: Question, answer: Answer) -> Answer:
    """Return an answer whose own words have their sources' numbers as the question's language."""
    languages, own = asked.spoken_languages, slice(answer.quoted_from)
    sources = [citation.chunk for citation in answer.citations]
    if len(languages) != 1 or not sources:
        return answer
    source = "\n".join(chunk.text for chunk in sources)
    mark = decimal_mark(source, sources[0].language)
    said = as_spoken(answer.text[own], languages[0], source, mark)
    return replace(answer, text=said + answer.text[len(said) :])


def _is_choice(asked: Question) -> bool:
    return asked.kinds["yesno"] + asked.kinds["compare"] >= CHOICE


def _is_shown(found: Inquiry, quoted: Answer) -> bool:
    """Tell whether something else is shown than the places found: a figure that was asked for."""
    shown = {hit.chunk.id for hit in quoted.context.hits}
    return bool(shown) and shown != {hit.chunk.id for hit in found.context.hits}


def timed(answers: Iterable[Answer]) -> Iterator[Answer]:
    """Yield the states of an answer; a complete one tells the seconds from now."""
    begun_s = perf_counter()
    first_s: float | None = None
    for answer in answers:
        taken_s = perf_counter() - begun_s
        first_s = taken_s if first_s is None and answer.text else first_s
        timings = (("first_text", first_s or taken_s), ("total", taken_s))
        yield (
            replace(answer, timings_s=(*answer.timings_s, *timings)) if answer.complete else answer
        )
