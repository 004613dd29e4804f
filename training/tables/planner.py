"""The planner's weights: `python -m training.tables.planner DATA OUT`.

DATA holds plans.jsonl.gz and plans_dev.jsonl.gz. Learned from tables and answers alone: all plans
for a question are made and run, those that give the answer are right (weak supervision, as in
Pasupat and Liang, ACL 2015). Prints, for each set of the dev part, how many questions are answered
rightly, and how many of those that it gives as sure. With `--measure` nothing is trained, and the
weights that are shipped are measured.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch

from rag.models.embedders import minilm
from rag.table_qa.planner.planner import SURE, WEIGHTS, Scorer, plans, runs, shipped
from training.tables.examples import (
    SETS,
    Example,
    Row,
    ScorerNetwork,
    TextVectors,
    example,
    is_right,
    loss,
    rows_of,
    weights_of,
)

MIN_COUNT: Final = 14
"""A run of words of fewer questions is not looked at."""

PASSES: Final = 5
BATCH: Final = 16
RATE: Final = 2e-3
WARM: Final = 200
MIN_RATE: Final = 0.02


def vocabulary(rows: Sequence[Row]) -> dict[str, int]:
    """Number the runs of words that enough questions have."""
    counts = Counter(run for row in rows for run in runs(row.question))
    kept = sorted(run for run, count in counts.items() if count >= MIN_COUNT)
    return {run: n for n, run in enumerate(kept)}


def fit(
    found: Sequence[Example], known: dict[str, int], *, seed: int, passes: int
) -> ScorerNetwork:
    """Return a network that was shown all examples so many times."""
    torch.manual_seed(seed)
    order = random.Random(seed)  # noqa: S311 - no secret
    network = ScorerNetwork(len(known))
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    steps = passes * -(-len(found) // BATCH)
    for step, batch in enumerate(_batches(found, order, passes)):
        rate = RATE * min(1.0, (step + 1) / WARM) * max(MIN_RATE, 1 - step / steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss(network(batch), batch).backward()  # type: ignore[no-untyped-call]  # as torch has it
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
    return network.eval()


def _batches(
    found: Sequence[Example], order: random.Random, passes: int
) -> Iterator[list[Example]]:
    for _ in range(passes):
        mixed = list(found)
        order.shuffle(mixed)
        for start in range(0, len(mixed), BATCH):
            yield mixed[start : start + BATCH]


def save(network: ScorerNetwork, known: dict[str, int], path: Path) -> None:
    halves = {name: value.astype(np.float16) for name, value in weights_of(network).items()}
    np.savez_compressed(path, allow_pickle=False, runs=np.array("\n".join(known)), **halves)


def measure(rows: Sequence[Row], embed: TextVectors, scorer: Scorer) -> Iterator[str]:
    """Yield, for each set, the share of right answers, and of those that are sure."""
    results: dict[str, list[tuple[bool, float]]] = defaultdict(list)
    for row in rows:
        best = next(iter(plans(row.question, row.table, embed, scorer=scorer)), None)
        right = best is not None and is_right(best.outcome, row.own["answers"], row.own)
        results[row.own["set"]].append((right, best.chance if best else 0.0))
    for name in SETS:
        own = np.array(results[name], dtype=float)
        sure = own[own[:, 1] >= SURE]
        yield (
            f"{name}: {len(own)} questions, right {own[:, 0].mean():.3f};"
            f" sure {len(sure) / len(own):.3f}, of these right {sure[:, 0].mean():.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path, help=f"the file to write, {WEIGHTS}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--passes", type=int, default=PASSES)
    parser.add_argument("--measure", action="store_true", help="train nothing")
    options = parser.parse_args(arguments)
    embed = TextVectors(minilm())
    if not options.measure:
        rows = list(rows_of(options.data / "plans.jsonl.gz"))
        known, chance = vocabulary(rows), np.random.default_rng(options.seed)
        made = [one for row in rows if (one := example(row, embed, known, chance)) is not None]
        sys.stdout.write(f"{len(made)} of {len(rows)} questions have a right plan\n")
        network = fit(made, known, seed=options.seed, passes=options.passes)
        save(network, known, options.out)
    dev = list(rows_of(options.data / "plans_dev.jsonl.gz"))
    for line in measure(dev, embed, shipped()):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
