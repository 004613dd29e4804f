"""Fits the weights of the passages that answer.

    python -m training.answers.passages FOLDER [--count N] [--kept ROWS.pickle] [--asked FILE ...]

FOLDER holds open.jsonl.gz, open_dev.jsonl.gz and reader_dev.jsonl.gz. Trained are
the sets that state a licence; the others of open_dev measure alone. Each FILE holds questions that
were asked of a workspace (`training.answers.asked_questions`): another fit is by these. What is
shipped is a mean of both, .33 of the first, times .7. The loss is the negative log of
what the softmax gives the units that answer (of a passage whose sentences no one judged, half of
what it gives all of them), with an L2 prior on standardised signs. Prints what belongs into
`rag.answer.passages.passages`, how often a relevant passage comes first, by the embedder alone and
by the units, and the F1 of the sentences that answer.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy has no stubs

from rag.answer.passages.passages import WEIGHTS, PassageSigns
from rag.neural.embed.embedders import minilm
from training.answers.asked_questions import read_kept
from training.answers.passage_rows import (
    PassageRow,
    asked_rows,
    open_questions,
    reader_questions,
    rows_of,
)

Vector = NDArray[np.float64]

L2: Final = 1.0
UNTOLD_WEIGHT: Final = 0.5
"""A question counts so much where it is known which passage answers, not which sentence."""

OPEN: Final = {
    "nq_complex": 0.27,
    "fairytaleqa": 0.18,
    "clapnq": 0.18,
    "qtsumm": 0.17,
    "fetaqa": 0.12,
    "qmsum": 0.04,
    "quotesum": 0.04,
}
"""Shares of the open questions; the sets that state a licence."""

MEASURED: Final = (*OPEN, "boolq", "conditionalqa", "obliqa", "bioasq", "expertqa")
SENTENCES: Final = {
    "nq": 0.21,
    "squad2": 0.18,
    "policyqa": 0.17,
    "selqa": 0.15,
    "tatqa": 0.14,
    "hybridqa": 0.11,
    "wtq": 0.09,
    "cuad": 0.05,
    "table_synth": 0.02,
    "molweni": 0.01,
}
"""Of the reader's dev rows, which it was not trained on, as shares of the open questions."""

NAMES: Final = tuple(field.name for field in fields(PassageSigns))
"""The signs that are weighed."""

THRESHOLDS: Final = tuple(n / 40 for n in range(1, 40))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000, help="open questions to train on")
    parser.add_argument("--kept", type=Path, help="where the rows are kept between calls")
    parser.add_argument("--asked", type=Path, nargs="*", default=(), help="kept questions")
    options = parser.parse_args()
    fitted, measured = kept_rows(options.folder, options.count, options.kept)
    report("shipped", weights_of(WEIGHTS, NAMES), measured)
    report("public sets", fit(fitted, NAMES), measured)
    asked = list(asked_rows(read_kept(options.asked)))
    if asked:
        report("as people ask", fit(asked, NAMES), measured)


def report(name: str, weights: Vector, measured: Sequence[PassageRow]) -> None:
    """Print weights, and how they do on rows that they were not fitted on."""
    shown = ", ".join(f"{sign}={w:.3f}" for sign, w in zip(NAMES, weights, strict=True))
    sys.stdout.write(f"{name}: PassageSigns({shown})\n{told(measured, weights, NAMES)}\n")


