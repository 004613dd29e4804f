"""What models are given: texts of like lengths together, pictures with a margin.

Texts are computed by a worker a core, for the built-in models, which are too small for more than
one core each. Knows lengths and pixels; knows no model.
"""

from __future__ import annotations

import functools
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np

from rag.models.base.loading import usable_cores
from rag.protocols import Pixels

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

MAX_TOKENS: Final = 512
"""About what a batch holds: what its layers make of it stays in a core's cache."""

MIN_TOKENS: Final = 128
"""Fewer are not divided among workers: of 64 rows a product gets three quarters of its speed."""


def batched(lengths: Sequence[int], *, workers: int) -> list[list[int]]:
    """Return the numbers of texts that are computed together, the longest first.

    Texts of a batch are of like lengths, as each takes the time of its longest; there is a batch
    for each worker at least, if all are long enough together.
    """
    share = -(-sum(lengths) // workers)
    most = min(MAX_TOKENS, share) if share >= MIN_TOKENS else MAX_TOKENS
    batches: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= most:
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def computed(
    items: Sequence[Item],
    compute: Callable[[Sequence[Item]], Sequence[Outcome]],
    *,
    length: Callable[[Item], int],
) -> list[Outcome]:
    """Return what `compute` makes of texts, given some at a time, in the order of the texts."""
    batches = batched(list(map(length, items)), workers=usable_cores())
    given = [[items[number] for number in batch] for batch in batches]
    outcomes = map(compute, given) if len(given) <= 1 else _shared_out(given, compute)
    found: dict[int, Outcome] = {}
    for batch, made in zip(batches, outcomes, strict=True):
        found.update(zip(batch, made, strict=True))
    return [found[number] for number in range(len(items))]


def _shared_out(
    batches: Sequence[Sequence[Item]], compute: Callable[[Sequence[Item]], Sequence[Outcome]]
) -> Iterator[Sequence[Outcome]]:
    """Yield what becomes of each batch. Few wait at once: of several callers each has its turn."""
    waiting: deque[Future[Sequence[Outcome]]] = deque()
    for batch in batches:
        waiting.append(_workers().submit(compute, batch))
        if len(waiting) > usable_cores():
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


@functools.cache
def _workers() -> ThreadPoolExecutor:
    """Return the threads that compute for all callers, one a core.

    No barrier lies between them, so that a busy core slows one and not all. They stay: each new
    thread would take memory of its own from the allocator, which keeps it.
    """
    return ThreadPoolExecutor(usable_cores(), thread_name_prefix="batch")


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_workers.cache_clear)


def widened(pixels: Pixels, *, longest_shape: int, min_side_px: int = 1) -> Pixels:
    """Return the picture in a white margin where a side is too small, or too long."""
    height, width = pixels.shape[:2]
    least = max(min_side_px, -(-max(height, width) // longest_shape))
    if min(height, width) >= least:
        return pixels
    lacks = (max(0, least - side) for side in (height, width))
    margins = [(lack // 2, lack - lack // 2) for lack in lacks]
    return np.pad(pixels, [*margins, (0, 0)], constant_values=255)
