"""Metrics of one ranked list, as trec_eval computes them. Knows ids and grades; knows no text.

A run is a list of ids, best first; `grades` maps the judged ids to their grade, relevant from 1.
An id that stands in a run twice counts at its better rank and holds both places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence


def hit_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return 1 if something relevant is among the first `k`, else 0 (trec_eval's success_k)."""
    return float(any(grades.get(item, 0) > 0 for item in run[:k]))


def recall_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return the share of what is relevant that is among the first `k` (trec_eval's recall_k)."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant & set(run[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return 1 / rank of the first relevant of the first `k`, else 0.

    Its mean over questions is the MRR (Voorhees, The TREC-8 Question Answering Track, 1999).
    """
    ranks = (rank for rank, item in enumerate(run[:k], start=1) if grades.get(item, 0) > 0)
    return 1 / next(ranks, math.inf)


def ndcg_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return the discounted cumulated gain of the first `k` over that of the best order.

    Järvelin and Kekäläinen, ACM TOIS 20(4), 2002, with trec_eval's linear gain and discount
    log2(rank + 1).
    """
    first = {item: rank for rank, item in reversed([*enumerate(run[:k], start=1)])}
    gained = _gain((grades.get(item, 0), rank) for item, rank in first.items())
    ideal = sorted(grades.values(), reverse=True)[:k]
    best = _gain((grade, rank) for rank, grade in enumerate(ideal, start=1))
    return gained / best if best else 0.0


def _gain(ranked: Iterable[tuple[int, int]]) -> float:
    """Return the discounted gain of grades at their ranks."""
    return math.fsum(max(0, grade) / math.log2(rank + 1) for grade, rank in ranked)
