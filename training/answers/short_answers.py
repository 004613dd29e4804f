"""Fits how likely words in bold are right, by questions as people ask them.

    python -m training.answers.short_answers KEPT [KEPT ...]

Each KEPT holds questions that were asked of a workspace (`training.answers.asked_questions`).
Prints what belongs into `rag.answer.trust.short_chance`, and of each file left out of the fit, with
all of them: how many answers have words in bold from some chances on, and how many of these are
right. Right are those that hold a form of a fact. A logistic regression, L2 on standardised signs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np

from rag.answer.compose.bold import bold_answer, takes_few_words
from rag.answer.question.question import understand
from rag.answer.trust.confidence import HELD, RIGHT, AnswerSigns, Verdict
from rag.answer.trust.short_chance import ShortSigns, short_signs
from rag.engine.build import ANSWER_THRESHOLD
from rag.evaluate.records.nuggets import holds
from training.answers.asked_questions import Known, read_kept
from training.answers.chances import Vector, fit_logistic, shown
from training.reader.metrics import auroc

L2: Final = 1.0
LEAST: Final = (0.6, 0.55, 0.5, 0.45, 0.4)
"""Chances from which on words could stand in bold."""

_SIGNS: Final = [field.name for field in fields(ShortSigns)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRow:
    """Words that could stand in bold above an answer, by their signs, and whether they are right.

    `has_answer` tells that the documents hold one.
    """

    signs: ShortSigns
    right: bool
    has_answer: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kept", type=Path, nargs="+")
    asked = [read_kept([path]) for path in parser.parse_args().kept]
    for line in report(
        [list(short_rows(one)) for one in asked], [answerable(one) for one in asked]
    ):
        sys.stdout.write(f"{line}\n")


def answerable(asked: Sequence[Known]) -> int:
    return sum(bool(one.facts) for one in asked)


def short_rows(asked: Sequence[Known]) -> Iterator[ShortRow]:
    """Yield the questions that some words could answer in bold, and no rule works out."""
    for one in asked:
        question = understand(one.asked)
        if one.worked or not one.found or not is_stated(one) or not takes_few_words(question):
            continue
        bold = bold_answer(one.found[0], question)
        forms = tuple(form for forms in one.facts for form in forms)
        if bold:
            yield ShortRow(
                signs=short_signs(bold, question, verdict(one).right),
                right=bool(forms) and holds(bold, forms),
                has_answer=bool(forms),
            )


def verdict(one: Known) -> Verdict:
    signs = one.signs or AnswerSigns(intercept=0.0)
    return Verdict(held=HELD.chance_of(signs), right=RIGHT.chance_of(signs))


def is_stated(one: Known) -> bool:
    """Tell whether an answer is stated, by the threshold that is shipped."""
    return one.signs is not None and verdict(one).states(ANSWER_THRESHOLD)


def report(sets: Sequence[Sequence[ShortRow]], answerables: Sequence[int]) -> Iterator[str]:
    """Yield what each set is told by the others, then the weights by all."""
    told: list[tuple[float, ShortRow]] = []
    for number, own in enumerate(sets):
        others = [row for n, one in enumerate(sets) for row in one if n != number]
        weights = fitted(others)
        judged = [(weights.chance_of(row.signs), row) for row in own]
        yield f"set {number + 1}: {reached(judged, answerables[number])}"
        told += judged
    yield f"all: {reached(told, sum(answerables))}"
    yield f"AUROC {auroc([p for p, _ in told], [row.right for _, row in told]):.3f} of {len(told)}"
    weights = fitted([row for one in sets for row in one])
    yield shown("SHORT", {name: getattr(weights, name) for name in _SIGNS})


def fitted(rows: Sequence[ShortRow]) -> ShortSigns:
    """Return the weights under which what is right is likeliest."""
    signs = np.array([[getattr(row.signs, name) for name in _SIGNS] for row in rows])
    scale = np.where(signs.std(axis=0) > 0, signs.std(axis=0), 1.0)
    mean = np.where(signs.std(axis=0) > 0, signs.mean(axis=0), 0.0)
    labels: Vector = np.array([float(row.right) for row in rows])
    weights = fit_logistic((signs - mean) / scale, labels, l2=L2) / scale
    weights[_SIGNS.index("intercept")] -= float(weights @ mean)
    return ShortSigns(**dict(zip(_SIGNS, map(float, weights), strict=True)))


def reached(judged: Sequence[tuple[float, ShortRow]], count: int) -> str:
    """Return, for each least chance, the share of answers that have words in bold and are right."""
    parts = []
    for least in LEAST:
        shown_ = [row for p, row in judged if p >= least and row.has_answer]
        right = sum(row.right for row in shown_) / max(1, len(shown_))
        parts.append(
            f"from {least} {100 * len(shown_) / max(1, count):.1f} %, right {100 * right:.0f}"
        )
    return "; ".join(parts)


if __name__ == "__main__":
    main()
