"""Many threads at one object, changing places between any two lines of our code."""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

THREADS = 8
ROUNDS = 10
CHANGES_S = 1e-6
PAUSES = 0.1
"""So often a thread lets others go before a line of our code: few lines are else ever cut apart."""

OURS = tuple(f"{Path(__file__).parents[1] / folder}/" for folder in ("rag", "ingest", "pagelight"))


def hammer(use: Callable[[random.Random], None], *, rounds: int = ROUNDS) -> None:
    """Use it from many threads that begin together; raise what any of them met.

    Each draws from random numbers of its own.
    """
    begin = threading.Barrier(THREADS)

    def work(seed: int) -> None:
        draw = random.Random(seed)
        begin.wait()
        for _ in range(rounds):
            use(draw)

    with changing_often(), ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, seed) for seed in range(THREADS)]:
            done.result()


@contextmanager
def changing_often() -> Iterator[None]:
    """Let the threads that are made in the block take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(CHANGES_S)
    threading.settrace(_pausing)
    try:
        yield
    finally:
        threading.settrace(None)
        sys.setswitchinterval(before)


def _pausing(frame: FrameType, event: str, arg: object) -> Any:
    del event, arg
    if not frame.f_code.co_filename.startswith(OURS):
        return None
    if random.random() < PAUSES:
        time.sleep(0)
    return _pausing


class Alone:
    """Counts who is inside: more than `most` at once is one too many."""

    def __init__(self, most: int = 1) -> None:
        self.most, self.inside, self.entered = most, 0, 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.inside, self.entered = self.inside + 1, self.entered + 1
            assert self.inside <= self.most
        time.sleep(0)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.inside -= 1
