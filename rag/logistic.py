"""A logistic regression over named signs. Knows numbers alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Self


def logistic(logit: float) -> float:
    """Return the chance, in 0..1, of a logit."""
    return 1 / (1 + math.exp(-logit))


def logit(chance: float, *, least: float) -> float:
    """Return the logit of a chance; `least` is the smallest that it and its opposite count as."""
    return math.log(max(least, chance) / max(least, 1 - chance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """What is looked at, or what each of it weighs; fields of a subclass are its signs."""

    def logit_of(self, signs: Self) -> float:
        """Return the weighted sum of the signs."""
        return math.fsum(
            getattr(self, field.name) * getattr(signs, field.name) for field in fields(self)
        )

    def chance_of(self, signs: Self) -> float:
        """Return the logistic of the weighted signs."""
        return logistic(self.logit_of(signs))
