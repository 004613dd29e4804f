"""Metrics of one ranked list, as trec_eval computes them. Knows ids and grades; knows no text.

A run is a list of ids, best first; `grades` maps the judged ids to their grade, relevant from 1.
An id that stands in a run twice counts at its better rank and holds both places.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def hit_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return 1 if something relevant is among the first `k`, else 0 (trec_eval's success_k)."""
    return float(any(_relevant(grades, item) for item in run[:k]))


def recall_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return the share of what is relevant that is among the first `k` (trec_eval's recall_k)."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant & set(run[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return 1 / rank of the first relevant of the first `k`, else 0.

    Its mean over questions is the MRR (Voorhees, The TREC-8 Question Answering Track, 1999).
    """
    for rank, item in enumerate(run[:k], start=1):
        if _relevant(grades, item):
            return 1 / rank
    return 0.0


def ndcg_at(run: Sequence[str], grades: Mapping[str, int], *, k: int) -> float:
    """Return the discounted cumulated gain of the first `k` over that of the best order.

    Järvelin and Kekäläinen, ACM TOIS 20(4), 2002, with trec_eval's linear gain and discount
    log2(rank + 1).
    """
    seen: set[str] = set()
    gained = 0.0
    for rank, item in enumerate(run[:k], start=1):
        if item not in seen:
            gained += max(0, grades.get(item, 0)) / math.log2(rank + 1)
        seen.add(item)
    ideal = sorted((max(0, grade) for grade in grades.values()), reverse=True)[:k]
    best = math.fsum(grade / math.log2(rank + 1) for rank, grade in enumerate(ideal, start=1))
    return gained / best if best else 0.0


def _relevant(grades: Mapping[str, int], item: str) -> bool:
    return grades.get(item, 0) > 0
