"""Which of many vectors stand for the others, and which of them together say most.

LexRank (Erkan and Radev, Journal of Artificial Intelligence Research 22, 2004): the stationary
chances of a walk over a graph of likeness. MMR (Carbonell and Goldstein, SIGIR 1998): what counts
for itself and is least like what was taken before. Knows vectors and numbers; knows no text.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Matrix

DAMPING: Final = 0.85
"""Chance that the walk goes on along an edge, and is not set down anew (as in LexRank)."""

LEAST_LIKENESS: Final = 0.2
"""Cosines below it are no edge: in a small text model's space all sentences are a little alike."""

MOST_LINKED: Final = 1500
"""Rows that are compared each with each: 18 MB for a matrix of them."""

STEPS: Final = 40
CONVERGED: Final = 1e-6

Weights = NDArray[np.float64]
"""(n,), none negative."""


def lexrank(vectors: Matrix, start: Weights) -> Weights:
    """Return how central each row is, the most central 1: shape (n,).

    `start` weighs where the walk is set down: what is worth more to begin with passes it on to
    what is like it. All zero counts as all equal.
    """
    if not len(vectors):
        return np.zeros(0)
    likeness = (vectors @ vectors.T).astype(np.float64)  # (n, n)
    np.fill_diagonal(likeness, 0.0)
    likeness[likeness < LEAST_LIKENESS] = 0.0
    begin = start / start.sum() if start.sum() > 0 else np.full(len(vectors), 1 / len(vectors))
    out = likeness.sum(axis=1)
    edges = np.divide(likeness, out[:, None], out=np.zeros_like(likeness), where=out[:, None] > 0)
    rank = begin
    for _ in range(STEPS):
        stuck = rank[out == 0].sum()
        after = (1 - DAMPING) * begin + DAMPING * (rank @ edges + stuck * begin)
        if np.abs(after - rank).sum() < CONVERGED:
            break
        rank = after
    top = rank.max()
    central: Weights = rank / top if top > 0 else rank
    return central


def centrality(vectors: Matrix, start: Weights) -> Weights:
    """Return `lexrank` of the rows; of very many, their likeness to the mean: shape (n,)."""
    if len(vectors) <= MOST_LINKED:
        return lexrank(vectors, start)
    likeness = (vectors @ mean_direction(vectors)).astype(np.float64).clip(min=0.0)
    central: Weights = likeness / max(likeness.max(), 1e-9)
    return central


def relevant_and_new(
    vectors: Matrix, scores: Weights, *, k: int, novelty: float, too_like: float = np.inf
) -> list[int]:
    """Return at most `k` positions, the best first, by (1 - novelty) * score - novelty * likeness.

    What is `too_like` something taken (a cosine) is left out, and so is a score of 0.
    """
    taken: list[int] = []
    nearest = np.zeros(len(scores))
    left = scores > 0
    while len(taken) < k and left.any():
        worth = np.where(left, (1 - novelty) * scores - novelty * nearest, -np.inf)
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
