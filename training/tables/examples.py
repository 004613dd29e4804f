"""Questions over tables as examples of plans: those that give the answer are right.

Knows the files of plans; knows no network.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from rag.protocols import Embedder
from rag.table_qa.planner.engine import PlanOutcome
from rag.table_qa.planner.planner import COLUMN_SCALE, ROLES, SCALE, Weighable, runs, weighable
from rag.table_qa.planner.signs import MEASURES, TRAITS, Floats
from rag.table_qa.planner.table import Table, table_of
from rag.text import RECENT_YEAR

DIMENSIONS: Final = 384
MEANT: Final = 24
COLUMN: Final = 16
HIDDEN: Final = (64, 32)
WORD_DROPOUT: Final = 0.25
LEAST: Final = -1e4


@dataclass(frozen=True, eq=False)
class Example:
    """A question with n plans: `shown` its runs of words, `right` (n,) and how much that counts.

    `names` are (columns + 1, dimensions), the last of zeros.
    """

    shown: Tensor
    vector: Tensor
    names: Tensor
    traits: Tensor
    measures: Tensor
    columns: Tensor
    right: Tensor
    counts: Tensor


class ScorerNetwork(nn.Module):
    """As `rag.table_qa.planner.planner.Scorer` computes, with dropout."""

    def __init__(self, runs: int) -> None:
        super().__init__()
        told = MEASURES + len(TRAITS) + ROLES
        self.words = nn.EmbeddingBag(runs, len(TRAITS), mode="sum")
        nn.init.zeros_(self.words.weight)
        self.meant = nn.Linear(DIMENSIONS, MEANT)
        self.meant_traits = nn.Linear(MEANT, len(TRAITS))
        self.asked = nn.Linear(DIMENSIONS, ROLES * COLUMN, bias=False)
        self.named = nn.Linear(DIMENSIONS, COLUMN, bias=False)
        self.norm = nn.BatchNorm1d(MEASURES, affine=False)
        self.first = nn.Linear(told, HIDDEN[0])
        self.second = nn.Linear(*HIDDEN)
        self.last = nn.Linear(HIDDEN[1], 1)
        self.plain = nn.Linear(told, 1)
        self.on_vector, self.on_hidden = nn.Dropout(0.2), nn.Dropout(0.1)

    def forward(self, batch: Sequence[Example]) -> Tensor:
        """Return the logits of all plans of all questions, one after the other."""
        counts = torch.tensor([len(one.right) for one in batch])
        owner = torch.repeat_interleave(torch.arange(len(batch)), counts)
        traits = torch.cat([one.traits for one in batch]).float()
        measures = self.norm(torch.cat([one.measures for one in batch]).float())
        told = torch.cat([measures, traits, self._columns(batch)], 1)
        deep = self.on_hidden(torch.relu(self.first(told)))
        deep = torch.relu(self.second(deep))
        said = self._of_questions(batch)[owner]
        logits: Tensor = self.last(deep)[:, 0] + self.plain(told)[:, 0] + (traits * said).sum(1)
        return logits

    def _of_questions(self, batch: Sequence[Example]) -> Tensor:
        shown = torch.cat([one.shown for one in batch])
        starts = torch.tensor(np.cumsum([0, *(len(one.shown) for one in batch[:-1])]))
        kept = torch.ones(len(shown))
        if self.training:
            kept = (torch.rand(len(shown)) > WORD_DROPOUT).float() / (1 - WORD_DROPOUT)
        vectors = torch.stack([one.vector for one in batch]) * SCALE
        meant = torch.tanh(self.meant(self.on_vector(vectors)))
        told: Tensor = self.words(shown, starts, per_sample_weights=kept) + self.meant_traits(meant)
        return told

    def _columns(self, batch: Sequence[Example]) -> Tensor:
        vectors = torch.stack([one.vector for one in batch]) * SCALE
        asked = self.asked(vectors).view(len(batch), ROLES, COLUMN)
        made = []
        for one, own in zip(batch, asked, strict=True):
            goes = self.named(one.names * SCALE) @ own.T  # (columns + 1, ROLES)
            made.append(goes[one.columns, torch.arange(ROLES)])
        return torch.cat(made) / COLUMN_SCALE


def loss(logits: Tensor, batch: Sequence[Example]) -> Tensor:
    """Return minus the log of the chance of all right plans together, the mean of the questions."""
    terms = []
    parts = torch.split(logits, [len(one.right) for one in batch])
    for own, one in zip(parts, batch, strict=True):
        right = torch.where(one.right, own + one.counts.log(), torch.tensor(LEAST))
        terms.append(torch.logsumexp(own, 0) - torch.logsumexp(right, 0))
    return torch.stack(terms).mean()


def weights_of(network: ScorerNetwork) -> dict[str, Floats]:
    """Return the weights by the names that the scorer knows."""
    state = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    spread = 1 / np.sqrt(state["norm.running_var"] + network.norm.eps)
    return {
        "words": state["words.weight"],
        "meant.weight": state["meant.weight"].T,
        "meant": state["meant.bias"],
        "meant.traits.weight": state["meant_traits.weight"].T,
        "meant.traits": state["meant_traits.bias"],
        "asked": state["asked.weight"].T,
        "named": state["named.weight"].T,
        "mean": state["norm.running_mean"],
        "spread": spread,
        "first.weight": state["first.weight"].T,
        "first": state["first.bias"],
        "second.weight": state["second.weight"].T,
        "second": state["second.bias"],
        "last": state["last.weight"][0],
        "plain": state["plain.weight"][0],
    }


_NOTES: Final = re.compile(r"(?<!^)(?:\[[^\]]*\]|\((?:[^()]*)\)|[*†‡#])+$")
_NUMBER: Final = re.compile(r"[$€£¥]?\s*\(?\s*[-−–+]?\s*[$€£¥]?\s*[\d,]*\.?\d+\s*\)?\s*%?")


def is_right(outcome: PlanOutcome, answers: Sequence[str], row: Mapping[str, Any]) -> bool:
    """Tell whether an outcome is the answer of a row of the sets."""
    if outcome.numbers and len(answers) == 1:
        wanted = number_of(answers[0])
        return (
            len(outcome.numbers) == 1
            and wanted is not None
            and _is_near(outcome.numbers[0], wanted, answers[0], row)
        )
    given = sorted(set(map(plain, outcome.texts)))
    if given == sorted(set(map(plain, answers))):
        return bool(given)
    if len(given) != 1 or len(answers) != 1:
        return False
    return _is_same(outcome.texts[0], answers[0])


def _is_same(text: str, answer: str) -> bool:
    own, wanted = number_of(text), number_of(answer)
    if own is not None and wanted is not None:
        return own == wanted
    return plain(text.rsplit(" > ", 1)[-1]) == plain(answer) or _is_year_of(text, answer)


def _is_year_of(text: str, answer: str) -> bool:
    """Tell whether a heading is told by its year alone."""
    return bool(re.fullmatch(RECENT_YEAR, answer)) and re.findall(RECENT_YEAR, text) == [answer]


def _is_near(number: float, wanted: float, written: str, row: Mapping[str, Any]) -> bool:
    decimals = len(written.partition(".")[2].strip(" %)"))
    close = 0.51 * 10**-decimals if decimals else 0.005
    if row.get("scale") == "percent" and abs(number / 100 - wanted) <= close / 100:
        return True
    return abs(number - wanted) <= max(close, 1e-6 * abs(wanted))


def number_of(text: str) -> float | None:
    """Return the number that a text is; None for other texts. Brackets negate."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    digits = re.sub(r"[^\d.]", "", stripped)
    negative = bool(re.match(r"[$€£¥\s]*[-−–(]", stripped))
    return -float(digits) if negative else float(digits)


def plain(text: str) -> str:
    """Return a text as WikiTableQuestions' evaluator compares it."""
    decomposed = unicodedata.normalize("NFKD", text)
    told = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    told = re.sub(r"[‘’´`]", "'", told)
    told = re.sub(r"[“”]", '"', told)
    told = re.sub(r"[‐‑‒–—−]", "-", told)
    while True:
        before = told
        told = _NOTES.sub("", told.strip()).strip()
        told = re.sub(r'^"([^"]*)"$', r"\1", told.strip()).rstrip(".")
        if told == before:
            return re.sub(r"\s+", " ", told)


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
