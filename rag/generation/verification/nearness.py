"""How much the places found share with a question: in meaning, in words, and as they are read.

What shares too little is nothing to show: the places are only the least far of all. Knows weighed
evidence and words; knows no model and no store.
"""

from __future__ import annotations

import math
from typing import Final

from rag.datamodel import Context
from rag.retrieval.evidence.evidence import EvidenceScorer, coverage, with_surroundings
from rag.retrieval.evidence.page_words import page_stems
from rag.understanding.question.question import Question

WORDS: Final = 0.5
READ: Final = 0.3
"""What the words of the question on one page, and the reader's surest relevance, count beside the
cosine of the question and the nearest sentence or row."""

MIN_NEAR: Final = 0.65
MIN_APART: Final = 0.8
"""What is below has nothing to do with the question; key words that stand nowhere together need
more. Chosen on questions over other documents, and on such as were asked of documents that have
nothing to do with them; see benchmarks/LOG.md."""

UNTOLD: Final = 0.5
"""What counts as shared of the words of a question that all say little: "how do I get there"."""

KEY_WORDS: Final = 0.5
TOGETHER: Final = 0.6
"""From this chance on a question is key words alone: they name one thing, which is told where one
sentence or row with its heading holds so much of them."""


def is_near(asked: Question, context: Context, scorer: EvidenceScorer) -> bool:
    """Tell whether the places share enough with the question to be shown."""
    is_apart = asked.kinds["keywords"] >= KEY_WORDS and not _stand_together(asked, context, scorer)
    return nearness(asked, context, scorer) >= (MIN_APART if is_apart else MIN_NEAR)


def _stand_together(asked: Question, context: Context, scorer: EvidenceScorer) -> bool:
    importance = scorer.importance(asked)
    texts = (with_surroundings(e) for e in scorer.find(asked, context.hits))
    return any(coverage(text, importance, asked) >= TOGETHER for text in texts)


def nearness(asked: Question, context: Context, scorer: EvidenceScorer) -> float:
    """Return it, in 0..1.8; 0 where nothing was found."""
    hits = context.hits
    similarity = max((e.similarity for e in scorer.find(asked, hits)), default=0.0)
    readings = scorer.readings(asked, hits).values()
    relevance = max((r.relevance for r in readings), default=0.0)
    return similarity + WORDS * _shared(asked, context, scorer) + READ * relevance


def _shared(asked: Question, context: Context, scorer: EvidenceScorer) -> float:
    """Return how much of the question's words stand on one page, in 0..1."""
    importance = scorer.importance(asked)
    shares = (
        math.fsum(value * asked.standing(stem, stems) for stem, value in importance.items())
        for stems in page_stems(asked, context.hits).values()
    )
    return max((*shares, 0.0 if asked.telling else UNTOLD))
