"""Work done on other threads, ahead of who takes its results; stopped, or let rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

READ_AHEAD: Final = 16
"""Jobs that may wait, read but not yet stored: reading goes on while the model loads, and while
what was read before is stored."""

_LOOK_S: Final = 0.5
"""How often a wait looks whether it should stop."""


class PauseControl(threading.Event):
    """The `stop` of an ingest that can be paused as well.

    Work asks `is_set` between two steps. While paused the question waits for its answer: each
    thread so rests at its next step. `set` ends a pause: what is stopped need not go on first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._paused_at_s: float | None = None
        self._rested_s = 0.0

    @property
    def paused(self) -> bool:
        return self._paused_at_s is not None

    @property
    def stopping(self) -> bool:
        """Whether work was asked to stop; unlike `is_set` it never waits."""
        return super().is_set()

    def pause(self) -> None:
        with self._changed:
            if self._paused_at_s is None and not super().is_set():
                self._paused_at_s = time.monotonic()

    def go_on(self) -> None:
        with self._changed:
            if self._paused_at_s is not None:
                self._rested_s += time.monotonic() - self._paused_at_s
            self._paused_at_s = None
            self._changed.notify_all()

    def is_set(self) -> bool:
        """Return whether to stop; while paused, wait until that is known."""
        with self._changed:
            self._changed.wait_for(lambda: not self.paused)
        return super().is_set()

    def set(self) -> None:
        super().set()
        self.go_on()

    def clear(self) -> None:
        super().clear()
        self.go_on()

    def clock(self) -> float:
        """Return seconds of a clock that stands still while paused."""
        with self._changed:
            now = time.monotonic() if self._paused_at_s is None else self._paused_at_s
            return now - self._rested_s


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedJob(Generic[Job, Result]):
    """A job whose work has ended after `seconds`; `result` returns, or raises, what that did."""

    job: Job
    seconds: float
    result: Callable[[], Result]


def ahead(
    jobs: Iterable[Job], work: Callable[[Job], Result], *, workers: int, stop: threading.Event
) -> Generator[FinishedJob[Job, Result] | None, None, None]:
    """Yield each job as its work ends, while some more are under way or finished.

    `workers` run at a time; as many as `READ_AHEAD`, or two for each of them, may be finished and
    not yet taken. Yields None whenever nothing has ended, before it waits: the taker's
    chance to use the time. Ends early once `stop` is set, after what is under way. A taker that
    breaks off (an error, Ctrl-C) does not wait for it: close the generator then.
    """
    waiting = iter(jobs)
    most = workers + max(READ_AHEAD, 2 * workers)
    under_way: set[Future[FinishedJob[Job, Result]]] = set()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ahead")
    try:
        while not stop.is_set():
            for job in islice(waiting, most - len(under_way)):
                under_way.add(pool.submit(_do, work, job, stop))
            if not under_way:
                break
            if not any(future.done() for future in under_way):
                yield None
            ended, under_way = wait(under_way, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
            for future in ended:
                yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown(wait=True, cancel_futures=True)


def _do(work: Callable[[Job], Result], job: Job, stop: threading.Event) -> FinishedJob[Job, Result]:
    stop.is_set()  # a pause is waited for here; what was begun is done all the same
    start, outcome = time.perf_counter(), Future[Result]()
    try:
        outcome.set_result(work(job))
    except Exception as error:  # noqa: BLE001 - handed to the taker, who raises it again
        outcome.set_exception(error)
    return FinishedJob(job=job, seconds=time.perf_counter() - start, result=outcome.result)
