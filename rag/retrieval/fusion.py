"""Score fusion. Knows scores and chunk ids; knows nothing of models, vectors or stores."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rag.datamodel import Channel, Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one channel found: hits, what its score counts, and how many it was asked for."""

    hits: Sequence[Hit]
    weight: float
    depth: int

    def score_of_others(self) -> float:
        """Return the most that a chunk not among the hits may score: 0 if all were found."""
        if len(self.hits) < self.depth:
            return 0.0
        return min((hit.score for hit in self.hits), default=0.0)


def fuse(runs: Sequence[Run], *, k: int) -> list[Hit]:
    """Merge runs into one list of at most `k` hits, by the weighted sum of their scores.

    Each channel's scores lie between fixed bounds, whatever the question (Bruch, Gai and Ingber,
    An Analysis of Fusion Functions for Hybrid Retrieval, TOIS 2023: a convex combination of
    scores normalised by theoretical bounds beats the fusion by rank). A chunk counts once per
    run, at its best score. Ties break by chunk id, so the order of runs does not matter. Each hit
    tells in `found_by` which channels found it.
    """
    hits = {hit.chunk.id: hit for run in runs for hit in run.hits}
    shares: defaultdict[str, list[float]] = defaultdict(list)
    for run in runs:
        best = _best_scores(run.hits)
        others = run.score_of_others()
        for chunk_id in hits:
            shares[chunk_id].append(run.weight * best.get(chunk_id, others))
    # fsum: the sum of floats must not depend on the order of the runs.
    scores = {chunk_id: math.fsum(share) for chunk_id, share in shares.items()}
    order = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))[: max(k, 0)]
    found_by = _found_by(runs, frozenset(order))
    return [
        replace(
            hits[chunk_id],
            score=scores[chunk_id],
            rank=rank,
            channel="fused",
            found_by=found_by[chunk_id],
        )
        for rank, chunk_id in enumerate(order, start=1)
    ]


def best_of(runs: Sequence[Sequence[Hit]], *, k: int) -> list[Hit]:
    """Return at most `k` hits of several runs of one channel, each at its best score."""
    best: dict[str, Hit] = {}
    for hit in (hit for run in runs for hit in run):
        known = best.get(hit.chunk.id)
        best[hit.chunk.id] = hit if known is None or hit.score > known.score else known
    return renumber(sorted(best.values(), key=lambda hit: (-hit.score, hit.chunk.id))[:k])


def _found_by(
    runs: Sequence[Run], ids: Collection[str]
) -> dict[str, tuple[tuple[Channel, int], ...]]:
    ranks: defaultdict[str, dict[Channel, int]] = defaultdict(dict)
    for hit in (hit for run in runs for hit in run.hits if hit.chunk.id in ids):
        of_chunk = ranks[hit.chunk.id]
        of_chunk[hit.channel] = min(hit.rank, of_chunk.get(hit.channel, hit.rank))
    return {
        chunk_id: tuple(sorted(of_chunk.items(), key=lambda one: (one[1], one[0])))
        for chunk_id, of_chunk in ranks.items()
    }


def _best_scores(hits: Sequence[Hit]) -> dict[str, float]:
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.chunk.id] = max(hit.score, best.get(hit.chunk.id, hit.score))
    return best


def renumber(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with ranks 1, 2, 3 … in the order given."""
    return [
        hit if hit.rank == rank else replace(hit, rank=rank) for rank, hit in enumerate(hits, 1)
    ]
