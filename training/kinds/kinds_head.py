"""The head over a question's signs, fitted beside its vector: several networks that become one map.

A network learns from signs and vectors together, at times from signs alone; what it says to signs
without a vector is linear in them, and so is the mean of several networks. Knows signs, vectors and
kinds; knows no file of questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.understanding.question.question_kind import KINDS, Floats, Head, shape

HIDDEN: Final = 16
NETWORKS: Final = 3
MIN_COUNT: Final = 9
"""A sign of fewer questions is not looked at."""

BATCH: Final = 256
RATE: Final = 4e-3
SMOOTHING: Final = 0.05
SIGN_DROPOUT: Final = 0.3
BLIND: Final = 0.1
"""So many questions are shown without their vector, so that the signs alone tell too."""

SCALE: Final = 3.0
"""What vectors are multiplied by: their numbers are small beside those of the signs."""

BALANCE: Final = 0.3
"""A kind weighs as its count to the power of one minus this: rare ones are not drowned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Questions: `shown` are the numbers of their signs, `vectors` (n, dimensions)."""

    shown: Sequence[Sequence[int]]
    vectors: Tensor
    kinds: Tensor
    weights: Tensor

    def batch(self, rows: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
        """Return the vectors, all signs in one row, and where each question's begin."""
        shown = [self.shown[row] for row in rows]
        starts = np.cumsum([0, *map(len, shown[:-1])])
        signs = torch.tensor([sign for one in shown for sign in one], dtype=torch.long)
        return self.vectors[list(rows)], signs, torch.from_numpy(starts)


class Network(nn.Module):
    """Wide over signs, deep over the vector."""

    def __init__(self, signs: int, dimensions: int) -> None:
        super().__init__()
        self.wide = nn.EmbeddingBag(signs, len(KINDS), mode="sum")
        nn.init.zeros_(self.wide.weight)
        self.inner = nn.Linear(dimensions, HIDDEN)
        self.outer = nn.Linear(HIDDEN, len(KINDS))
        self.dropped = nn.Dropout(0.2)

    def forward(self, vectors: Tensor, signs: Tensor, starts: Tensor, kept: Tensor) -> Tensor:
        """Return logits (n, kinds); `kept` weighs each sign."""
        hidden = torch.relu(self.inner(self.dropped(vectors * SCALE)))
        deep: Tensor = self.outer(self.dropped(hidden))
        wide: Tensor = self.wide(signs, starts, per_sample_weights=kept)
        return deep + wide


def vocabulary(
    found: Sequence[str], made: Sequence[str], *, least: int = MIN_COUNT
) -> dict[str, int]:
    """Number the signs that so many found questions have, and the beginnings that made ones have.

    Other words of made questions are the few that fill their templates: they would tell those.
    """
    counts = Counter(sign for question in found for sign in shape(question))
    begun = Counter(s for question in made for s in shape(question) if s.startswith("^"))
    frequent = {
        sign for tally in (counts, begun) for sign, count in tally.items() if count >= least
    }
    return {sign: number for number, sign in enumerate(sorted(frequent))}


def examples(
    questions: Sequence[str], vectors: Floats, kinds: Sequence[str], signs: dict[str, int]
) -> Examples:
    counts = Counter(kinds)
    weights = [(len(kinds) / len(counts) / counts[kind]) ** BALANCE for kind in kinds]
    return Examples(
        shown=[[signs[s] for s in sorted(shape(q)) if s in signs] for q in questions],
        vectors=torch.from_numpy(np.asarray(vectors, dtype=np.float32)),
        kinds=torch.tensor([KINDS.index(kind) for kind in kinds]),
        weights=torch.tensor(weights, dtype=torch.float32),
    )


def fit(
    rows: Examples, signs: dict[str, int], *, passes: int, seed: int, told: Callable[[str], None]
) -> Head:
    """Return the head of `NETWORKS` networks, each begun from its own seed."""
    fitted = [_fitted(rows, len(signs), passes, seed + n, told) for n in range(NETWORKS)]
    return _joined(fitted, signs)


def _fitted(
    rows: Examples, signs: int, passes: int, seed: int, told: Callable[[str], None]
) -> Network:
    torch.manual_seed(seed)
    network = Network(signs, rows.vectors.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    count = len(rows.shown)
    steps = passes * -(-count // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for number in range(1, passes + 1):
        order = torch.randperm(count).tolist()
        losses = []
        for start in range(0, count, BATCH):
            loss = _loss(network, rows, order[start : start + BATCH])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own has no annotation
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        told(f"seed {seed}, pass {number}: loss {np.mean(losses):.4f}")
    return network.eval()


def _loss(network: Network, rows: Examples, batch: Sequence[int]) -> Tensor:
    vectors, signs, starts = rows.batch(batch)
    kept = (torch.rand(len(signs)) >= SIGN_DROPOUT).float() / (1 - SIGN_DROPOUT)
    seen = (torch.rand(len(batch), 1) >= BLIND).float()
    logits = network(vectors * seen, signs, starts, kept)
    chosen = list(batch)
    losses = functional.cross_entropy(
        logits, rows.kinds[chosen], reduction="none", label_smoothing=SMOOTHING
    )
    return (losses * rows.weights[chosen]).mean()


def _joined(networks: Sequence[Network], signs: dict[str, int]) -> Head:
    """Return the one head whose logits are the mean of the networks' without a vector."""

    def mean(of: Callable[[Network], Tensor]) -> Floats:
        middle: Floats = np.mean([of(n).detach().numpy() for n in networks], axis=0)
        return middle

    return Head(
        signs=signs,
        wide=mean(lambda n: n.wide.weight),
        bias=mean(lambda n: n.outer(torch.relu(n.inner.bias))),
    )


def logits_of(head: Head, questions: Sequence[str]) -> Floats:
    """Return (questions, kinds)."""
    return np.array([head.logits(shape(question)) for question in questions])


def temperature(logits: Floats, kinds: Sequence[str]) -> float:
    """Return the divisor of logits that gives the likeliest chances (Guo et al., ICML 2017)."""
    known = torch.tensor([KINDS.index(kind) for kind in kinds])
    grid = np.geomspace(0.3, 3, 100)
    losses = [float(functional.cross_entropy(torch.from_numpy(logits / t), known)) for t in grid]
    return float(grid[int(np.argmin(losses))])


def cooled(head: Head, divisor: float) -> Head:
    """Return the head with all its logits divided."""
    return replace(head, wide=head.wide / divisor, bias=head.bias / divisor)
