"""A question over a table to plans, the likeliest first, what each gives, and it in words."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final

import numpy as np

from rag.table_qa.planner.candidates import Candidate, Candidates
from rag.table_qa.planner.engine import PlanEngine, PlanOutcome, shown
from rag.table_qa.planner.mentions import Asked, headings
from rag.table_qa.planner.signs import TRAITS, Floats, Likeness, Signs, SignsOf
from rag.table_qa.planner.table import Condition, Order, Rows, Table, TablePlan
from rag.text import STOP_WORDS, words

_TESTS: Final = {
    "is": "is",
    "has": "has",
    "not": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "in": "is",
}
_NEAR: Final = {
    "next": "the row after",
    "previous": "the row before",
    "after": "all rows after",
    "before": "all rows before",
    "same": "other rows with the same {} as",
}
_OPERATIONS: Final = {
    "count": "the number of {rows}",
    "distinct": "how many different {column} stand in {rows}",
    "sum": "the sum of {column} over {rows}",
    "mean": "the mean of {column} over {rows}",
    "min": "the smallest {column} of {rows}",
    "max": "the largest {column} of {rows}",
    "range": "the largest less the smallest {column} of {rows}",
    "most common": "the most frequent {column} of {rows}",
    "least common": "the least frequent {column} of {rows}",
    "headings": "the years with a value in {rows}",
    "items": "how many things are listed in {column} of {rows}",
    "difference": "{one} less {other}",
    "apart": "the difference between {one} and {other}",
    "ratio": "{one} divided by {other}",
    "share": "{one} as a percentage of {other}",
    "growth": "the change from {other} to {one}, in percent",
    "whether": "whether {one} is more than {other}",
    "count difference": "the difference between the numbers of {rows} and of {others}",
}
_SCALED: Final = re.compile(r"\bin (?:thousands|millions|billions)\b|\bin 000s?\b", re.IGNORECASE)
_ORDINALS: Final = ("", "", "second ", "third ", "fourth ", "fifth ")


def in_words(plan: TablePlan, table: Table) -> str:
    """Return what a plan does, without a full stop."""
    rows = _rows(plan.rows, table)
    columns = " and ".join(_named(table, number) for number in plan.columns)
    if plan.operation == "select":
        read = {
            "text": "",
            "number": "the number in ",
            "year": "the year of ",
            "span": "the length of ",
        }
        return f"{read[plan.reading]}{columns} of {rows}"
    if plan.operation == "heading":
        return f"the column with the {'largest' if plan.largest else 'smallest'} value of {rows}"
    others = _rows(plan.other_rows, table) if plan.other_rows else rows
    second = plan.columns[0] if plan.other_column is None and plan.columns else plan.other_column
    one = f"{columns} of {rows}"
    other = f"{_named(table, second)} of {others}" if second is not None else others
    return _OPERATIONS[plan.operation].format(
        rows=rows, others=others, column=columns, one=one, other=other
    )


def _rows(rows: Rows, table: Table) -> str:
    phrase = _met(rows, table)
    if rows.order is not None:
        among = " among" if rows.conditions else ", of"
        phrase = f"{_ordered(rows.order, table)}{among} {phrase}"
    if rows.near:
        return f"{_NEAR[rows.near].format(_named(table, rows.near_column))} {phrase}"
    return phrase


def _met(rows: Rows, table: Table) -> str:
    title = f" of “{table.title}”" if table.title else ""
    if not rows.conditions:
        but = " (totals left out)" if table.has_totals else ""
        return f"all {table.parts:,} rows{title}{but}"
    return f"the rows{title} where {' and '.join(_tested(one, table) for one in rows.conditions)}"


def _tested(condition: Condition, table: Table) -> str:
    name = _named(table, condition.column)
    if condition.test in {"is", "not"} and not condition.value:
        return f"{name} is {'empty' if condition.test == 'is' else 'filled'}"
    if condition.test == "in":
        wanted = " or ".join(_written(value, condition.column, table) for value in condition.values)
    elif condition.value:
        wanted = _written(condition.value, condition.column, table)
    else:
        wanted = shown(condition.number)
    return f"{name} {_TESTS[condition.test]} {wanted}"


def _written(key: str, column: int, table: Table) -> str:
    own = table.columns[column]
    return next(
        (t for t, value in zip(own.texts, own.values, strict=True) if value.key == key), key
    )


def _ordered(order: Order, table: Table) -> str:
    place = _ORDINALS[min(order.place, len(_ORDINALS) - 1)]
    if order.reading == "place":
        return f"the {place}{'last' if order.largest else 'first'} row"
    span = "span of " if order.reading == "span" else ""
    which = "largest" if order.largest else "smallest"
    return f"the row with the {place}{which} {span}{_named(table, order.column)}"


def _named(table: Table, column: int) -> str:
    """Return what a column is called; over labels of rows may stand what all numbers are in."""
    name = table.columns[column].name
    if column == 0 and _SCALED.search(name):
        return "label"
    return name or f"column {column + 1}"


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
        """Return the logits of n plans (n,); `vector` (dim,), `names` (columns, dim)."""
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
        shown = [n for run in runs(question) if (n := self.vocabulary.get(run)) is not None]
        meant = np.tanh(vector * SCALE @ self.weights["meant.weight"] + self.weights["meant"])
        signs: Floats = (
            self.weights["words"][shown].sum(axis=0)
            + meant @ self.weights["meant.traits.weight"]
            + self.weights["meant.traits"]
        )
        return signs

    def _columns(self, vector: Floats, names: Floats, signs: Signs) -> Floats:
        asked = (vector * SCALE @ self.weights["asked"]).reshape(ROLES, -1)
        spare = np.zeros((1, names.shape[1]), dtype=np.float32)
        named = np.vstack([names, spare]) * SCALE @ self.weights["named"]
        goes = named @ asked.T / COLUMN_SCALE  # (columns + 1, ROLES)
        made: Floats = goes[signs.columns, np.arange(ROLES)].astype(np.float32)
        return made


@functools.cache
def shipped() -> Scorer:
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
    """Return plans by their chance, each outcome once; `merge=list` leaves them apart."""
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
