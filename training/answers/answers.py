"""Fits the weights of the answer ranking.

    python -m training.answers.answers QUESTIONS.jsonl [...] --workspace W [--rows ROWS.jsonl.gz]
    [--write]

A file given twice counts twice. `training/questions.jsonl` are 453 questions about the documents
that `questions.jsonl` of the data is about, by those who had not seen the program.

A log-linear model: the softmax of weighted features is the chance of a short answer. The loss is
the negative log of what falls on right answers, and on evidence that holds one, with an L2 prior;
weights of signs that speak for an answer only are kept from being negative, and the other way
round. Prints how often the likeliest answer is right over folds of documents.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy has no stubs

import rag.answer.evidence
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.answer.evidence.ranking import WEIGHTS
from rag.engine.build import build_engine
from rag.neural.embed.embedders import minilm
from rag.settings import load_settings
from training.answers.answer_rows import AnswerExample, from_questions, from_rows
from training.reader.data import read_rows

Vector = NDArray[np.float64]

L2: Final = 1.0
ROWS_WEIGHT: Final = 0.1
"""A row of a public set counts so much of a question asked of documents."""

COUNTS: Final = {
    "wtq": 300,
    "table_synth": 200,
    "hybridqa": 150,
    "squad2": 80,
    "nq": 60,
    "shift_newwiki": 60,
    "fairytale": 50,
}
"""Rows drawn of each set; TAT-QA's passages hold table and prose in one, which no chunk of ours
does."""

LEAST: Final = 0.01
"""Smaller weights are left out."""

FOLDS: Final = 6
STEPS: Final = 60

AGAINST: Final = frozenset("no_kind echo all_echo of_title other_year year unasked_number".split())
"""Signs that can only speak against an answer."""

EITHER: Final = (
    "form_",
    "any_",
    "number_",
    "date_",
    "person_",
    "place_",
    "code_",
    "reason_",
    "table",
    "figure",
    "length",
    "sole",
    "label_cell",
    "first_value",
    "bare_percent",
)
"""What begins so may speak for or against; so may what the header of a table shares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """An example as arrays: features (answers, names), right and held (answers,), its weight."""

    features: Vector
    right: NDArray[np.bool_]
    held: NDArray[np.bool_]
    weight: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    options = parser.parse_args()
    settings = load_settings(os.environ, workspace=options.workspace, answer_threshold=0.0)
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()
        asked = [one for path in options.questions for one in from_questions(engine, path)]
    rows = list(read_rows(options.rows)) if options.rows else []
    more = list(from_rows(rows, COUNTS, embedder=minilm())) if rows else []
    names = sorted({name for one in asked for found in one.features for name in found})
    report(asked, more, names)
    weights = fit([*numbers(asked, names, 1.0), *numbers(more, names, ROWS_WEIGHT)], names)
    shown = {name: round(w, 3) for name, w in zip(names, weights, strict=True) if abs(w) >= LEAST}
    text = json.dumps(shown, indent=1, sort_keys=True)
    if options.write:
        (Path(rag.answer.evidence.__path__[0]) / WEIGHTS).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{text}\n")


def numbers(
    examples: Sequence[AnswerExample], names: Sequence[str], weight: float
) -> list[Numbers]:
    """Return the examples that hold an answer as arrays."""
    return [
        Numbers(
            features=np.array([[f.get(name, 0.0) for name in names] for f in one.features]),
            right=np.array(one.right),
            held=np.array(one.held),
            weight=weight,
        )
        for one in examples
        if any(one.held)
    ]


def fit(examples: Sequence[Numbers], names: Sequence[str]) -> list[float]:
    """Return the weights by name; bounds keep the signs of those that have one."""
    found = minimize(
        loss,
        np.zeros(len(names)),
        args=(examples,),
        jac=True,
        method="L-BFGS-B",
        bounds=[bound(name) for name in names],
        options={"maxiter": STEPS},
    )
    return [float(weight) for weight in found.x]


def bound(name: str) -> tuple[float | None, float | None]:
    if name in AGAINST:
        return None, 0.0
    if name.startswith(EITHER) or name.endswith("_header"):
        return None, None
    return 0.0, None


def loss(weights: Vector, examples: Sequence[Numbers]) -> tuple[float, Vector]:
    """Return the loss and its gradient, (names,)."""
    total, gradient = L2 * float(weights @ weights), 2 * L2 * weights
    for one in examples:
        strengths = one.features @ weights  # (answers,)
        for marked in (one.right, one.held):
            if marked.any():
                every, every_mean = _soft(one.features, strengths)
                some, some_mean = _soft(one.features[marked], strengths[marked])
                total += one.weight * (every - some)
                gradient = gradient + one.weight * (every_mean - some_mean)
    return total, gradient


def _soft(features: Vector, strengths: Vector) -> tuple[float, Vector]:
    """Return the log of the summed exponentials, and the features' mean weighted by them."""
    top = float(strengths.max())
    shares = np.exp(strengths - top)
    return top + float(np.log(shares.sum())), shares @ features / shares.sum()


def report(
    asked: Sequence[AnswerExample], more: Sequence[AnswerExample], names: Sequence[str]
) -> None:
    """Print how often the likeliest answer is right in folds that were not fitted on."""
    groups = sorted({one.group for one in asked})
    extra = numbers(more, names, ROWS_WEIGHT)
    hits: list[bool] = []
    for fold in range(FOLDS):
        out = set(groups[fold::FOLDS])
        kept = numbers([one for one in asked if one.group not in out], names, 1.0)
        weights = np.array(fit([*kept, *extra], names))
        for one in asked:
            if one.group in out:
                table = np.array([[f.get(n, 0.0) for n in names] for f in one.features])
                hits.append(bool(one.features) and one.right[int(np.argmax(table @ weights))])
    sys.stderr.write(f"likeliest right, out of fold: {sum(hits)} of {len(hits)}\n")


if __name__ == "__main__":
    main()
