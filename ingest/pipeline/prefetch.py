"""Work done ahead of the one who takes its results, on other threads. Knows no kind of work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar, cast

Job = TypeVar("Job")
Result = TypeVar("Result")

READ_AHEAD: Final = 16
"""Jobs that may wait, read but not yet stored: reading goes on while the model loads, and while
what was read before is stored."""

_LOOK_S: Final = 0.5
"""How often a wait looks whether it should stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedJob(Generic[Job, Result]):
    """A job whose work has ended, well or not, after `seconds`."""

    job: Job
    seconds: float
    value: Result | None
    error: Exception | None

    def result(self) -> Result:
        """Return what the work returned, or raise what it raised."""
        if self.error is not None:
            raise self.error
        return cast("Result", self.value)


def ahead(
    jobs: Iterable[Job],
    work: Callable[[Job], Result],
    *,
    workers: int,
    stop: threading.Event,
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
    start = time.perf_counter()
    value: Result | None = None
    error: Exception | None = None
    try:
        value = work(job)
    except Exception as raised:  # noqa: BLE001 - handed to the taker, who raises it again
        error = raised
    return FinishedJob(job=job, seconds=time.perf_counter() - start, value=value, error=error)
