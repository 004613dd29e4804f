"""Which of many vectors stand for the others, and which of them together say most.

MMR (Carbonell and Goldstein, SIGIR 1998): what counts for itself and is least like what was taken
before. Knows vectors and numbers; knows no text.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix

NOVELTY: Final = 0.35
"""What likeness to what was taken counts beside a row's own score."""

TOO_LIKE: Final = 0.8
"""The cosine from which two rows say the same."""

Weights = NDArray[np.float64]
"""(n,), none negative."""


def centrality(vectors: Matrix) -> Weights:
    """Return how like each row is to the mean of all, in 0..1: shape (n,)."""
    if not len(vectors):
        return np.zeros(0)
    return (vectors @ mean_direction(vectors)).astype(np.float64).clip(min=0.0)


def central_and_new(
    vectors: Matrix, scores: Weights, *, k: int, too_like: float = TOO_LIKE
) -> list[int]:
    """Return at most `k` positions, the best first, by (1 - NOVELTY) * score - NOVELTY * likeness.

    What is `too_like` something taken is left out, and so is a score of 0.
    """
    taken: list[int] = []
    nearest = np.zeros(len(scores))
    left = scores > 0
    while len(taken) < k and left.any():
        worth = np.where(left, (1 - NOVELTY) * scores - NOVELTY * nearest, -np.inf)
        best = int(worth.argmax())
        taken.append(best)
        nearest = np.maximum(nearest, vectors @ vectors[best])
        left &= nearest < too_like
        left[best] = False
    return taken


def mean_direction(vectors: Matrix) -> NDArray[np.float32]:
    """Return the unit vector of the mean: (dim,). There is at least one row."""
    mean = vectors.mean(axis=0)
    unit: NDArray[np.float32] = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return unit
