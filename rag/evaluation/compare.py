"""Two reports over the same questions side by side: what differs, and what is no mere chance.

Pairs records by what was asked, so that the order and other questions of the files do not matter.
Knows reports and statistics; shows nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final, Literal

import numpy as np
from scipy import stats

from rag.errors import PagelightError
from rag.evaluation.metrics import METRICS
from rag.evaluation.report import Estimate, EvaluationReport, QuestionRecord
from rag.evaluation.summary import RESAMPLES, confidence_metrics, estimate

VERSION: Final = 2

REAL_P: Final = 0.05
"""A difference is called real where chance alone would show one so large less often."""

Pair = tuple[QuestionRecord, QuestionRecord]


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
    version: int = VERSION
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
    ours, theirs = (confidence_metrics(records, seed=seed) for records in zip(*pairs, strict=True))
    return Comparison(
        a=names[0],
        b=names[1],
        paired=len(pairs),
        alone=len(a.records) + len(b.records) - 2 * len(pairs),
        settings=_changed_settings(a, b),
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


def _changed_settings(a: EvaluationReport, b: EvaluationReport) -> dict[str, tuple[str, str]]:
    ours, theirs = (
        {"profile": report.profile, **report.models, **report.settings} for report in (a, b)
    )
    return {
        fact: (str(ours.get(fact, "–")), str(theirs.get(fact, "–")))
        for fact in dict.fromkeys([*ours, *theirs])
        if ours.get(fact) != theirs.get(fact)
    }


def _compared_metrics(pairs: Sequence[Pair], *, seed: int) -> dict[str, Compared]:
    found = {}
    for name in METRICS:
        both = [
            (a.scores[name], b.scores[name])
            for a, b in pairs
            if name in a.scores and name in b.scores
        ]
        if both:
            found[name] = _compared(both, seed=seed)
    return found


def _compared(both: Sequence[tuple[float, float]], *, seed: int) -> Compared:
    differences = [b - a for a, b in both]
    return Compared(
        a=fmean(a for a, _ in both),
        b=fmean(b for _, b in both),
        difference=estimate(differences, seed=seed),
        p=_p_value(differences, seed=seed),
    )


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
