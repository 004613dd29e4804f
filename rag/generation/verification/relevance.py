"""Whether the further sentences of an answer tell what is asked for: by the places they rest on.

A small model that is made to go on tells something else of the same page: true, and not asked. Of
49 such sentences eleven of the thirteen that told a fact that was asked for rest on a place at
least a fifth as likely as the likeliest, and twenty of the others (see benchmarks/LOG.md). Knows
weighed units; knows no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.generation.draft import Sentence
from rag.generation.quotation.units import Unit
from rag.generation.verification.support import stems_of

MIN_SHARE: Final = 0.2
"""Of the chance of the likeliest unit that it tells what is asked for."""

EXTRA: Final = 0.1
"""What a word of a unit that a sentence does not say counts against one that it says."""


def telling(sentences: Sequence[Sentence], units: Sequence[Unit]) -> tuple[Sentence, ...]:
    """Return the sentences without those that the model was made to add and rest on nothing likely.

    Where nothing stands that they were added to, none does.
    """
    own = [sentence for sentence in sentences if not sentence.is_further]
    least = MIN_SHARE * max((unit.chance for unit in units), default=0.0)
    added = (one for one in sentences if one.is_further and _chance(one, units) >= least)
    return (*own, *added) if own else ()


def _chance(sentence: Sentence, units: Sequence[Unit]) -> float:
    best = told_by(sentence, units)
    return best.chance if best else 0.0


def told_by(sentence: Sentence, units: Sequence[Unit]) -> Unit | None:
    """Return the unit that a sentence says most of, of those that it cites."""
    said = stems_of(sentence.text)

    def shared(unit: Unit) -> float:
        own = stems_of(unit.shown)
        return len(said & own) - EXTRA * len(own - said)

    cited = [unit for unit in units if unit.evidence.hit.rank in sentence.numbers]
    return max(cited, key=lambda unit: (shared(unit), unit.chance), default=None)
