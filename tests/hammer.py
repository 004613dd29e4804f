"""Many threads at one object, changing places after every few instructions."""

import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

THREADS = 8
ROUNDS = 25
CHANGES_S = 1e-6


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
    """Let threads take turns as often as the interpreter can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(CHANGES_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class Alone:
    """Counts who is inside: more than `most` at once is one too many."""

    def __init__(self, most=1):
        self.most, self.inside, self.entered = most, 0, 0
        self._lock = threading.Lock()

    def __enter__(self):
        with self._lock:
            self.inside, self.entered = self.inside + 1, self.entered + 1
            assert self.inside <= self.most

    def __exit__(self, *_):
        with self._lock:
            self.inside -= 1
