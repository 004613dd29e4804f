"""A question over a table to plans, the likeliest first, each with what it gives.

Knows how plans are made, run and weighed; knows no chunk and no store.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final

import numpy as np

from rag.table_qa.planner.candidates import Candidate, Candidates
from rag.table_qa.planner.engine import PlanEngine, PlanOutcome
from rag.table_qa.planner.mentions import Asked, headings
from rag.table_qa.planner.plan import TablePlan
from rag.table_qa.planner.signs import TRAITS, Floats, Likeness, Signs, SignsOf
from rag.table_qa.planner.table import Table
from rag.text import STOP_WORDS, words

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
    """Weights by their names in the network of `training.tables.examples`."""

    vocabulary: Mapping[str, int]
    weights: Mapping[str, Floats]

    def logits(self, question: str, vector: Floats, names: Floats, signs: Signs) -> Floats:
        """Return the logits of n plans, shape (n,).

        `vector` is the question's (dim,), `names` those of the table's columns (columns, dim).
        """
        traits = self._multi_hot(signs)  # (n, traits)
        measures = (signs.measures - self.weights["mean"]) * self.weights["spread"]
        columns = self._columns(vector, names, signs)  # (n, ROLES)
        features: Floats = np.hstack([measures, traits, columns])
        deep = features
        for layer in ("first", "second"):
            deep = np.maximum(0, deep @ self.weights[f"{layer}.weight"] + self.weights[layer])
        logits: Floats = (
            deep @ self.weights["last"]
            + features @ self.weights["plain"]
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
        signs: Floats = (
            self.weights["words"][shown].sum(axis=0)
            + meant @ self.weights["meant.traits.weight"]
            + self.weights["meant.traits"]
        )
        return signs

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


SURE: Final = 0.85
"""From this chance on a plan is sure; see training/LOG.md for how often such a plan is right."""

MAX_CELLS: Final = 20_000
"""A larger table is not looked through word by word."""

MAX_WORDS: Final = 60
"""Of a longer question only so many words are compared with names."""

Embed = Callable[[Sequence[str]], Floats]
"""Texts to unit vectors, shape (texts, dim), by the built-in embedder."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, what it gives, and the chance that this is what was asked for."""

    plan: TablePlan
    outcome: PlanOutcome
    chance: float

    @property
    def is_sure(self) -> bool:
        return self.chance >= SURE


@dataclass(frozen=True, eq=False)
class Weighable:
    """All plans for a question that give something, with their signs and vectors."""

    question: str
    candidates: Sequence[Candidate]
    outcomes: Sequence[PlanOutcome]
    signs: Signs
    vector: Floats
    names: Floats


def merged(found: Iterable[Planned]) -> list[Planned]:
    """Return the likeliest plan of each outcome, with the chance of all that give it."""
    total: dict[tuple[str, ...], float] = {}
    best: dict[tuple[str, ...], Planned] = {}
    for one in sorted(found, key=lambda one: -one.chance):
        key = tuple(sorted(one.outcome.texts))
        total[key] = total.get(key, 0.0) + one.chance
        best.setdefault(key, one)
    plans_ = [replace(one, chance=total[key]) for key, one in best.items()]
    return sorted(plans_, key=lambda one: -one.chance)


def plans(
    question: str,
    table: Table,
    embed: Embed,
    *,
    scorer: Scorer | None = None,
    merge: Callable[[Iterable[Planned]], list[Planned]] = merged,
) -> list[Planned]:
    """Return plans for a question by their chance, each outcome once; [] where none is made.

    `merge` leaves them apart, where they may give something else over more rows: `list`.
    """
    made = weighable(question, table, embed)
    if made is None:
        return []
    logits = (scorer or shipped()).logits(made.question, made.vector, made.names, made.signs)
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    weighed = zip(made.candidates, made.outcomes, chances, strict=True)
    found = [Planned(one.plan, outcome, float(chance)) for one, outcome, chance in weighed]
    return merge(sorted((one for one in found if one.chance), key=lambda one: -one.chance))


def weighable(question: str, table: Table, embed: Embed) -> Weighable | None:
    """Return the plans for a question that give something; None where there is none."""
    asked, engine = Asked(question), PlanEngine(table)
    if not asked.words or not 0 < table.height * table.width <= MAX_CELLS:
        return None
    among = headings(asked, table)
    found = [(one, engine.run(one.plan)) for one in Candidates(asked, engine, among).all()]
    kept = [(one, outcome) for one, outcome in found if outcome.texts]
    if not kept:
        return None
    candidates, outcomes = zip(*kept, strict=True)
    vectors = _vectors(asked, table, embed)
    signs = SignsOf(asked, engine, among, _likeness(vectors)).of(candidates, outcomes)
    return Weighable(
        question=question,
        candidates=candidates,
        outcomes=outcomes,
        signs=signs,
        vector=vectors[question],
        names=np.stack([vectors[column.levels[-1]] for column in table.columns]),
    )


def _vectors(asked: Asked, table: Table, embed: Embed) -> dict[str, Floats]:
    """Return the vectors of the question, its words and the columns' names; of "" zeros."""
    content = [word for word in asked.words[:MAX_WORDS] if word not in STOP_WORDS]
    names = [column.levels[-1] for column in table.columns]
    texts = list(dict.fromkeys(text for text in (asked.text, *content, *names) if text))
    rows = embed(texts)
    return {"": np.zeros(rows.shape[1], dtype=np.float32), **dict(zip(texts, rows, strict=True))}


def _likeness(vectors: dict[str, Floats]) -> Likeness:
    def like(one: str, other: str) -> float:
        if one not in vectors or other not in vectors:
            return 0.0
        return float(vectors[one] @ vectors[other])

    return like
