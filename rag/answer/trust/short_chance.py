"""How likely a short answer is right by itself, so that it may stand in bold before its passage.

The chance that an answer is right was fitted to all of its first words; a passage can hold what its
few likeliest words do not say. Knows what was found; knows no store and no model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from rag.answer.base.logistic import Regression
from rag.answer.question.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortSigns(Regression):
    """What is looked at, or what each of it weighs (then `intercept` is added).

    `right` is the logit of the chance that the answer is right, `words` the logarithm of one more
    than the words in bold: more of a sentence tells more; `picks` tells that a largest or smallest
    is asked for, which a sentence seldom tells of all.
    """

    intercept: float = 1.0
    right: float = 0.0
    words: float = 0.0
    picks: float = 0.0


SHORT: Final = ShortSigns(intercept=-0.926, right=0.655, words=0.569, picks=-0.787)
"""By `training.answers.short_answers`, on 140 short answers to five sets of natural questions, the
demo among them. The reader's signs, words that stand nowhere beside an answer and the kind of the
question add nothing; see training/LOG.md."""

LEAST_SHORT: Final = 0.53
"""A short answer stands in bold from this chance on: of sets left out of the fit three in four are
right, and they stand above 15 of 100 answers (see training/LOG.md)."""

_SUREST: Final = 0.99


def short_signs(bold: str, asked: Question, right: float) -> ShortSigns:
    """Return what speaks for words in bold; `right` is the chance that the answer is right."""
    bounded = min(max(right, 1 - _SUREST), _SUREST)
    return ShortSigns(
        right=math.log(bounded / (1 - bounded)),
        words=math.log1p(len(bold.split())),
        picks=float(asked.picks),
    )
