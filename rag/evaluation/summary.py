"""Records to figures: means with intervals, by kind of question, confidence, times.

Intervals are those of the percentile bootstrap over questions (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from rag.evaluation.metrics import METRICS
from rag.evaluation.report import Estimate, Metrics, Quantiles, QuestionRecord

RESAMPLES: Final = 1000
BINS: Final = 15
"""Of equal width, as in Guo et al., On Calibration of Modern Neural Networks, ICML 2017."""

Values = NDArray[np.float64]


def estimate(values: Sequence[float], *, seed: int) -> Estimate:
    """Return the mean of at least one value, whatever their order, and its interval."""
    rows = np.sort(np.asarray(values, dtype=np.float64))
    return _estimate((rows,), np.mean, seed=seed)


def metrics_of(records: Sequence[QuestionRecord], *, seed: int) -> Metrics:
    """Return each metric that the questions allow."""
    return _means(records, seed=seed) | confidence_metrics(records, seed=seed)


def _means(records: Sequence[QuestionRecord], *, seed: int) -> Metrics:
    return {
        name: estimate(values, seed=seed)
        for name in METRICS
        if (values := [r.scores[name] for r in records if name in r.scores])
    }


def confidence_metrics(records: Sequence[QuestionRecord], *, seed: int) -> Metrics:
    """Return how well the confidence tells right answers from all else, and how true it is."""
    found: Metrics = {}
    judged = [(r.confidence, is_good(r)) for r in records if r.right is not None]
    sure = [np.array([c for c, good in judged if good is wanted]) for wanted in (True, False)]
    if all(map(len, sure)):
        found["auroc"] = _estimate(tuple(sure), auroc, seed=seed)
    if judged:
        columns = np.array(judged, dtype=np.float64).T
        found["ece"] = _estimate(tuple(columns), ece, seed=seed, paired=True)
    return found


def is_good(record: QuestionRecord) -> bool:
    """Tell whether a right answer was given."""
    return bool(record.right) and record.question.answerable is not False


def auroc(right: Values, others: Values, axis: int = -1) -> Values:
    """Return how often one of `right` is larger than one of `others`; 0.5 is by chance.

    The Mann-Whitney statistic (Hanley and McNeil, Radiology 143, 1982).
    """
    pairs = right.shape[axis] * others.shape[axis]
    test = stats.mannwhitneyu(right, others, axis=axis, method="asymptotic")
    return np.asarray(test.statistic / pairs)


def ece(confidence: Values, right: Values) -> float:
    """Return the expected calibration error (Guo et al., 2017)."""
    sums = stats.binned_statistic(
        confidence, [confidence, right], "sum", bins=BINS, range=(0, 1)
    ).statistic
    return float(np.abs(sums[0] - sums[1]).sum() / len(right))


def _estimate(
    samples: tuple[Values, ...],
    statistic: Callable[..., Values | float],
    *,
    seed: int,
    paired: bool = False,
) -> Estimate:
    """Return a statistic and its interval; a single observation has an interval of no width."""
    value, n = float(statistic(*samples)), len(samples[0]) if paired else sum(map(len, samples))
    low = high = value
    if min(map(len, samples)) > 1:
        found = stats.bootstrap(
            samples,
            statistic,
            n_resamples=RESAMPLES,
            method="percentile",
            paired=paired,
            rng=seed,
        ).confidence_interval
        low, high = float(found.low), float(found.high)
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)


def groups_of(records: Sequence[QuestionRecord], *, seed: int) -> dict[str, dict[str, Metrics]]:
    """Return the means by modality, by type of file, and by each label that a question has.

    A question counts in each of its kinds.
    """
    groups: dict[str, dict[str, list[QuestionRecord]]] = {}
    for record in records:
        for group, kinds in _kinds_of(record):
            for kind in kinds:
                groups.setdefault(group, {}).setdefault(kind, []).append(record)
    return {
        group: {kind: _means(its, seed=seed) for kind, its in sorted(kinds.items())}
        for group, kinds in groups.items()
    }


def _kinds_of(record: QuestionRecord) -> Iterable[tuple[str, Sequence[str]]]:
    question = record.question
    yield "modality", [question.modality] if question.modality else []
    yield "file_type", [question.file_type] if question.file_type else []
    yield from question.labels.items()


def latency_of(records: Sequence[QuestionRecord]) -> dict[str, Quantiles]:
    """Return the quantiles of each stage."""
    stages: defaultdict[str, list[float]] = defaultdict(list)
    for record in records:
        for stage, seconds in record.seconds.items():
            stages[stage].append(seconds)
    return {stage: quantiles(seconds) for stage, seconds in stages.items()}


def quantiles(seconds: Sequence[float]) -> Quantiles:
    """Return the median and the 95th percentile, by nearest rank."""
    p50, p95 = np.quantile(seconds, [0.5, 0.95], method="inverted_cdf")
    return Quantiles(p50=float(p50), p95=float(p95), n=len(seconds))
