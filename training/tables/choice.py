"""Fits how plans and the model's query over a table are weighed against each other.

`python -m training.tables.choice DATA MODEL CACHE [--count 60]`: DATA holds plans.jsonl.gz, MODEL
is the language model in OpenVINO's form, CACHE keeps what it wrote (`benchmarks.table_qa`). Of the
questions without a sure plan the likelihood of the right outcome is made largest, or that of none
where neither is right; the weights stay near those set by hand, for the questions are few.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final, cast

from scipy.optimize import minimize

from benchmarks.table_qa import CachedModel, is_answer, sample
from rag.models.embeddings.embedders import minilm
from rag.models.llm.protocol import LanguageModel
from rag.table_qa.choice import ChoiceWeights, Outcome, likelihoods
from rag.table_qa.query_answer import query_answer
from rag.table_qa.table_answer import asked_table, outcome_of
from rag.tables.planner import plans
from rag.tables.table import table_of
from training.tables.examples import TextVectors

SETS: Final = ("squall", "wtq")
BY_HAND: Final = ChoiceWeights(power=0.7, bonus=1.6, logprob=4.0, unplanned=-2.5, rest=-1.2)
SPREAD: Final = (0.3, 1.0, 4.0, 1.5, 1.0)
"""How far each weight may be from that by hand: standard deviations."""

MIN_LIKELY: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The chances of plans' outcomes, what a query gave, and which of all outcomes are right."""

    chances: dict[Outcome, float]
    queried: Outcome | None
    mean_logprob: float
    right: frozenset[Outcome]


def asked_of(row: dict[str, Any], model: LanguageModel, embed: TextVectors) -> Asked | None:
    """Return a question's outcomes; None where a plan is sure."""
    table = table_of(row["table"]["columns"], row["table"]["rows"], title=row["table"]["title"])
    asked = asked_table(table, plans(row["question"], table, embed))
    if asked.plans and asked.plans[0].is_sure:
        return None
    query = query_answer(model, row["question"], asked.table)
    texts = [one.outcome.texts for one in asked.plans] + ([query.answers] if query else [])
    return Asked(
        chances={outcome_of(one.outcome.texts): one.chance for one in reversed(asked.plans)},
        queried=outcome_of(query.answers) if query else None,
        mean_logprob=query.mean_logprob if query else 0.0,
        right=frozenset(outcome_of(one) for one in texts if is_answer(one, row)),
    )


def fitted(found: Sequence[Asked]) -> ChoiceWeights:
    """Return the likeliest weights, by the outcomes and by those that were set by hand."""

    def loss(values: Sequence[float]) -> float:
        weights = ChoiceWeights(*values)
        pairs = zip(values, astuple(BY_HAND), SPREAD, strict=True)
        far = math.fsum(((one - other) / spread) ** 2 for one, other, spread in pairs)
        return far / 2 - math.fsum(math.log(_likelihood(one, weights)) for one in found)

    best = minimize(loss, astuple(BY_HAND), method="Nelder-Mead", options={"maxiter": 4_000})
    return ChoiceWeights(*(round(float(value), 2) for value in best.x))


def _likelihood(one: Asked, weights: ChoiceWeights) -> float:
    shares = likelihoods(one.chances, one.queried, one.mean_logprob, weights)
    right = math.fsum(share for outcome, share in shares.items() if outcome in one.right)
    return max(MIN_LIKELY, right if one.right else 1 - math.fsum(shares.values()))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "model", "cache"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args(arguments)
    model = cast("LanguageModel", CachedModel(options.model, options.cache))  # it completes alone
    embed = TextVectors(minilm())
    rows = [
        row for name in SETS for row in sample(options.data / "plans.jsonl.gz", name, options.count)
    ]
    found = [one for row in rows if (one := asked_of(row, model, embed)) is not None]
    sys.stdout.write(f"{len(found)} questions without a sure plan: {fitted(found)}\n")


if __name__ == "__main__":
    main()
