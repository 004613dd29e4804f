"""Where the built-in models compute, on a GPU that torch can use or else the processor, and how.

How many threads of torch a model computes with is decided here alone, by the cores there are;
OpenMP keeps the number by thread: models of one and of many cores run side by side. Imports torch
only to decide or compute. Lettering has its own word for it (`ingest.ocr.ocr`).
"""

from __future__ import annotations

import logging
import os
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


def fastest_dtype(device: str = CPU) -> torch.dtype:
    """Return bfloat16 where the CPU has a unit for its matrices (Intel's AMX), float32 elsewhere.

    On a GPU bfloat16 where that computes it. With the CPU's unit it is about three times as fast.
    With AVX-512's own instruction for it it takes twice as long as float32, and without one longer
    still (measured; benchmarks/LOG.md).
    """
    import torch

    if device != CPU:
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    has_unit = torch.cpu.get_capabilities().get("amx_bf16", False)
    return torch.bfloat16 if has_unit else torch.float32


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
