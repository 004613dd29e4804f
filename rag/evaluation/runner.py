"""Questions asked one after another, in one or several ways, what is known already passed over.

Knows questions and records; how a question is asked comes in as a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.datamodel import Answer
from rag.errors import PagelightError
from rag.evaluation.records.kept import KeptRecords
from rag.evaluation.records.questions import EvaluationQuestion
from rag.evaluation.records.report import LineError, QuestionRecord
from rag.evaluation.scoring import record_of

Ask = Callable[[EvaluationQuestion], Answer]
"""Returns the complete answer; raises PagelightError where the question can't be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to ask every question: with all parts, or with one off."""

    ask: Ask
    kept: KeptRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """For each question that could be asked its records, one a way, and the others' reasons."""

    records: tuple[tuple[QuestionRecord, ...], ...]
    errors: tuple[LineError, ...]


def run(
    questions: Sequence[EvaluationQuestion],
    ways: Sequence[Way],
    *,
    words: int | None,
    on_done: Callable[[], None],
) -> Outcome:
    """Ask each question in each way; `on_done` is called after each question.

    An answer counts by its first `words` words; None: as many as the kind of question allows.

    All ways of a question come before the next one: what was read for it is read once.
    """
    records, errors = [], []
    for question in questions:
        try:
            records.append(tuple(_record(question, way, words=words) for way in ways))
        except PagelightError as error:
            errors.append(LineError(line=question.line, reason=str(error)))
        on_done()
    return Outcome(records=tuple(records), errors=tuple(errors))


def _record(question: EvaluationQuestion, way: Way, *, words: int | None) -> QuestionRecord:
    known = way.kept.get(question)
    if known is not None:
        # The line may have moved since.
        return replace(known, line=question.line, id=question.id)
    within = question.words if words is None else words
    record = record_of(question, way.ask(question), words=within)
    way.kept.add(question, record)
    return record
