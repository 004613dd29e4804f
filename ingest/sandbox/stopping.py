"""Whether who asked for a job still waits for it: told by one function to those that it calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, ParamSpec, TypeVar

PATIENCE_S: Final = 2.0
"""So long the file at hand may still take once work is to stop: most are whole by then."""

Asked = ParamSpec("Asked")
Made = TypeVar("Made")

_stop: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


def until(stop: threading.Event, work: Callable[Asked, Made]) -> Callable[Asked, Made]:
    """Return the same work, whose jobs are given up soon after `stop` is set: StoppedError."""

    def stoppable(*arguments: Asked.args, **options: Asked.kwargs) -> Made:
        token = _stop.set(stop)
        try:
            return work(*arguments, **options)
        finally:
            _stop.reset(token)

    return stoppable


class Patience:
    """Of who waits for a job that begins now, in the thread that asked for it."""

    def __init__(self) -> None:
        self._stop = _stop.get()
        self._since_s: float | None = None

    @property
    def is_over(self) -> bool:
        if self._stop is None or not self._stop.wait(0):  # `is_set` of a paused one would wait
            return False
        now_s = time.monotonic()
        self._since_s = now_s if self._since_s is None else self._since_s
        return now_s - self._since_s > PATIENCE_S
