"""How many cores a model computes with, by the cores there are; the names of devices.

OpenMP keeps torch's number of threads by thread: models of one and of many cores run side by side.
Imports torch only to compute.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

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
