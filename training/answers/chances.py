"""Fits the weights of the reranking and of the chances of an answer.

    python -m training.answers.chances --set QUESTIONS.jsonl WORKSPACE [CORPUS] [--set ...]

Prints what belongs into `rag.answer.rerank.reranking` and `rag.answer.trust.confidence`, and how
well weights do on folds of documents that they were not fitted on. The reranking's loss is the
negative log of the softmax's share of hits that tell what is asked; the chances are logistic
regressions. What is shipped of the reranking is the mean of such a fit by natural questions and of
one by look-ups over 12 hits.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy has no stubs

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.answer.rerank.reranking import HitSigns
from rag.answer.trust.confidence import AnswerSigns
from rag.engine.build import build_engine
from rag.evaluate.records.questions import read_questions
from rag.settings import load_settings
from service.evaluation.chosen import of_corpus
from training.answers.chance_rows import ChanceRow, Collector
from training.reader.metrics import auroc, calibration_error

Vector = NDArray[np.float64]

HITS_L2: Final = 2.0
CHANCES_L2: Final = 1.0
MADE_WEIGHT: Final = 0.6
"""A question asked in vain counts so much of one that people wrote."""
MISSING_WEIGHT: Final = 2.0
"""A question that people wrote without an answer counts so often: there are few of them."""

FOLDS: Final = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--set",
        nargs="+",
        action="append",
        required=True,
        dest="sets",
        metavar=("QUESTIONS WORKSPACE", "CORPUS"),
        help="questions, the workspace to ask them of and, of those of several, one's name",
    )
    rows = [row for one in parser.parse_args().sets for row in collect(*one)]
    for line in (*reranking(rows), *chance(rows, "held"), *chance(rows, "right")):
        sys.stdout.write(f"{line}\n")


def collect(path: str, workspace: str, corpus: str = "") -> list[ChanceRow]:
    """Ask the questions of the workspace; those with a picture are left out."""
    questions = of_corpus(read_questions(Path(path))[0], corpus, Path(path))
    settings = load_settings(os.environ, workspace=Path(workspace))
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()
        collector = Collector(engine)
        return [row for one in questions if not one.image for row in collector.rows(one)]


def folds(rows: Sequence[ChanceRow]) -> Iterator[tuple[list[ChanceRow], list[ChanceRow]]]:
    """Yield rows to fit on and rows of other documents, `FOLDS` times."""
    groups = sorted({row.group for row in rows})
    chance = np.random.default_rng(1)
    chance.shuffle(groups)
    for fold in range(FOLDS):
        out = set(groups[fold::FOLDS])
        yield [r for r in rows if r.group not in out], [r for r in rows if r.group in out]


def matrix(signs: Sequence[HitSigns] | Sequence[AnswerSigns], names: Sequence[str]) -> Vector:
    return np.array([[getattr(one, name) for name in names] for one in signs])


# Reranking


def reranking(rows: Sequence[ChanceRow]) -> list[str]:
    """Return the weights as lines, and the share of first hits that tell it, over folds."""
    asked = [row for row in rows if any(right for _, right in row.hits)]
    names = [field.name for field in fields(HitSigns) if field.name != "intercept"]
    first = [
        row.hits[int(np.argmax(matrix([s for s, _ in row.hits], names) @ weights))][1]
        for kept, out in folds(asked)
        for weights in [fit_hits(kept, names)]
        for row in out
    ]
    weights = fit_hits(asked, names)
    scale, intercept = platt(asked, names, weights)
    found = {"intercept": intercept} | dict(zip(names, scale * weights, strict=True))
    return [
        f"first hit right, out of fold: {100 * np.mean(first):.1f} % of {len(first)}",
        shown("WEIGHTS", found),
    ]


def fit_hits(rows: Sequence[ChanceRow], names: Sequence[str]) -> Vector:
    """Return the weights under which the hits that tell what is asked have the largest shares."""
    tables = [
        (matrix([s for s, _ in r.hits], names), np.array([y for _, y in r.hits])) for r in rows
    ]

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, slope = HITS_L2 * float(weights @ weights), 2 * HITS_L2 * weights
        for signs, right in tables:
            logits = signs @ weights
            share = np.exp(logits - logits.max())
            share /= share.sum()
            of_right = np.where(right, share, 0) / share[right].sum()
            total -= float(np.log(share[right].sum()))
            slope = slope - (of_right - share) @ signs
        return total, slope

    return np.asarray(minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x)


def platt(rows: Sequence[ChanceRow], names: Sequence[str], weights: Vector) -> tuple[float, float]:
    """Return scale and intercept that make the sums chances (Platt, 1999)."""
    sums = np.concatenate([matrix([s for s, _ in r.hits], names) @ weights for r in rows])
    labels = np.array([float(right) for row in rows for _, right in row.hits])
    scale, intercept = fit_logistic(np.column_stack([sums, np.ones(len(sums))]), labels)
    return float(scale), float(intercept)


# Chances


def chance(rows: Sequence[ChanceRow], what: str) -> list[str]:
    """Return the weights of `HELD` or `RIGHT` as lines, with AUROC and calibration over folds."""
    known = [row for row in rows if row.signs is not None]
    names = [field.name for field in fields(AnswerSigns)]
    judged = [
        (float(p), bool(getattr(row, what)))
        for kept, out in folds(known)
        for p, row in zip(predict(kept, out, names, what), out, strict=True)
        if not row.made
    ]
    scores, labels = [p for p, _ in judged], [y for _, y in judged]
    weights = fit_chance(known, names, what)
    return [
        (
            f"{what}: AUROC {auroc(scores, labels):.3f}, calibration error "
            f"{calibration_error(scores, labels):.3f} out of fold, {len(labels)} questions"
        ),
        shown(what.upper(), dict(zip(names, weights, strict=True))),
    ]


def predict(
    kept: Sequence[ChanceRow], out: Sequence[ChanceRow], names: Sequence[str], what: str
) -> Vector:
    weights = fit_chance(kept, names, what)
    logits = matrix([row.signs for row in out if row.signs], names) @ weights
    return np.asarray(1 / (1 + np.exp(-logits)))


def fit_chance(rows: Sequence[ChanceRow], names: Sequence[str], what: str) -> Vector:
    signs = matrix([row.signs for row in rows if row.signs], names)
    labels = np.array([float(getattr(row, what)) for row in rows if row.signs])
    weight = np.array([_weight(row) for row in rows if row.signs])
    return fit_logistic(signs, labels, weight=weight, l2=CHANCES_L2)


def _weight(row: ChanceRow) -> float:
    if row.made:
        return MADE_WEIGHT
    return 1.0 if row.held else MISSING_WEIGHT


def fit_logistic(
    signs: Vector, labels: Vector, *, weight: Vector | None = None, l2: float = 0.0
) -> Vector:
    """Return the weights of greatest likelihood under an L2 prior."""
    w = np.ones(len(labels)) if weight is None else weight

    def loss(weights: Vector) -> tuple[float, Vector]:
        logits = signs @ weights
        p = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        total = float((w * (np.logaddexp(0, logits) - labels * logits)).sum())
        slope = signs.T @ (w * (p - labels)) + 2 * l2 * weights
        return total + l2 * float(weights @ weights), slope

    found: Any = minimize(loss, np.zeros(signs.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def shown(name: str, weights: dict[str, float]) -> str:
    inside = "\n".join(f"    {sign}={weight:.3f}," for sign, weight in weights.items())
    return f"{name}: Final = Signs(\n{inside}\n)"


if __name__ == "__main__":
    main()
