"""Whether a question is about what is attached, about the documents, or about both.

A question that points, or names nothing, is about what lies there. One that names something is
about the place where that stands: words count by how rare they are among the documents. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal

from rag.attachments.wishes import asks_documents, named, points
from rag.text import content_stems

Aim = Literal["attachments", "documents", "both", "either"]

HELD: Final = 0.5
"""Share of what is named, by weight, that stands on an attachment which is asked about."""

TOUCHED: Final = 0.12
"""Under this share it is not asked about, unless the question points at it."""

LEAST_STEM: Final = 3
"""Letters of a stem that stands for a longer word: "Dem" for Democrats."""

Frequencies = Callable[[Sequence[str]], tuple[Mapping[str, int], int]]


def aim_of(question: str, share: float) -> Aim:
    """Return what the question is about; `either` where the words alone do not tell.

    `share` is that of `held_share` for the lettering of what is attached.
    """
    if asks_documents(question):
        return "both"
    if share >= HELD:
        return "attachments"
    if share < TOUCHED and not points(question):
        return "documents"
    return "either"


def held_share(question: str, text: str, frequencies: Frequencies) -> float:
    """Return the share of what the question names, by its rarity, that stands in the text.

    It is 1 where the question names nothing.
    """
    asked = named(question)
    if not asked:
        return 1.0
    counts, total = frequencies(asked)
    weights = {stem: 1 + math.log((total + 1) / (counts.get(stem, 0) + 1)) for stem in asked}
    known = set(content_stems(text))
    found = sum(weight for stem, weight in weights.items() if stands(stem, known))
    return found / sum(weights.values())


def stands(stem: str, held: Collection[str]) -> bool:
    """Whether a stem is held, whole or shortened as charts do."""
    if stem in held:
        return True
    return any(
        len(other) >= LEAST_STEM and len(stem) > LEAST_STEM and stem.startswith(other)
        for other in held
        if not other.isdigit()
    )
