"""Whether words are of the kind that is asked for: a number, a date, a person.

Months are those of the language of the place, which need not be that of the question.
"""

from __future__ import annotations

from rag.answer.question.answer_kind import Kind, holds_kind
from rag.answer.question.question import Question
from rag.datamodel import Chunk


def dated_in(chunk: Chunk, asked: Question) -> str | None:
    """Return the language (ISO 639-1) of a passage's dates: its own, or that of the person."""
    told = asked.spoken_languages
    return chunk.language or (told[0] if len(told) == 1 else None)


def is_of_kind(text: str, chunk: Chunk, asked: Question, *, kind: Kind | None = None) -> bool:
    """Tell whether words of a passage are, or hold, what is of the kind that is asked for.

    `kind` is another one that the question may be for.
    """
    wanted = asked.kind if kind is None else kind
    return holds_kind(wanted, text, asked.named, language=dated_in(chunk, asked))
