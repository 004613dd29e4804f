"""A question that follows up on others, as a model that writes says it alone. Knows no model."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from rag.answer.followup.earlier import standing_alone
from rag.answer.question.question import Question
from rag.datamodel import Answer
from rag.errors import CutOffError, WriterFailedError


def rewritten(asked: Question, pieces: Iterable[str]) -> Generator[Answer, None, Question]:
    """Return the question as a model says it in `pieces`; as it is where that fails.

    An answer of nothing comes for each piece, at which whoever asks may leave.
    """
    try:
        line = yield from standing_alone(pieces, waiting=Answer(query=asked.said))
    except (CutOffError, WriterFailedError):
        return asked
    return asked.rewritten(line) if line else asked
