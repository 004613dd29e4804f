"""Records to figures: means with intervals, by kind of question, curves and times.

Knows records and statistics; knows nothing of how an answer came about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rag.evaluation.measures import confidence_metrics as confident
from rag.evaluation.measures.bootstrap import Rows, Statistic, estimate, mean, paired_difference
from rag.evaluation.records.report import (
    Ablation,
    Curves,
    Difference,
    Metrics,
    Quantiles,
    QuestionRecord,
)

MEANS: Final = (
    "page_hit@1",
    "page_hit@5",
    "page_hit@20",
    "recall@1",
    "recall@5",
    "recall@20",
    "ndcg@10",
    "mrr@10",
    "right",
    "nugget_recall",
    "nugget_strict",
    "first_passage_recall",
    "first_passage_strict",
    "first_hits_recall",
    "first_hits_strict",
    "optional_recall",
    "answer_contains",
    "shown_contains",
    "first_passage_contains",
    "first_hits_contains",
    "answer_exact",
    "answer_f1",
    "answer_anls",
    "cited_page",
    "citation_precision",
    "citation_recall",
    "evidence_coverage",
    "box_iou",
    "box_coverage",
)
"""Metrics that are means of what each question scores, in the order that they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure over many questions: `row` gives what it needs of one, None where it can't."""

    row: Callable[[QuestionRecord], tuple[float, ...] | None]
    statistic: Statistic


def _score(name: str) -> Callable[[QuestionRecord], tuple[float, ...] | None]:
    return lambda record: (record.scores[name],) if name in record.scores else None


def _decision(record: QuestionRecord) -> tuple[float, ...] | None:
    if record.answerable is None:
        return None
    return float(record.answerable), float(record.answered)


def _refused(record: QuestionRecord, *, answerable: bool) -> tuple[float, ...] | None:
    return (float(not record.answered),) if record.answerable is answerable else None


def _nothing(record: QuestionRecord) -> tuple[float, ...] | None:
    """Return whether an answerable question was met with nothing at all."""
    if record.answerable is not True or not record.state:
        return None
    return (float(record.state == "nothing"),)


def _belief(record: QuestionRecord) -> tuple[float, ...] | None:
    """Return confidence and rightness of an answer that was given."""
    if record.right is None or not record.answered:
        return None
    return record.confidence, float(record.right)


METRICS: Final[dict[str, Metric]] = {
    **{name: Metric(row=_score(name), statistic=mean) for name in MEANS},
    "unanswerable_refused": Metric(row=lambda r: _refused(r, answerable=False), statistic=mean),
    "answerable_refused": Metric(row=lambda r: _refused(r, answerable=True), statistic=mean),
    "answerable_nothing": Metric(row=_nothing, statistic=mean),
    "abstention_precision": Metric(row=_decision, statistic=confident.abstention_precision),
    "abstention_recall": Metric(row=_decision, statistic=confident.abstention_recall),
    "abstention_f1": Metric(row=_decision, statistic=confident.abstention_f1),
    "aurc": Metric(row=_belief, statistic=confident.aurc),
    "ece": Metric(row=_belief, statistic=confident.ece),
    "ece_by_chance": Metric(row=_belief, statistic=confident.ece_by_chance),
}


def metrics_of(records: Sequence[QuestionRecord], *, seed: int) -> Metrics:
    """Return each metric that the questions allow."""
    found = {
        name: estimate(_rows(map(metric.row, records)), metric.statistic, seed=seed)
        for name, metric in METRICS.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def metrics_by(
    records: Sequence[QuestionRecord],
    kinds: Callable[[QuestionRecord], Iterable[str | None]],
    *,
    seed: int,
) -> dict[str, Metrics]:
    """Return the metrics of each kind of question, by name; kinds without any are left out.

    A question counts in each of its kinds.
    """
    groups: defaultdict[str, list[QuestionRecord]] = defaultdict(list)
    for record in records:
        for name in kinds(record):
            if name is not None:
                groups[name].append(record)
    found = {name: metrics_of(group, seed=seed) for name, group in sorted(groups.items())}
    return {name: metrics for name, metrics in found.items() if metrics}


def groups_of(records: Sequence[QuestionRecord], *, seed: int) -> dict[str, dict[str, Metrics]]:
    """Return the metrics by modality, by type of file, and by each label that a question has."""
    labels = dict.fromkeys(label for record in records for label in record.labels)
    return {
        "modality": metrics_by(records, lambda record: [record.modality], seed=seed),
        "file_type": metrics_by(records, lambda record: [record.file_type], seed=seed),
        **{label: metrics_by(records, _labelled(label), seed=seed) for label in labels},
    }


def _labelled(label: str) -> Callable[[QuestionRecord], Iterable[str]]:
    return lambda record: record.labels.get(label, ())


def ablation_of(
    records: Sequence[QuestionRecord], whole: Sequence[QuestionRecord], *, seed: int
) -> Ablation:
    """Compare the records of a run with one part off with those of the whole, in the same order."""
    kinds = sorted({record.modality for record in whole if record.modality is not None})
    return Ablation(
        metrics=metrics_of(records, seed=seed),
        difference=differences(records, whole, seed=seed),
        by={"modality": {kind: _differences_of(kind, records, whole, seed=seed) for kind in kinds}},
    )


def _differences_of(
    kind: str, records: Sequence[QuestionRecord], whole: Sequence[QuestionRecord], *, seed: int
) -> dict[str, Difference]:
    of_kind = [pair for pair in zip(records, whole, strict=True) if pair[1].modality == kind]
    return differences([one for one, _ in of_kind], [other for _, other in of_kind], seed=seed)


def differences(
    records: Sequence[QuestionRecord], others: Sequence[QuestionRecord], *, seed: int
) -> dict[str, Difference]:
    """Return each metric's paired difference; record i of both is of the same question.

    A metric is compared over the questions that have it in both.
    """
    found = {}
    for name, metric in METRICS.items():
        pairs = [
            (row, other)
            for row, other in zip(map(metric.row, records), map(metric.row, others), strict=True)
            if row is not None and other is not None
        ]
        rows, other_rows = _rows(row for row, _ in pairs), _rows(other for _, other in pairs)
        found[name] = paired_difference(rows, other_rows, metric.statistic, seed=seed)
    return {name: value for name, value in found.items() if value is not None}


def curves_of(records: Sequence[QuestionRecord]) -> Curves:
    """Return the curves of the answers whose rightness is known."""
    judged = sum(record.right is not None for record in records)
    rows = _rows(map(_belief, records))
    if not len(rows):
        return Curves()
    return Curves(
        risk_coverage=confident.risk_coverage(rows, total=judged),
        reliability=confident.reliability(rows),
    )


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


def _rows(found: Iterable[tuple[float, ...] | None]) -> Rows:
    return np.array([row for row in found if row is not None], dtype=np.float64)