def kept_rows(
    folder: Path, count: int, kept: Path | None
) -> tuple[list[PassageRow], list[PassageRow]]:
    """Return the rows to fit on and to measure on, made once."""
    if kept and kept.exists():
        with kept.open("rb") as file:
            rows: tuple[list[PassageRow], list[PassageRow]] = pickle.load(file)  # noqa: S301 - our own file
        return rows
    embedder = minilm()
    asked = open_questions(folder / "open.jsonl.gz", _counts(OPEN, count))
    asked += reader_questions(folder / "reader_dev.jsonl.gz", _counts(SENTENCES, count))
    others = open_questions(
        folder / "open_dev.jsonl.gz", dict.fromkeys(MEASURED, max(1, count // 16))
    )
    rows = list(rows_of(asked, embedder)), list(rows_of(others, embedder))
    if kept:
        kept.write_bytes(pickle.dumps(rows))
    return rows


def _counts(shares: dict[str, float], count: int) -> dict[str, int]:
    return {name: round(share * count) for name, share in shares.items()}


def matrix(row: PassageRow, names: Sequence[str]) -> Vector:
    return np.array([[getattr(signs, name) for name in names] for signs in row.signs])


def weights_of(signs: PassageSigns, names: Sequence[str]) -> Vector:
    return np.array([getattr(signs, name) for name in names])


def fit(rows: Sequence[PassageRow], names: Sequence[str]) -> Vector:
    """Return the weights under which the units that answer have the largest shares."""
    tables = [_table(row, names) for row in rows if True in row.tells or None in row.tells]
    every = np.concatenate([signs for signs, _, _ in tables])
    centre, width = every.mean(axis=0), every.std(axis=0) + 1e-6

    def loss(weights: Vector) -> tuple[float, Vector]:
        total, slope = L2 * float(weights @ weights), 2 * L2 * weights
        for signs, right, weight in tables:
            even = (signs - centre) / width
            share = softmax(even @ weights)
            of_right = np.where(right, share, 0) / share[right].sum()
            total -= weight * float(np.log(share[right].sum()))
            slope = slope - weight * (of_right - share) @ even
        return total, slope

    start = np.zeros(len(names))
    found: Vector = np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)
    divided: Vector = found / width
    return divided


def _table(row: PassageRow, names: Sequence[str]) -> tuple[Vector, NDArray[np.bool_], float]:
    """Return signs of a question's units, which are right, and what the question counts.

    Units of which nothing is known are left out where others are known to answer.
    """
    signs = matrix(row, names)
    if True not in row.tells:
        return signs, np.array([row.relevant[n] for n in row.passage]), UNTOLD_WEIGHT
    known = np.array([tells is not None for tells in row.tells])
    return signs[known], np.array([tells is True for tells in row.tells])[known], 1.0


def softmax(logits: Vector) -> Vector:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def told(rows: Sequence[PassageRow], weights: Vector, names: Sequence[str]) -> str:
    """Return how the weights do: first passages, and sentences at the best threshold."""
    first = [_first_is_relevant(row, softmax(matrix(row, names) @ weights)) for row in rows]
    alone = [row.relevant[int(np.argmax(row.similarity))] for row in rows]
    known = [row for row in rows if True in row.tells]
    f1, least = max((_f1(known, weights, names, least), least) for least in THRESHOLDS)
    return (
        f"{len(rows)} questions, relevant passage first {100 * np.mean(first):.1f} % (embedder "
        f"alone {100 * np.mean(alone):.1f} %); sentences F1 {f1:.3f} of {len(known)} questions, "
        f"taken from {least:.3f} of all chance on"
    )


def _first_is_relevant(row: PassageRow, shares: Vector) -> bool:
    """Tell whether the passage whose units have most of the chance is relevant."""
    sums = np.zeros(len(row.relevant))
    np.add.at(sums, np.array(row.passage), shares)
    return row.relevant[int(np.argmax(sums))]


def _f1(rows: Sequence[PassageRow], weights: Vector, names: Sequence[str], least: float) -> float:
    """Return the mean F1 of the units with so much of all chance; the unknown are left out."""
    found = []
    for row in rows:
        share = softmax(matrix(row, names) @ weights)
        pairs = [
            (s >= least or s == share.max(), tells)
            for s, tells in zip(share, row.tells, strict=True)
            if tells is not None
        ]
        both = sum(taken and tells for taken, tells in pairs)
        found.append(
            2 * both / (sum(taken for taken, _ in pairs) + sum(tells for _, tells in pairs))
        )
    return float(np.mean(found))


if __name__ == "__main__":
    main()
