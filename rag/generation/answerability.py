"""Whether the documents hold the answer, and whether what is said is right: decided by us.

The model was taught to say so where its sources hold nothing. That, and how likely retrieval,
reader and ranking think their short answer to be right, is weighed by a logistic regression.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from rag.answer.base.logistic import Regression
from rag.answer.trust.confidence import Verdict
from rag.generation.verification import CheckedDraft

State = Literal["answered", "partial"]

ANSWERED: Final = 0.35
"""Chance of being right from which an answer is stated; see benchmarks/LOG.md."""

MIN_CHANCE: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerabilitySigns(Regression):
    """What speaks for an answer, or what each sign weighs.

    `right` is the logit of the chance by retrieval alone that its likeliest short answer is right;
    `refused` is 1 where the model found nothing, else 0.
    """

    intercept: float = 1.0
    right: float = 0.0
    refused: float = 0.0


WEIGHTS: Final = AnswerabilitySigns(intercept=0.851, right=0.93, refused=-2.022)
"""By the regression of `training.answerability` on 186 natural questions over 12 documents: AUROC
0.85 over ten folds, 0.78 on another set. The chance that the documents hold an answer at all and
the probability of the written words add nothing to the two (see training/LOG.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The state of an answer, and the chance that it is right."""

    state: State
    confidence: float


def judge(verdict: Verdict, checked: CheckedDraft) -> Judgement:
    """Return how far what was written answers the question."""
    chance = WEIGHTS.chance_of(signs_of(verdict, checked))
    if not (checked.sentences or checked.draft.refused):  # the quotation speaks alone
        chance = verdict.right
    return Judgement(state="answered" if chance >= ANSWERED else "partial", confidence=chance)


def signs_of(verdict: Verdict, checked: CheckedDraft) -> AnswerabilitySigns:
    """Return what speaks for what was written."""
    return AnswerabilitySigns(
        right=_logit(verdict.right),
        refused=float(checked.draft.refused),
    )


def _logit(chance: float) -> float:
    return math.log(max(MIN_CHANCE, chance) / max(MIN_CHANCE, 1 - chance))
