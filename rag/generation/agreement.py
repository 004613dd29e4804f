"""Which of several drafts of one reading says what the others say.

A small model that has read the answer says it again and again, and what it guesses changes from
draft to draft: the draft that shares most with the others is the likeliest, and how much it shares
tells how likely (Wang et al., "Self-consistency improves chain of thought reasoning in language
models", 2022; Kumar and Byrne, "Minimum Bayes-risk decoding", 2004). Knows text; knows no model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from statistics import fmean

from rag.generation.draft import Draft
from rag.generation.verification.support import stems_of


def agreed(drafts: Sequence[Draft]) -> Draft:
    """Return the draft that shares most with the others, the first of equals; they follow it so."""
    first, *others = drafts
    if not others:
        return first
    said = [stems_of(" ".join(sentence.text for sentence in draft.sentences)) for draft in drafts]
    refusals = fmean(draft.refused for draft in drafts)
    common = _common(said)
    told = [
        replace(
            draft,
            agreement=fmean(_f1(said[n], said[m]) for m in range(len(drafts)) if m != n),
            common=common,
            refusals=refusals,
        )
        for n, draft in enumerate(drafts)
    ]
    best, *rest = sorted(told, key=lambda draft: -(draft.agreement or 0.0))
    return replace(best, others=tuple(rest))


def _common(said: Sequence[AbstractSet[str]]) -> frozenset[str]:
    counts = Counter(stem for stems in said for stem in stems)
    return frozenset(stem for stem, count in counts.items() if count > len(said) / 2)


def _f1(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Return how much two sets share, in 0..1; two that say nothing agree."""
    both = len(one) + len(other)
    return 2 * len(one & other) / both if both else 1.0
