"""A question over a table to plans, the likeliest first, each with what it gives.

Knows how plans are made, run and weighed; knows no chunk and no store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rag.tables.candidates import Candidate, Candidates
from rag.tables.engine import PlanEngine, PlanOutcome
from rag.tables.mentions import Asked, headings
from rag.tables.plan import TablePlan
from rag.tables.scorer import Scorer, shipped
from rag.tables.signs import Floats, Likeness, Signs, SignsOf
from rag.tables.table import Table
from rag.text import STOP_WORDS

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
    told = [word for word in asked.words[:MAX_WORDS] if word not in STOP_WORDS]
    names = [column.levels[-1] for column in table.columns]
    texts = list(dict.fromkeys(text for text in (asked.text, *told, *names) if text))
    rows = embed(texts)
    return {"": np.zeros(rows.shape[1], dtype=np.float32), **dict(zip(texts, rows, strict=True))}


def _likeness(vectors: dict[str, Floats]) -> Likeness:
    def like(one: str, other: str) -> float:
        if one not in vectors or other not in vectors:
            return 0.0
        return float(vectors[one] @ vectors[other])

    return like
