"""Which of the outcomes over a table is told: those of plans, and that of a model's query.

P(outcome) is proportional to its plan's chance to a power, times what a query is worth that gives
it; one share is kept for none of them. The weights are fitted (`training.tables.choice`; see
training/LOG.md). Knows chances; knows no table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ChoiceWeights:
    """`power` of a plan's chance, `bonus` of a query, more by `logprob` of its words; `rest`.

    `unplanned` is the logarithm of the chance that an outcome has which no plan gives.
    """

    power: float = 1.09
    bonus: float = 1.39
    logprob: float = 5.75
    unplanned: float = -2.64
    rest: float = -1.89


WEIGHTS: Final = ChoiceWeights()

Outcome = frozenset[str]
"""What makes two outcomes one: their words, whatever the order."""


@dataclass(frozen=True, slots=True)
class LikelyOutcome:
    """An outcome, and how likely it is right: 0 to 1."""

    outcome: Outcome
    sureness: float


def chosen(
    chances: Mapping[Outcome, float],
    queried: Outcome | None = None,
    mean_logprob: float = 0.0,
    weights: ChoiceWeights = WEIGHTS,
) -> LikelyOutcome | None:
    """Return the likeliest outcome; None of none.

    `chances` are those of plans' outcomes, `queried` is the outcome of a query.
    """
    shares = likelihoods(chances, queried, mean_logprob, weights)
    if not shares:
        return None
    best = max(shares, key=lambda outcome: shares[outcome])
    return LikelyOutcome(best, shares[best])


def likelihoods(
    chances: Mapping[Outcome, float],
    queried: Outcome | None,
    mean_logprob: float,
    weights: ChoiceWeights,
) -> dict[Outcome, float]:
    """Return how likely each outcome is right; what lacks to 1 is that none is."""
    scores = {
        outcome: weights.power * math.log(chance) for outcome, chance in chances.items() if chance
    }
    if queried is not None:
        own = scores.get(queried, weights.unplanned)
        scores[queried] = own + weights.bonus + weights.logprob * mean_logprob
    total = math.fsum((*map(math.exp, scores.values()), math.exp(weights.rest)))
    return {outcome: math.exp(score) / total for outcome, score in scores.items()}
