"""Scores of answers: SQuAD's exact match and F1, AUROC. Pure."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.metrics import roc_auc_score

ARTICLES: Final = re.compile(r"\b(a|an|the)\b")
PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One row, answered: the best span against the accepted ones, and the confidence in it.

    `exact` and `f1` are of the best span if the row is answerable, whatever the confidence.
    """

    answerable: bool
    exact: float
    f1: float
    confidence: float


def normalise(text: str) -> str:
    """Lower, without punctuation, articles and spare spaces (Rajpurkar et al. 2016)."""
    return " ".join(ARTICLES.sub(" ", text.lower().translate(PUNCTUATION)).split())


def word_f1(given: str, accepted: str) -> float:
    """Return the harmonic mean of word precision and recall; 1 if both are empty."""
    ours, theirs = normalise(given).split(), normalise(accepted).split()
    if not ours or not theirs:
        return float(ours == theirs)
    same = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * same / (len(ours) + len(theirs))


def judge(given: str, accepted: Sequence[str], *, confidence: float) -> Judged:
    """Compare with the best of the accepted answers; none accepted: the row has no answer."""
    return Judged(
        answerable=bool(accepted),
        exact=max((float(normalise(given) == normalise(text)) for text in accepted), default=0.0),
        f1=max((word_f1(given, text) for text in accepted), default=0.0),
        confidence=confidence,
    )


def summary(rows: Sequence[Judged], *, threshold: float) -> dict[str, float]:
    """Score a set as SQuAD 2.0 does: under `threshold` the answer is "none".

    `answerable_f1` is over the answerable rows alone, abstentions counting 0. In per cent, but
    for AUROC.
    """
    given = [row.confidence >= threshold for row in rows]
    abstained = [float(not row.answerable and not g) for row, g in zip(rows, given, strict=True)]
    exact = [row.exact * g + a for row, g, a in zip(rows, given, abstained, strict=True)]
    f1 = [row.f1 * g + a for row, g, a in zip(rows, given, abstained, strict=True)]
    answerable = [score for row, score in zip(rows, f1, strict=True) if row.answerable]
    labels = [row.answerable for row in rows]
    return {
        "n": len(rows),
        "em": _percent(exact),
        "f1": _percent(f1),
        "answerable_f1": _percent(answerable),
        "abstain_auroc": round(auroc([row.confidence for row in rows], labels), 4),
    }


def _percent(values: Sequence[float]) -> float:
    return round(100 * float(np.mean(values)), 2) if values else 0.0


def best_threshold(rows: Sequence[Judged]) -> float:
    """Return the confidence at which F1 over all rows is highest."""
    ranked = sorted(rows, key=lambda row: -row.confidence)
    # Lowering the bar past a row gains its F1, or loses the point for having abstained.
    gains = np.cumsum([row.f1 if row.answerable else -1.0 for row in ranked])
    best = int(gains.argmax())
    after = ranked[best + 1].confidence if best + 1 < len(ranked) else 0.0
    return (ranked[best].confidence + after) / 2


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the chance that a true one scores above a false one; 0.5 where there is only one."""
    both = 0 < sum(labels) < len(labels)
    return float(roc_auc_score(labels, scores)) if both else 0.5
