"""How much the places found share with a question: in meaning, in words, and as they are read.

What is below `LEAST` is nothing to show: the places are only the least far of all. Knows ranked
evidence and words; knows no model and no store.
"""

from __future__ import annotations

import math
from typing import Final

from rag.answer.evidence.features import page_stems
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import Question
from rag.datamodel import Context

WORDS: Final = 0.5
READ: Final = 0.3
"""What the words of the question on one page, and the reader's surest relevance, count beside the
cosine of the question and the nearest sentence or row."""

LEAST: Final = 0.65
"""Chosen on questions over other documents, and on such as were asked of documents that have
nothing to do with them; see benchmarks/LOG.md."""


def nearness(asked: Question, context: Context, ranker: AnswerRanker) -> float:
    """Return it, in 0..1.8; 0 where nothing was found."""
    hits = context.hits
    similarity = max((e.similarity for e in ranker.evidence(asked, hits)), default=0.0)
    importance = ranker.importance(asked)
    shared = max(
        (
            math.fsum(value * asked.standing(stem, stems) for stem, value in importance.items())
            for stems in page_stems(hits).values()
        ),
        default=0.0,
    )
    readings = ranker.readings(asked, hits).values()
    return similarity + WORDS * shared + READ * max((r.relevance for r in readings), default=0.0)
