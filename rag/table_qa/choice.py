"""Which of the outcomes over a table is told: those of plans, and that of a model's query.

P(outcome) is proportional to its plan's chance to a power, times what a query is worth that gives
it; one share is kept for none of them. The weights are set by hand, not fitted: benchmarks/LOG.md
has what they rest on. Knows chances; knows no table.
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

    power: float = 0.7
    bonus: float = 1.6
    logprob: float = 4.0
    unplanned: float = -2.5
    rest: float = -1.2


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
    scores = {
        outcome: weights.power * math.log(chance) for outcome, chance in chances.items() if chance
    }
    if queried is not None:
        own = scores.get(queried, weights.unplanned)
        scores[queried] = own + weights.bonus + weights.logprob * mean_logprob
    if not scores:
        return None
    best = max(scores, key=lambda outcome: scores[outcome])
    total = math.fsum((*map(math.exp, scores.values()), math.exp(weights.rest)))
    return LikelyOutcome(best, math.exp(scores[best]) / total)
