"""How well every word of a question is met somewhere in a text: late interaction.

Each token of the question counts with the cosine of its nearest token in the text (MaxSim of
Khattab and Zaharia, ColBERT, SIGIR 2020), by the states of an embedder that was not trained for it:
one vector of a whole passage blurs what a single sentence of it says. Knows questions and states of
tokens; knows no hit and no model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix
from rag.retrieval.vector_cache import KeptResults
from rag.understanding.question.question import Question

MAX_KEPT: Final = 512
"""States of so many texts are kept: some 110 KB each."""

DECIMALS: Final = 5
"""Beyond these a sum of floats depends on how it was shared out."""

StatesOf = Callable[[Sequence[str]], Sequence[Matrix]]
"""For each text the unit rows of its tokens, shape (tokens, dim)."""


_States = NDArray[np.float16]


class LateInteraction:
    """Weighs texts by their tokens; keeps the states of those that came last. Thread-safe."""

    def __init__(self, states_of: StatesOf, *, max_kept: int = MAX_KEPT) -> None:
        self._states_of = states_of
        self._kept = KeptResults[str, str, _States](self._short, max_kept=max_kept)

    def met(self, asked: Question, texts: Mapping[str, str]) -> dict[str, float]:
        """Return by the key of each text how well it meets the question, 0..1 but for noise."""
        words = self._states_of([asked.text])[0]
        kept = self._kept.of(texts)
        return dict(zip(kept, _met(words, list(kept.values())), strict=True))

    def _short(self, texts: Sequence[str]) -> list[_States]:
        return [states.astype(np.float16) for states in self._states_of(texts)]


def _met(asked: Matrix, passages: Sequence[_States]) -> list[float]:
    """Return for each text the mean over the question's tokens of the nearest one's cosine."""
    lengths = [len(states) for states in passages]
    if not len(asked) or not any(lengths):
        return [0.0] * len(passages)
    # All texts in one product: sharing out twelve small ones among threads costs more than they do.
    cosines = asked @ np.concatenate(passages).astype(np.float32).T
    ends = np.cumsum(lengths)
    return [
        round(float(cosines[:, end - n : end].max(axis=1).mean()), DECIMALS) if n else 0.0
        for end, n in zip(ends, lengths, strict=True)
    ]
