"""Fits the weights that tell whether a sentence stands in its source.

    python -m training.verification.verification ROWS.jsonl.gz --dev DEV.jsonl.gz [--write]

Statements are made by rule from reader rows (`training.verification.verification_rows`): for the
fit from contexts that are kept from the reader's training, for the report from DEV. A logistic
regression with an L2 prior; weights of signs that can only speak for a sentence are kept from being
negative, and the other way round. The threshold is where a twentieth of the true statements of the
fit are marked.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy has no stubs

import rag.answer.trust
from rag.answer.trust.support import Passage
from rag.answer.trust.verify import WEIGHTS, Verifier
from rag.neural.reader.reader import Reader
from rag.retrieve.related_words import Frequencies
from rag.text import words
from training.reader.data import by_set, is_held_back, read_rows
from training.reader.metrics import auroc
from training.reader.rows import ReaderRow
from training.verification.verification_rows import Statement, statements

Vector = NDArray[np.float64]

L2: Final = 1.0
LEAST: Final = 0.01
"""Smaller weights are left out."""

TRUE_MARKED: Final = 0.05
ROWS_OF_SET: Final = 60
ROWS_OF_CONTEXT: Final = 4
MOST_STATEMENTS: Final = 900
EITHER: Final = frozenset({"has_number"})
"""What may speak for or against."""

Checked = tuple[Statement, dict[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    options = parser.parse_args()
    rng = random.Random(5)  # noqa: S311 - the same statements each time
    kept = [row for row in read_rows(options.rows) if is_held_back(row)]
    fitted_on = list(checked(chosen(kept, rng), rng))
    measured_on = list(checked(chosen(list(read_rows(options.dev)), rng), rng))
    names = sorted({name for _, signs in fitted_on for name in signs})
    found = fit(table(fitted_on, names), truths(fitted_on), names)
    chances = chances_of(found, table(fitted_on, names))
    threshold = float(np.quantile(chances[truths(fitted_on)], TRUE_MARKED))
    report(measured_on, chances_of(found, table(measured_on, names)), threshold)
    weights = {n: round(w, 3) for n, w in zip(names, found, strict=False) if abs(w) >= LEAST}
    shipped = {"weights": weights, "bias": round(found[-1], 3), "threshold": round(threshold, 3)}
    text = json.dumps(shipped, indent=1, sort_keys=True)
    if options.write:
        path = Path(rag.answer.trust.__path__[0]) / WEIGHTS
        path.write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.write(f"{text}\n")


def chosen(rows: Sequence[ReaderRow], rng: random.Random) -> list[ReaderRow]:
    """Return rows of each set, by contexts: questions of one context stay together."""
    found: list[ReaderRow] = []
    for _, group in sorted(by_set(rows).items()):
        contexts: defaultdict[str, list[ReaderRow]] = defaultdict(list)
        for row in group:
            contexts[row.context].append(row)
        of_set: list[ReaderRow] = []
        for context in rng.sample(sorted(contexts), len(contexts)):
            if len(of_set) < ROWS_OF_SET:
                of_set += contexts[context][:ROWS_OF_CONTEXT]
        found += of_set
    return found


def checked(rows: Sequence[ReaderRow], rng: random.Random) -> Iterator[Checked]:
    """Yield statements about the rows with what speaks for and against each."""
    made = list(statements(rows, rng))
    made = rng.sample(made, min(len(made), MOST_STATEMENTS))
    verifier = Verifier(Reader(), frequencies({one.passage for one in made}))
    for one in made:
        yield one, verifier.signs(one.text, [Passage(text=one.passage)])


def frequencies(passages: set[str]) -> Frequencies:
    """Return in how many of the passages a word stands, as an index would."""
    counts = Counter(word for passage in passages for word in set(words(passage)))
    return lambda terms: ({term: counts[term] for term in terms}, len(passages))


def table(rows: Sequence[Checked], names: Sequence[str]) -> Vector:
    """Return the signs, (statements, names)."""
    return np.array([[signs.get(name, 0.0) for name in names] for _, signs in rows])


def truths(rows: Sequence[Checked]) -> NDArray[np.bool_]:
    return np.array([one.supported for one, _ in rows])


def fit(signs: Vector, supported: NDArray[np.bool_], names: Sequence[str]) -> list[float]:
    """Return the weights by name, and the bias last."""
    found = minimize(
        loss,
        np.zeros(len(names) + 1),
        args=(signs, supported.astype(float)),
        jac=True,
        method="L-BFGS-B",
        bounds=[*map(bound, names), (None, None)],
    )
    return [float(weight) for weight in found.x]


def bound(name: str) -> tuple[float | None, float | None]:
    if name in EITHER:
        return None, None
    return (None, 0.0) if name.startswith("no_") or name == "apart" else (0.0, None)


def loss(weights: Vector, signs: Vector, supported: Vector) -> tuple[float, Vector]:
    """Return the regularised negative log-likelihood and its gradient, (names + 1,)."""
    own, bias = weights[:-1], weights[-1]
    logits = signs @ own + bias
    missed = 1 / (1 + np.exp(-logits)) - supported
    total = np.sum(np.logaddexp(0, logits) - supported * logits) + L2 * (own @ own) / 2
    return float(total), np.append(signs.T @ missed + L2 * own, missed.sum())


def chances_of(weights: Sequence[float], signs: Vector) -> Vector:
    found: Vector = 1 / (1 + np.exp(-(signs @ np.array(weights[:-1]) + weights[-1])))
    return found


def report(rows: Sequence[Checked], chances: Vector, threshold: float) -> None:
    """Print how well unsupported statements are told, over all and by how they were made."""
    supported, marked = truths(rows), chances < threshold
    precision = np.mean(~supported[marked]) if marked.any() else 0.0
    lines = [
        f"{len(rows)} statements, {int(supported.sum())} true",
        f"AUROC {auroc(chances.tolist(), supported.tolist()):.3f}",
        f"marked: precision {precision:.3f}, recall {np.mean(marked[~supported]):.3f}",
        f"true ones marked {np.mean(marked[supported]):.3f}",
    ]
    for kind in sorted({one.kind for one, _ in rows}):
        of_kind = marked[[one.kind == kind for one, _ in rows]]
        lines.append(f"{kind}: {np.mean(of_kind):.2f} of {len(of_kind)} marked")
    sys.stderr.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
