"""How likely a short answer is right by itself, so that it may stand in bold before its passage.

The chance that an answer is right was fitted to all of its first words; a passage can hold what its
few likeliest words do not say. Knows what was found and read; knows no store and no model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rag.answer.base.logistic import Regression
from rag.answer.evidence.evidence import coverage, with_surroundings
from rag.answer.evidence.ranking import FoundAnswer
from rag.answer.question.question import Question
from rag.protocols import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortSigns(Regression):
    """What is looked at, or what each of it weighs (then `intercept` is added).

    `right` is the logit of the chance that the answer is right, `read` tells that the reader's
    likeliest words in the passage are the short answer's, `cell` that it is of a table, where the
    reader's words tell nothing, `missing` is the logarithm of one more than how many words of the
    question stand neither beside it nor in its headings and column names.
    """

    intercept: float = 1.0
    right: float = 0.0
    read: float = 0.0
    cell: float = 0.0
    missing: float = 0.0


SHORT: Final = ShortSigns(intercept=-0.567, right=1.097, read=0.753, cell=0.427, missing=-0.726)
"""Fitted on 194 short answers to five sets of questions: the demo, `unseen.jsonl`, half of those
over 80 documents and half of those over long ones, and at .6 each 240 that look facts up. Over ten
folds of documents AUROC .81, by `right` alone .79; see benchmarks/LOG.md."""

LEAST_SHORT: Final = 0.6
"""A short answer stands in bold from this chance on: of those between .475 and this 5 of 13 are
right (see benchmarks/LOG.md)."""

LEAST_SHARE: Final = 0.5
"""The evidence of a short answer in bold is at least as likely as all the others together: of 84
that the chance above would show, 53 of 74 are right so, and 4 of 10 others."""

_SUREST: Final = 0.99


def short_signs(
    found: FoundAnswer,
    asked: Question,
    right: float,
    reading: Reading,
    importance: Mapping[str, float],
) -> ShortSigns:
    """Return what speaks for a short answer; `right` is the chance that its answer is right."""
    right = min(max(right, 1 - _SUREST), _SUREST)
    chunk, short = found.evidence.hit.chunk, found.short
    in_table = chunk.role == "table" or (short is not None and short.form == "cell")
    beside = coverage(with_surroundings(found.evidence), importance, asked)
    return ShortSigns(
        right=math.log(right / (1 - right)),
        read=float(not in_table and _is_read(found, reading)),
        cell=float(in_table),
        missing=math.log1p((1 - beside) * len(importance)),
    )


def _is_read(found: FoundAnswer, reading: Reading) -> bool:
    """Tell whether the reader's likeliest words are, or cut into, the short answer's."""
    best = max(reading.spans, key=lambda span: span.score, default=None)
    if found.short is None or best is None:
        return False
    return best.start < found.short.end and found.short.start < best.end
