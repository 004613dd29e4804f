"""The learned weight of plans: what the question's words and meaning say of each plan's signs.

A plan's logit is the sum of what runs of the question's words and its vector say of the plan's
traits, and a small network over its measures, its traits and how its columns go with the question
(log-linear parsing as in Pasupat and Liang, ACL 2015, with a network beside it). Trained by
`training.tables.planner`. Knows arrays; knows no table.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np

from rag.tables.signs import TRAITS, Floats, Signs
from rag.text import words

WEIGHTS: Final = "planner.npz"
ROLES: Final = 3
"""A plan's column is chosen, orders, or is tested."""

SCALE: Final = 3.0
"""What vectors are multiplied by: their numbers are small beside the others."""

COLUMN_SCALE: Final = 4.0


def runs(question: str) -> set[str]:
    """Return the words of a question, alone and in twos and threes; numbers are `#`."""
    said = ["^", *("#" if word[0].isdigit() else word for word in words(question))]
    pairs = (" ".join(said[n : n + 2]) for n in range(len(said) - 1))
    threes = (" ".join(said[n : n + 3]) for n in range(len(said) - 2))
    return {*said[1:], *pairs, *threes}


@dataclass(frozen=True, eq=False)
class Scorer:
    """Weights by their names in the network of `training.tables.network`."""

    vocabulary: Mapping[str, int]
    weights: Mapping[str, Floats]

    def logits(self, question: str, vector: Floats, names: Floats, signs: Signs) -> Floats:
        """Return the logits of n plans, shape (n,).

        `vector` is the question's (dim,), `names` those of the table's columns (columns, dim).
        """
        traits = self._multi_hot(signs)  # (n, traits)
        measures = (signs.measures - self.weights["mean"]) * self.weights["spread"]
        columns = self._columns(vector, names, signs)  # (n, ROLES)
        told: Floats = np.hstack([measures, traits, columns])
        deep = told
        for layer in ("first", "second"):
            deep = np.maximum(0, deep @ self.weights[f"{layer}.weight"] + self.weights[layer])
        logits: Floats = (
            deep @ self.weights["last"]
            + told @ self.weights["plain"]
            + traits @ self._of_question(question, vector)
        )
        return logits

    def _multi_hot(self, signs: Signs) -> Floats:
        made = np.zeros((len(signs.traits), len(TRAITS) + 1), dtype=np.float32)
        np.put_along_axis(made, signs.traits.astype(np.int64), 1, axis=1)  # -1 is the spare last
        return made[:, :-1]

    def _of_question(self, question: str, vector: Floats) -> Floats:
        """Return what the question says of each trait, shape (traits,)."""
        shown = [n for run in runs(question) if (n := self.vocabulary.get(run)) is not None]
        meant = np.tanh(vector * SCALE @ self.weights["meant.weight"] + self.weights["meant"])
        told: Floats = (
            self.weights["words"][shown].sum(axis=0)
            + meant @ self.weights["meant.traits.weight"]
            + self.weights["meant.traits"]
        )
        return told

    def _columns(self, vector: Floats, names: Floats, signs: Signs) -> Floats:
        """Return how the columns of each plan go with the question in their roles."""
        asked = (vector * SCALE @ self.weights["asked"]).reshape(ROLES, -1)
        spare = np.zeros((1, names.shape[1]), dtype=np.float32)
        named = np.vstack([names, spare]) * SCALE @ self.weights["named"]
        goes = named @ asked.T / COLUMN_SCALE  # (columns + 1, ROLES)
        made: Floats = goes[signs.columns, np.arange(ROLES)].astype(np.float32)
        return made


@functools.cache
def shipped() -> Scorer:
    """Return the scorer that comes with the package."""
    data = (resources.files(__package__) / WEIGHTS).read_bytes()
    with np.load(io.BytesIO(data)) as file:
        weights = {name: file[name].astype(np.float32) for name in file.files if name != "runs"}
        known: Sequence[str] = str(file["runs"]).split("\n")
    return Scorer(vocabulary={run: n for n, run in enumerate(known)}, weights=weights)
