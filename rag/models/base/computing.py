"""With how many cores models compute, models that load when first needed, and what they are given.

OpenMP keeps torch's number of threads by thread: models of one and of many cores run side by side.
Texts of like lengths are computed together, by a worker a core, for the built-in models, which are
too small for more than one core each; pictures get a margin. Imports torch only to compute.
"""

from __future__ import annotations

import functools
import gc
import logging
import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from rag.protocols import Pixels

if TYPE_CHECKING:
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

T = TypeVar("T")

CPU: Final = "cpu"
CUDA: Final = "cuda"

SMALL: Final = 1
"""For a built-in model: it is too small for more."""

ASKED_FOR: Final = "OMP_NUM_THREADS"


def spare_cores() -> int:
    """Return the threads for a model that a person chose: all cores of this process but one.

    The one is the chat's: with both of two cores taken, its page could not be clicked.
    `OMP_NUM_THREADS` says another number, as for any program of OpenMP.
    """
    asked = os.environ.get(ASKED_FOR, "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return max(1, usable_cores() - 1)


def usable_cores() -> int:
    """Return the cores that this process may use."""
    usable = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if usable else os.cpu_count() or 1


@contextmanager
def computing(threads: int) -> Iterator[None]:
    """Let torch compute with so many threads in this block, on the calling thread alone."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class LazyModel(ABC, Generic[T]):
    """Any thread may call; `_lock` may be taken again by the thread that holds it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loaded: T | None = None

    @property
    def ready(self) -> bool:
        """Whether it is used without a wait."""
        return self._loaded is not None

    def warm(self) -> None:
        """Load the model now."""
        self._model()

    def close(self) -> None:
        """Give the memory back. The next use loads again."""
        with self._lock:
            was_loaded, self._loaded = self._loaded is not None, None
        if was_loaded:
            gc.collect()
            torch = sys.modules.get("torch")  # of what does not need it, none is imported
            if torch is not None and torch.cuda.is_initialized():
                torch.cuda.empty_cache()

    def _model(self) -> T:
        with self._lock:
            if self._loaded is None:
                start = time.perf_counter()
                self._loaded = self._load()
                seconds = time.perf_counter() - start
                logger.info("loaded for %s in %.1f s", type(self).__name__, seconds)
            return self._loaded

    @abstractmethod
    def _load(self) -> T: ...


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a `tokenizer.json`, without the truncation and padding that it may ask for."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


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
