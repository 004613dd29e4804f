"""What was found for a question, as what writes and quotes takes it. Knows values alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.datamodel import Answer, Context, Hit
from rag.generation.verification.confidence import Verdict
from rag.understanding.question.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question in the documents' words, its hits, best first, and what of them may answer it.

    `begun` is its answer so far; `is_stated` tells that the places seem to hold an answer.
    """

    asked: Question
    begun: Answer
    hits: Sequence[Hit]
    context: Context
    verdict: Verdict
    is_stated: bool = True
