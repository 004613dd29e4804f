"""How much work a piece of code does, counted and so the same on any machine."""

import sys
from collections.abc import Callable


def calls_in(work: Callable[[], object]) -> int:
    """Return how many calls (of Python and of C) `work` makes in this thread."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in {"call", "c_call"}

    former = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(former)
    return calls


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """Return how many times the work grows with twice the input; `work(n)` makes it ready."""
    for_once, for_twice = (calls_in(work(n)) for n in (size, 2 * size))
    return for_twice / for_once
