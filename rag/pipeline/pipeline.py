"""The way of a question: understood, searched, its context built; written, verified, judged.

The sources and the best quotation are there at once; the sentences come above them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

from rag.answer.finding import Inquiry
from rag.answer.question.question import Question
from rag.datamodel import Answer
from rag.errors import ModelError
from rag.generation.context import Reading
from rag.generation.draft import Draft
from rag.generation.verification import CheckedDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What does each step; `quote` answers by quotation, and by what tables give."""

    find: Callable[[Question], Generator[Answer, None, Inquiry]]
    quote: Callable[[Inquiry], Answer]
    is_told: Callable[[Inquiry, Answer], bool]
    build_context: Callable[[Inquiry], Reading]
    write: Callable[[Inquiry, Reading], Iterator[Draft]]
    verify: Callable[[Inquiry, Draft], CheckedDraft]
    compose: Callable[[Inquiry, Answer, CheckedDraft], Answer]
    complete: Callable[[Inquiry, Answer, CheckedDraft], Answer]


def answer(question: Question, steps: Steps) -> Iterator[Answer]:
    """Yield a growing answer; the last one is complete.

    What is told by quotation alone (a table's result, a figure that was asked for, nothing that was
    found) is not written about; nor is what the model fails at, which a note tells. A draft comes
    again while it doesn't grow: whoever asks may leave there.
    """
    found = yield from steps.find(question)
    quoted = steps.quote(found)
    if steps.is_told(found, quoted):
        yield quoted
        return
    reading = steps.build_context(found)
    checked = CheckedDraft(draft=Draft(reading=reading))
    yield (grown := steps.compose(found, quoted, checked))
    try:
        for draft in steps.write(found, reading):
            if draft is not checked.draft:
                checked = steps.verify(found, draft)
                grown = steps.compose(found, quoted, checked)
            yield grown
    except ModelError as error:
        yield replace(quoted, notes=(*quoted.notes, str(error)))
        return
    yield steps.complete(found, quoted, checked)
