"""Two reports over the same questions side by side: what differs, and what is no mere chance.

Pairs records by what was asked, so that the order and other questions of the files do not matter.
Knows reports and statistics; shows nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np

from rag.errors import PagelightError
from rag.evaluation.measures.bootstrap import estimate, paired_difference
from rag.evaluation.measures.summary import METRICS, Metric
from rag.evaluation.records.report import Difference, Estimate, EvaluationReport, QuestionRecord

VERSION: Final = 1

Key = tuple[Any, ...]
"""What was asked: words, earlier messages, picture, and which of equal questions it is."""

Verdict = Literal["better", "worse", "unclear"]

REAL_P: Final = 0.05
"""A difference is called real where chance alone would show one so large less often."""

FEWEST: Final = 6
"""Questions under which nothing is called real: resampling a handful proves nothing, and even the
exact sign test can't come under `REAL_P` with five (2 / 2**5 = 0.06; Conover, Practical
Nonparametric Statistics, 1999, section 3.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two reports: how many of its questions the other one lacks."""

    name: str
    created: str
    profile: str
    questions: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One metric over the `n` questions that have it in both. Difference: b minus a."""

    a: Estimate
    b: Estimate
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    """A question whose answer became right, or wrong: what `a` and `b` answered."""

    id: str
    question: str
    expected: tuple[str, ...]
    a_answer: str
    b_answer: str
    a_why: str
    b_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`settings` holds what was set, or which model ran, differently: name -> (a, b)."""

    a: Side
    b: Side
    seed: int
    paired: int
    version: int = VERSION
    settings: dict[str, tuple[str, str]]
    metrics: dict[str, Compared]
    fixed: tuple[ChangedAnswer, ...]
    broken: tuple[ChangedAnswer, ...]


def compare(
    a: EvaluationReport, b: EvaluationReport, *, names: tuple[str, str] = ("A", "B"), seed: int
) -> Comparison:
    """Compare two reports. Raises PagelightError where no question is common to both."""
    pairs = paired_records(a.records, b.records)
    if not pairs:
        raise PagelightError(
            f"{names[0]} and {names[1]} have no question in common: nothing can be compared.",
            hint="Compare two reports over the same questions file.",
        )
    return Comparison(
        a=_side(names[0], a, paired=len(pairs)),
        b=_side(names[1], b, paired=len(pairs)),
        seed=seed,
        paired=len(pairs),
        settings=_changed_settings(a, b),
        metrics=_compared_metrics(pairs, seed=seed),
        fixed=_changes(pairs, before=False),
        broken=_changes(pairs, before=True),
    )


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the comparison as JSON. Raises PagelightError if the file can't be written."""
    text = json.dumps(msgspec.to_builtins(comparison), ensure_ascii=False, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise PagelightError(f"The comparison {path} can't be written: {error}.") from error


def paired_records(
    records: Sequence[QuestionRecord], others: Sequence[QuestionRecord]
) -> list[tuple[QuestionRecord, QuestionRecord]]:
    """Return the records of the same questions, in the order of the first."""
    there = dict(zip(_keys(others), others, strict=True))
    return [
        (record, there[key])
        for key, record in zip(_keys(records), records, strict=True)
        if key in there
    ]


def verdict_of(difference: Difference, *, n: int, lower_is_better: bool) -> Verdict:
    """Tell whether what was measured over `n` questions is better, worse, or neither for sure.

    It is sure where p is under `REAL_P`; the interval then leaves zero out.
    """
    if n < FEWEST or difference.p >= REAL_P:
        return "unclear"
    return "worse" if (difference.value > 0) == lower_is_better else "better"


def _keys(records: Sequence[QuestionRecord]) -> list[Key]:
    """Return what tells each question from all others; equal ones are told by their order."""
    seen: Counter[Key] = Counter()
    keys = []
    for record in records:
        earlier = tuple(tuple(sorted(message.items())) for message in record.history)
        asked = (" ".join(record.question.split()), earlier, record.image)
        keys.append((*asked, seen[asked]))
        seen[asked] += 1
    return keys


def _side(name: str, report: EvaluationReport, *, paired: int) -> Side:
    count = len(report.records)
    return Side(
        name=name,
        created=report.created,
        profile=report.profile,
        questions=count,
        alone=count - paired,
    )


def _changed_settings(a: EvaluationReport, b: EvaluationReport) -> dict[str, tuple[str, str]]:
    ours, theirs = _facts(a), _facts(b)
    return {
        fact: (ours.get(fact, "–"), theirs.get(fact, "–"))
        for fact in dict.fromkeys([*ours, *theirs])
        if ours.get(fact) != theirs.get(fact)
    }


def _facts(report: EvaluationReport) -> dict[str, str]:
    facts = {"profile": report.profile, **report.models, **report.settings}
    return {fact: str(value) for fact, value in facts.items()}


def _compared_metrics(
    pairs: Sequence[tuple[QuestionRecord, QuestionRecord]], *, seed: int
) -> dict[str, Compared]:
    found = {name: _compared(pairs, metric, seed=seed) for name, metric in METRICS.items()}
    return {name: value for name, value in found.items() if value is not None}


def _compared(
    pairs: Sequence[tuple[QuestionRecord, QuestionRecord]], metric: Metric, *, seed: int
) -> Compared | None:
    """Compare one metric over the questions that have it in both; None where it is undefined."""
    rows = [(metric.row(a), metric.row(b)) for a, b in pairs]
    both = [(ours, theirs) for ours, theirs in rows if ours is not None and theirs is not None]
    a = np.array([ours for ours, _ in both], dtype=np.float64)  # (questions, columns)
    b = np.array([theirs for _, theirs in both], dtype=np.float64)
    difference = paired_difference(b, a, metric.statistic, seed=seed)
    value_a = estimate(a, metric.statistic, seed=seed)
    value_b = estimate(b, metric.statistic, seed=seed)
    if difference is None or value_a is None or value_b is None:
        return None
    return Compared(a=value_a, b=value_b, difference=difference)


def _changes(
    pairs: Sequence[tuple[QuestionRecord, QuestionRecord]], *, before: bool
) -> tuple[ChangedAnswer, ...]:
    """Return the questions that were right (`before` true) or wrong and are the opposite now."""
    return tuple(
        ChangedAnswer(
            id=a.id,
            question=a.question,
            expected=a.expected,
            a_answer=a.answer,
            b_answer=b.answer,
            a_why=a.why,
            b_why=b.why,
        )
        for a, b in pairs
        if a.right is before and b.right is (not before)
    )
