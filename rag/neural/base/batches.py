"""Texts of like length computed together, by a worker a core, which end together.

For the built-in models, which are too small for more than one thread of torch each. Knows lengths;
knows no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from rag.neural.base.threads import usable_cores

Outcome = TypeVar("Outcome")

MOST_TEXTS: Final = 8
MOST_TOKENS: Final = 512
"""A batch holds so many texts, and tokens with what pads them. Twelve passages take a third less
time than in batches of eight, as each worker gets of the long ones; an ingest takes as long."""

PADDED_TO: Final = 16
"""Widths of batches are multiples of so many tokens: oneDNN keeps a compiled kernel for each width
that it meets, and makes it anew (1,500 chunks: 12 % less time and 0.15 in place of 0.53 GB)."""


def padded_width(lengths: Sequence[int]) -> int:
    """Return the width in tokens of a batch of texts that long."""
    return -(-max(lengths) // PADDED_TO) * PADDED_TO


def batched(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of texts that are computed together, the longest first."""
    batch: list[int] = []
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        longest = lengths[batch[0]] if batch else 0
        if batch and (len(batch) == MOST_TEXTS or longest * (len(batch) + 1) > MOST_TOKENS):
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def computed(
    lengths: Sequence[int], compute: Callable[[Sequence[int]], Sequence[Outcome]]
) -> list[Outcome]:
    """Return what `compute` makes of texts by their numbers, in the order of the texts."""
    batches = list(batched(lengths))
    found: dict[int, Outcome] = {}
    if len(batches) <= 1:
        for batch in batches:
            found.update(zip(batch, compute(batch), strict=True))
    else:
        # A batch a core, each of one torch thread: no OpenMP barrier between them, so that a busy
        # core slows one and not all (measured on two: 57 against 45-50 chunks/s).
        with ThreadPoolExecutor(usable_cores(), thread_name_prefix="batch") as pool:
            for batch, outcomes in zip(batches, pool.map(compute, batches), strict=True):
                found.update(zip(batch, outcomes, strict=True))
    return [found[number] for number in range(len(lengths))]
