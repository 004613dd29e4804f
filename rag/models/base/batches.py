"""Texts computed together, one behind another, by a worker a core, which end together.

For the built-in models, which are too small for more than one thread of torch each. Knows lengths;
knows no model.
"""

from __future__ import annotations

import functools
import heapq
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Final, TypeVar

from rag.models.base.device import usable_cores

Outcome = TypeVar("Outcome")

MAX_TOKENS: Final = 512
"""About what a batch holds: what its layers make of it stays in a core's cache."""
TOKENS_ON_GPU: Final = 65_536
"""The same for a GPU: .2 GB of a layer's states of the built-in models. Not measured."""

MIN_TOKENS: Final = 128
"""Fewer are not divided among workers: of 64 rows a product gets three quarters of its speed."""

PACKED_TO: Final = 16
"""Tokens of a batch are multiples of so many: oneDNN keeps a compiled kernel for each number that
it meets in bfloat16, and makes it anew (1,500 chunks: 12 % less time, 0.15 in place of 0.53 GB)."""


def packed(rows: Sequence[Sequence[int]], fill: int) -> list[int]:
    """Return numbers of texts one behind another, and what fills them up to `PACKED_TO`."""
    flat = list(chain.from_iterable(rows))
    return [*flat, *[fill] * (-len(flat) % PACKED_TO)]


def packed_lengths(lengths: Sequence[int]) -> list[int]:
    """Return the lengths of packed texts: what fills them up is the last one."""
    rest = -sum(lengths) % PACKED_TO
    return [*lengths, rest] if rest else list(lengths)


def batched(
    lengths: Sequence[int], *, workers: int, max_tokens: int = MAX_TOKENS
) -> list[list[int]]:
    """Return the numbers of texts that are computed together, the longest first.

    As many batches for each worker, with about as many tokens each: the next text goes to the
    shortest one (Graham, Bounds on multiprocessing timing anomalies, 1969).
    """
    total = sum(lengths)
    rounds = -(-total // (max_tokens * workers))
    count = rounds * workers if total >= MIN_TOKENS * workers else 1
    batches: list[list[int]] = [[] for _ in range(count)]
    tokens = [(0, n) for n in range(count)]
    for number in sorted(range(len(lengths)), key=lambda n: -lengths[n]):
        size, shortest = heapq.heappop(tokens)
        batches[shortest].append(number)
        heapq.heappush(tokens, (size + lengths[number], shortest))
    return [batch for batch in batches if batch]


def computed(
    lengths: Sequence[int],
    compute: Callable[[Sequence[int]], Sequence[Outcome]],
    *,
    on_gpu: bool = False,
) -> list[Outcome]:
    """Return what `compute` makes of texts by their numbers, in the order of the texts.

    `on_gpu`: one worker has large batches.
    """
    workers, most = (1, TOKENS_ON_GPU) if on_gpu else (usable_cores(), MAX_TOKENS)
    batches = batched(lengths, workers=workers, max_tokens=most)
    outcomes = map(compute, batches) if len(batches) <= 1 else _shared_out(batches, compute)
    found: dict[int, Outcome] = {}
    for batch, made in zip(batches, outcomes, strict=True):
        found.update(zip(batch, made, strict=True))
    return [found[number] for number in range(len(lengths))]


def _shared_out(
    batches: Sequence[Sequence[int]], compute: Callable[[Sequence[int]], Sequence[Outcome]]
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
    """Return the threads that compute for all callers, one a core, each of one torch thread.

    No OpenMP barrier lies between them, so that a busy core slows one and not all (measured on two:
    57 against 45-50 chunks/s). They stay: each new thread would take memory of its own from the
    allocator, which keeps it.
    """
    return ThreadPoolExecutor(usable_cores(), thread_name_prefix="batch")


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_workers.cache_clear)
