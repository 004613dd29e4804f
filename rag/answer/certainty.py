"""How sure the likeliest short answer is: whether it may stand in bold above the passage.

A logistic regression over plain signs. Knows ranked evidence and readings; knows no model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.asked import Asked
from rag.answer.evidence import coverage
from rag.answer.expected import holds_kind
from rag.answer.logistic import Regression
from rag.answer.ranking import Found
from rag.protocols import Reading

LEAST_CERTAINTY: Final = 0.75
"""A short answer stands in bold where it is right three times in four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs(Regression):
    """What speaks for the likeliest short answer, or what each of it weighs.

    `chance` is its evidence's among all, `lead` the logarithm of how many times likelier it is
    than the next, `strength` a tenth of the ranking's logarithm, `similarity` and `words` those
    of its evidence and the question, `read` the share that the reader gives the very words,
    `relevance` the reader's of its passage, `page` its hit's score, `kind` whether it is of the
    kind that is asked for, `open` whether no kind is.
    """

    intercept: float = 1.0
    chance: float = 0.0
    lead: float = 0.0
    strength: float = 0.0
    similarity: float = 0.0
    words: float = 0.0
    read: float = 0.0
    relevance: float = 0.0
    page: float = 0.0
    kind: float = 0.0
    open: float = 0.0


WEIGHTS: Final = Signs(intercept=-3.0, chance=2.0, read=2.0)


def certainty_signs(
    asked: Asked,
    found: Sequence[Found],
    importance: Mapping[str, float],
    readings: Mapping[str, Reading],
) -> Signs | None:
    """Return what speaks for the first of what was found; None where it is no short answer."""
    first = found[0] if found else None
    if first is None or first.short is None:
        return None
    evidence, short = first.evidence, first.short
    reading = readings[evidence.hit.chunk.id]
    second = found[1].chance if len(found) > 1 else 0.0
    return Signs(
        chance=first.chance,
        lead=math.log((first.chance + 0.01) / (second + 0.01)),
        strength=first.strength / 10,
        similarity=evidence.similarity,
        words=coverage(evidence.text, importance),
        read=math.fsum(
            s.score for s in reading.spans if s.start < short.end and short.start < s.end
        ),
        relevance=reading.relevance,
        page=evidence.hit.score,
        kind=float(asked.kind != "any" and holds_kind(asked.kind, short.text, asked.text)),
        open=float(asked.kind == "any"),
    )
