"""Models that load when first needed, and with how many cores they compute, by those there are.

OpenMP keeps torch's number of threads by thread: models of one and of many cores run side by side.
Imports torch only to compute.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

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
