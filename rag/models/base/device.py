"""Where the built-in models compute, on a GPU that torch can use or else the processor, and how.

How many threads of torch a model computes with is decided here alone, by the cores there are;
OpenMP keeps the number by thread: models of one and of many cores run side by side. Imports torch
only to decide or compute. Lettering has its own word for it (`ingest.ocr.ocr`).
"""

from __future__ import annotations

import functools
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch
    from torch import nn


logger = logging.getLogger(__name__)

AUTO: Final = "auto"
CPU: Final = "cpu"
CUDA: Final = "cuda"


def placed(model: nn.Module, wanted: str) -> str:
    """Move a model to the device that is wanted, and return torch's name of it.

    Where that can't be (no driver, no room) it stays on the processor, and a warning tells why.
    """
    import torch

    device = wanted
    if wanted == AUTO:
        device = CUDA if torch.cuda.is_available() else CPU
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:  # torch's words: with CUDA, and built without
        logger.warning("the processor computes, for the GPU can't be used: %s", error)
        device = CPU
        model.to(device)
    return device


TIMED: Final = (256, 384, 1536)
"""Rows, width and inner width of the product that is timed: one of the built-in models'."""

FASTER: Final = 1.3
"""So many times as fast bfloat16 must be: with AVX-512's instruction for it one processor was
measured at half of float32's speed, another at 3.8 times (benchmarks/LOG.md)."""


def fastest_dtype(device: str = CPU) -> torch.dtype:
    """Return bfloat16 where the built-in models are faster in it, float32 elsewhere.

    On a GPU where that computes it; on a CPU by timing a product once, .06 s of the processor.
    """
    import torch

    fast = torch.cuda.is_bf16_supported() if device != CPU else bfloat16_is_faster()
    return torch.bfloat16 if fast else torch.float32


@functools.cache
def bfloat16_is_faster() -> bool:
    """Time a product in both; never where the CPU has no instruction for bfloat16."""
    import torch

    able = torch.cpu.get_capabilities()
    if not (able.get("amx_bf16", False) or able.get("avx512_bf16", False)):
        return False
    return _product_s(torch.float32) > FASTER * _product_s(torch.bfloat16)


def _product_s(dtype: torch.dtype) -> float:
    """Return what a product takes of the processor at least, on one thread."""
    import torch

    rows, width, inner = TIMED
    states, weights = torch.ones(rows, width, dtype=dtype), torch.ones(inner, width, dtype=dtype)
    taken = []
    with computing(SMALL), torch.inference_mode():
        for _ in range(4):  # the first compiles it
            start = time.thread_time()
            torch.nn.functional.linear(states, weights)
            taken.append(time.thread_time() - start)
    return min(taken)


SMALL: Final = 1
"""For each worker of the built-in models, of which one a core runs: on two cores no barrier of
OpenMP between them was best (57 against 45-50 chunks/s), and they are too small for more."""

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
