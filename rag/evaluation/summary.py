"""Records to figures: means with intervals, by kind of question, confidence, times; two compared.

Intervals are those of the percentile bootstrap over questions (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993, chapter 13).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from rag.errors import PagelightError
from rag.evaluation.report import (
    METRICS,
    Estimate,
    EvaluationReport,
    Metrics,
    Quantiles,
    QuestionRecord,
)

RESAMPLES: Final = 1000
BINS: Final = 15
"""Of equal width, as in Guo et al., On Calibration of Modern Neural Networks, ICML 2017."""

REAL_P: Final = 0.05
"""A difference is called real where chance alone would show one so large less often."""

Values = NDArray[np.float64]
Pair = tuple[QuestionRecord, QuestionRecord]


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
    judged = [  # a refusal is no right answer
        (r.confidence, r.right and r.question.answerable is not False)
        for r in records
        if r.right is not None
    ]
    sure = [np.array([c for c, good in judged if good is wanted]) for wanted in (True, False)]
    if all(map(len, sure)):
        found["auroc"] = _estimate(tuple(sure), auroc, seed=seed)
    if judged:
        columns = np.array(judged, dtype=np.float64).T
        found["ece"] = _estimate(tuple(columns), ece, seed=seed, paired=True)
    return found


def auroc(right: Values, others: Values, axis: int = -1) -> Values:
    """Return the Mann-Whitney statistic (Hanley and McNeil, 1982); 0.5 is by chance."""
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
            samples, statistic, n_resamples=RESAMPLES, method="percentile", paired=paired, rng=seed
        ).confidence_interval
        low, high = float(found.low), float(found.high)
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)


def groups_of(records: Sequence[QuestionRecord], *, seed: int) -> dict[str, dict[str, Metrics]]:
    """Return the means by modality, by type of file, and by each label of a question."""
    groups: dict[str, dict[str, list[QuestionRecord]]] = {}
    for record in records:
        question = record.question
        sorts = {"modality": (question.modality,), "file_type": (question.file_type,)}
        for group, kinds in (sorts | question.labels).items():
            for kind in filter(None, kinds):
                groups.setdefault(group, {}).setdefault(kind, []).append(record)
    return {
        group: {kind: _means(its, seed=seed) for kind, its in sorted(kinds.items())}
        for group, kinds in groups.items()
    }


def latency_of(records: Sequence[QuestionRecord]) -> dict[str, Quantiles]:
    stages: defaultdict[str, list[float]] = defaultdict(list)
    for record in records:
        for stage, seconds in record.seconds.items():
            stages[stage].append(seconds)
    return {stage: quantiles(seconds) for stage, seconds in stages.items()}


def quantiles(seconds: Sequence[float]) -> Quantiles:
    """Return the median and the 95th percentile, by nearest rank."""
    p50, p95 = np.quantile(seconds, [0.5, 0.95], method="inverted_cdf")
    return Quantiles(p50=float(p50), p95=float(p95), n=len(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One metric over the questions that have it in both: means, their difference b minus a.

    p is of the paired permutation test (Good, Permutation Tests, 2000), two-sided.
    """

    a: float
    b: float
    difference: Estimate
    p: float

    def verdict(self, *, lower_is_better: bool) -> Literal["better", "worse", "unclear"]:
        if self.p >= REAL_P:
            return "unclear"
        return "worse" if (self.b > self.a) == lower_is_better else "better"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    """A question whose answer became right, or wrong: what `a` and `b` answered."""

    id: str
    question: str
    expected: tuple[str, ...]
    a_answer: str
    b_answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Of the questions in both; `alone` are in one of them only.

    `settings` holds what was set, or which model ran, differently: name -> (a, b). `confidence`
    has what is no mean over questions: name -> (a, b).
    """

    a: str
    b: str
    paired: int
    alone: int
    version: int = 2
    settings: dict[str, tuple[str, str]]
    metrics: dict[str, Compared]
    confidence: dict[str, tuple[float, float]]
    fixed: tuple[ChangedAnswer, ...]
    broken: tuple[ChangedAnswer, ...]


def compare(
    a: EvaluationReport, b: EvaluationReport, *, names: tuple[str, str] = ("A", "B"), seed: int
) -> Comparison:
    """Compare two reports. Raises PagelightError where no question is common to both."""
    there = dict(zip(_keys(b.records), b.records, strict=True))
    keyed = zip(_keys(a.records), a.records, strict=True)
    pairs = [(record, there[key]) for key, record in keyed if key in there]
    if not pairs:
        raise PagelightError(
            f"{names[0]} and {names[1]} have no question in common: nothing can be compared.",
            hint="Compare two reports over the same questions file.",
        )
    mine, other = ({"profile": one.profile, **one.models, **one.settings} for one in (a, b))
    ours, theirs = (confidence_metrics(records, seed=seed) for records in zip(*pairs, strict=True))
    return Comparison(
        a=names[0],
        b=names[1],
        paired=len(pairs),
        alone=len(a.records) + len(b.records) - 2 * len(pairs),
        settings={
            fact: (str(mine.get(fact, "–")), str(other.get(fact, "–")))
            for fact in dict.fromkeys([*mine, *other])
            if mine.get(fact) != other.get(fact)
        },
        metrics=_compared_metrics(pairs, seed=seed),
        confidence={
            name: (ours[name].value, theirs[name].value) for name in ours if name in theirs
        },
        fixed=_changes(pairs, before=False),
        broken=_changes(pairs, before=True),
    )


def _keys(records: Sequence[QuestionRecord]) -> list[tuple[Any, ...]]:
    """Return what tells each question from all others; equal ones are told by their order."""
    seen: Counter[tuple[Any, ...]] = Counter()
    keys = []
    for question in (record.question for record in records):
        earlier = tuple(tuple(sorted(message.items())) for message in question.history)
        asked = (" ".join(question.text.split()), earlier, question.image)
        keys.append((*asked, seen[asked]))
        seen[asked] += 1
    return keys


def _compared_metrics(pairs: Sequence[Pair], *, seed: int) -> dict[str, Compared]:
    found = {}
    scores = [(a.scores, b.scores) for a, b in pairs]
    for name in METRICS:
        both = [(a[name], b[name]) for a, b in scores if name in a and name in b]
        differences = [b - a for a, b in both]
        if both:
            found[name] = Compared(
                a=fmean(a for a, _ in both),
                b=fmean(b for _, b in both),
                difference=estimate(differences, seed=seed),
                p=_p_value(differences, seed=seed),
            )
    return found


def _p_value(differences: Sequence[float], *, seed: int) -> float:
    """Return how often chance, as likely to turn each difference around, makes one so large."""
    if len(differences) == 1:
        return 1.0
    test = stats.permutation_test(
        (np.array(differences),),
        np.mean,
        permutation_type="samples",
        n_resamples=RESAMPLES,
        rng=seed,
    )
    return float(test.pvalue)


def _changes(pairs: Sequence[Pair], *, before: bool) -> tuple[ChangedAnswer, ...]:
    """Return the questions that were right (`before` true) or wrong and are the opposite now."""
    return tuple(
        ChangedAnswer(
            id=a.question.id,
            question=a.question.text,
            expected=a.question.accepted,
            a_answer=a.answer,
            b_answer=b.answer,
        )
        for a, b in pairs
        if a.right is before and b.right is (not before)
    )
