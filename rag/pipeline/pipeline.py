"""The way of a question: understood, searched, its context built; written, verified, judged."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter

from rag.datamodel import Answer
from rag.errors import ModelError
from rag.generation.context import Reading
from rag.generation.draft import Draft
from rag.generation.inquiry import Inquiry
from rag.generation.verification.check import CheckedDraft
from rag.understanding.question.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What does each step; `quote` answers by quotation, `answer_tables` by what a table gives.

    `tell_result` says that in a sentence.
    """

    find: Callable[[Question], Generator[Answer, None, Inquiry]]
    quote: Callable[[Inquiry], Answer]
    answer_tables: Callable[[Inquiry, Answer], Answer | None]
    tell_result: Callable[[Inquiry, Answer], Answer]
    is_final: Callable[[Inquiry, Answer], bool]
    build_context: Callable[[Inquiry], Reading]
    write: Callable[[Inquiry, Reading], Iterator[Draft]]
    go_on: Callable[[Inquiry, Draft], Iterator[Draft]]
    verify: Callable[[Inquiry, Draft], CheckedDraft]
    compose: Callable[[Inquiry, Answer, CheckedDraft], Answer]
    complete: Callable[[Inquiry, Answer, CheckedDraft], Answer]


def answer(question: Question, steps: Steps) -> Iterator[Answer]:
    """Yield a growing answer, its likeliest places first; the last one is complete.

    Where a model fails, the places are quoted, and a note tells why.
    """
    found = yield from steps.find(question)
    quoted = steps.quote(found)
    yield steps.compose(found, quoted, CheckedDraft(draft=Draft()))
    try:
        counted = steps.answer_tables(found, quoted)
        if counted:
            yield replace(counted, complete=False)
            yield steps.tell_result(found, counted)
        elif steps.is_final(found, quoted):
            yield quoted
        else:
            yield from _written(found, quoted, steps)
    except ModelError as error:
        yield replace(quoted, notes=(*quoted.notes, str(error)))


def _written(found: Inquiry, quoted: Answer, steps: Steps) -> Iterator[Answer]:
    """Yield what a model writes as it grows; the same again tells that it goes on.

    Of several drafts one that stands is gone on with.
    """
    reading = steps.build_context(found)
    said = CheckedDraft(draft=Draft(reading=reading))
    grown = steps.compose(found, quoted, said)

    def drafts() -> Iterator[Draft]:
        yield from steps.write(found, reading)
        if said.sentences:
            yield from steps.go_on(found, said.draft)

    for draft in drafts():
        if draft is not said.draft:
            said = steps.verify(found, draft)
            grown = steps.compose(found, quoted, said)
        yield grown
    yield steps.complete(found, quoted, said)


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
