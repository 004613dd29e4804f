"""Rank fusion. Knows ranks and chunk ids; knows nothing of models, vectors or stores."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import Hit

RRF_K: Final = 60
"""Cormack, Clarke and Buettcher, SIGIR 2009; ranks count from 1. Not the k of top k."""


def reciprocal_rank_fusion(
    runs: Sequence[Sequence[Hit]], *, k: int, weights: Sequence[float] | None = None
) -> list[Hit]:
    """Merge ranked lists into one of at most `k` hits, by the sum of weight / (RRF_K + rank).

    Scores of different channels are never compared, only their ranks. A chunk counts once per
    run, at its best rank. Ties break by chunk id, so the order of runs does not matter. Without
    `weights` each run weighs 1.
    """
    shares: defaultdict[str, list[float]] = defaultdict(list)
    hits: dict[str, Hit] = {}
    for run, weight in zip(runs, weights or [1.0] * len(runs), strict=True):
        for chunk_id, hit in _best_ranks(run).items():
            shares[chunk_id].append(weight / (RRF_K + hit.rank))
            hits[chunk_id] = hit
    # fsum: the sum of floats must not depend on the order of the runs.
    scores = {chunk_id: math.fsum(share) for chunk_id, share in shares.items()}
    order = sorted(scores, key=lambda chunk_id: (-scores[chunk_id], chunk_id))[:k]
    return [
        replace(hits[chunk_id], score=scores[chunk_id], rank=rank, channel="fused")
        for rank, chunk_id in enumerate(order, start=1)
    ]


def _best_ranks(run: Sequence[Hit]) -> dict[str, Hit]:
    best: dict[str, Hit] = {}
    for hit in run:
        known = best.get(hit.chunk.id)
        if known is None or hit.rank < known.rank:
            best[hit.chunk.id] = hit
    return best


def renumber(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits with ranks 1, 2, 3 … in the order given."""
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)]
