"""Questions over tables as examples of plans: those that give the answer are right.

Knows the files of plans; knows no network.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from rag.protocols import Embedder
from rag.tables.planner import Weighable, weighable
from rag.tables.scorer import runs
from rag.tables.signs import TRAITS, Floats
from rag.tables.table import Table, table_of
from training.tables.denotation import is_right
from training.tables.network import Example

SETS: Final = ("squall", "wtq", "tatqa")
"""Sets that state a licence (CC BY-SA 4.0, CC BY-SA 4.0, CC BY 4.0) and ask over a table alone."""

MAX_RIGHT, MAX_WRONG = 40, 130
"""So many plans of a question are learned from."""

DOUBTFUL: Final = 0.1
"""What a plan counts that gives the right answer from other columns than the set's own SQL."""


@dataclass(frozen=True, eq=False)
class Row:
    """A question of a set, its table, and the set's own row."""

    question: str
    table: Table
    own: dict[str, Any]


def rows_of(path: Path, *, sets: Sequence[str] = SETS) -> Iterator[Row]:
    """Yield the questions of the sets; those of wtq whose operation is known."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            own = json.loads(line)
            if own["set"] in sets and (own["set"] != "wtq" or own["operation"]):
                table = own["table"]
                yield Row(own["question"], table_of(table["columns"], table["rows"]), own)


class TextVectors:
    """TextVectors by text, each made once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, Floats] = {}

    def __call__(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            made = self._embedder.embed_queries(new).astype(np.float16)
            self._kept.update(zip(new, made, strict=True))
        return np.stack([self._kept[text] for text in texts]).astype(np.float32)


def judged(row: Row, embed: TextVectors) -> tuple[Weighable, np.ndarray] | None:
    """Return the plans for a question and which of them are right; None where there is none."""
    made = weighable(row.question, row.table, embed)
    if made is None:
        return None
    right = [is_right(outcome, row.own["answers"], row.own) for outcome in made.outcomes]
    return made, np.array(right, dtype=bool)


def example(
    row: Row, embed: TextVectors, known: dict[str, int], chance: np.random.Generator
) -> Example | None:
    """Return an example to learn from; None where no plan is right."""
    found = judged(row, embed)
    if found is None or not found[1].any():
        return None
    made, right = found
    kept = np.sort(
        np.concatenate(
            [
                _some(np.flatnonzero(right), MAX_RIGHT, chance),
                _some(np.flatnonzero(~right), MAX_WRONG, chance),
            ]
        )
    )
    traits = np.zeros((len(kept), len(TRAITS) + 1), dtype=bool)
    np.put_along_axis(traits, made.signs.traits[kept].astype(np.int64), values=True, axis=1)
    names = np.vstack([made.names, np.zeros((1, made.names.shape[1]), dtype=np.float32)])
    columns = made.signs.columns[kept].astype(np.int64)
    return Example(
        shown=torch.tensor([known[run] for run in runs(row.question) if run in known]).long(),
        vector=torch.from_numpy(made.vector),
        names=torch.from_numpy(names),
        traits=torch.from_numpy(traits[:, :-1]),
        measures=torch.from_numpy(made.signs.measures[kept].astype(np.float16)),
        columns=torch.from_numpy(columns),
        right=torch.from_numpy(right[kept]),
        counts=torch.from_numpy(_counted(row, columns, right[kept])),
    )


def _some(numbers: np.ndarray, most: int, chance: np.random.Generator) -> np.ndarray:
    return numbers if len(numbers) <= most else chance.choice(numbers, most, replace=False)


def _counted(row: Row, columns: np.ndarray, right: np.ndarray) -> Floats:
    """Return what each plan counts: less where people's SQL reads other columns."""
    counts = np.ones(len(right), dtype=np.float32)
    used = row.own["columns_used"]
    if row.own["set"] == "squall" and used:
        within = np.array([set(own.tolist()) <= {-1, *used} for own in columns])
        if (within & right).any():
            counts[right & ~within] = DOUBTFUL
    return counts
