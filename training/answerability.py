"""Fit how sure an answer of the set-up's writer is: two signs, one logistic regression.

    python -m training.answerability QUESTIONS.jsonl WORKSPACE

A line of QUESTIONS has `question`, maybe `history`, `answerable`, and `nuggets`: the facts of a
good answer, each a list of accepted forms. An answer is right when its first 40 words hold half of
them. Prints the weights of `rag.generation.composition`, and the AUROC over ten folds.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from pagelight.services.answering.asking import turns
from pagelight.services.session.assemble import assemble
from rag.datamodel import Answer, Query
from rag.generation.composition import AnswerabilitySigns, signs_of
from rag.generation.verification.check import CheckedDraft
from rag.generation.verification.confidence import Inquiry
from rag.pipeline.engine.engine import Engine
from rag.settings import load_settings
from rag.text import MARK, words
from rag.understanding.question.question import understand

FIRST_WORDS = 40
FOLDS = 10
STRENGTH = 0.3
"""Inverse of the L2 penalty, on signs of mean 0 and variance 1."""

SIGNS = [field.name for field in fields(AnswerabilitySigns) if field.name != "intercept"]


def observed(engine: Engine, rows: list[dict[str, Any]]) -> Iterator[tuple[list[float], bool]]:
    """Yield the signs of each written answer, and whether it is right."""
    seen: list[AnswerabilitySigns] = []

    with engine.answering() as answering:
        complete = answering.complete

        def record(found: Inquiry, quoted: Answer, checked: CheckedDraft) -> Answer:
            seen.append(signs_of(checked))
            return complete(found, quoted, checked)

        for row in rows:
            seen.clear()
            asked = understand(Query(text=row["question"]), turns(row.get("history") or ()))
            with patch.object(answering, "complete", record):
                *_, last = answering.answer(asked)
            if seen:
                yield [getattr(seen[0], name) for name in SIGNS], is_right(last.text, row)


def is_right(text: str, row: dict[str, Any]) -> bool:
    told = " ".join(MARK.sub(" ", text).replace("**", " ").split()[:FIRST_WORDS])
    first = f" {' '.join(words(told))} "
    held = [
        any(f" {' '.join(words(str(form)))} " in first for form in nugget)
        for nugget in row["nuggets"]
    ]
    return bool(row["answerable"] and held and 2 * sum(held) >= len(held))


def main(questions: str, workspace: str) -> None:
    rows = [json.loads(line) for line in Path(questions).read_text("utf-8").splitlines()]
    settings = load_settings(os.environ, workspace=Path(workspace))
    with closing(assemble(settings)) as parts:
        engine = parts.engine
        engine.warm()
        engine.warm_writer()
        signs, right = (np.array(column) for column in zip(*observed(engine, rows), strict=True))
    mean, spread = signs.mean(0), signs.std(0)
    model, scaled = LogisticRegression(C=STRENGTH), (signs - mean) / spread
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    chances = cross_val_predict(model, scaled, right, cv=folds, method="predict_proba")[:, 1]
    weights = model.fit(scaled, right).coef_[0] / spread
    lines = [f"{len(right)} answers, AUROC {roc_auc_score(right, chances):.3f}"]
    lines.append(f"intercept {float(model.intercept_[0] - weights @ mean):.3f}")
    lines += [f"{name} {weight:.3f}" for name, weight in zip(SIGNS, weights, strict=True)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
