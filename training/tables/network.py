"""The network that weighs plans, and its weights as the package ships them.

Knows signs and vectors; knows no file of questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from rag.tables.scorer import COLUMN_SCALE, ROLES, SCALE
from rag.tables.signs import MEASURES, TRAITS, Floats

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
    """As `rag.tables.scorer.Scorer` computes, with dropout."""

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
