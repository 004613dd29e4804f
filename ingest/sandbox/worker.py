"""One child seen from ours: started when needed, watched, stopped at its limits. Knows no jobs."""

from __future__ import annotations

import functools
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Final

import psutil

from ingest.sandbox import jobs
from ingest.sandbox.jobs import Job, Reply, Setup, Value, read_reply
from ingest.sandbox.stopping import Patience
from rag.errors import LimitError, PagelightError, PassingError, SourceError
from rag.settings import for_reading

JOBS_PER_CHILD: Final = 500
"""A fresh child now and then: libraries leak. To tell a file's type counts for no job: to begin
anew took half of the time that telling 2,000 small files did (benchmarks/LOG.md)."""

MAX_IDLE_MB: Final = 1000
"""A child that holds more than this between jobs is replaced; OCR by OpenVINO, which keeps what
its layers need, holds 860 after most pages (measured)."""

_LOOK_S: Final = 0.05
"""Between two looks at the child's memory; it can grow by about 100 MB in that time."""

_LONGEST_LOOK_S: Final = 2.0
"""From one look to the next on the busiest machine."""

_NEAR_LIMIT: Final = 0.7
"""A child that crashed above this share of its memory limit crashed for want of memory."""

_PATIENCE: Final = 4
"""Time on the clock through time at work that is still allowed, for machines that are busy."""

_KILLS: Final = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT})
"""Signals that come from outside; a decoder that goes wrong ends by others."""

_MEGABYTE: Final = 1 << 20

_ALLOCATOR: Final = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * _MEGABYTE),
    "MALLOC_TRIM_THRESHOLD_": str(64 * _MEGABYTE),
}
"""glibc then gives the largest buffers back at once: a child that reads lettering holds 547 MB at
most in place of 584. With a quarter of these it held 473, and each picture's buffers were taken
from the system anew: a seventh more of the processor (measured)."""

_NEEDED: Final = re.compile(
    r"PATH|HOME|USER|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|VIRTUAL_ENV|LD_LIBRARY_PATH"
    r"|(LC|PYTHON|CUDA|NVIDIA|OMP|OPENBLAS|MKL)_?[A-Z_]*"
)
"""Variables by which programs are found and compute. Any other may hold a key, and stays here."""

_START: Final = "import sys; from ingest.sandbox.child import main; main(int(sys.argv[1]))"
_CODE_ROOT: Final = Path(__file__).parents[2]

logger = logging.getLogger(__name__)


class ReaderBugError(Exception):
    """Carries the traceback of a child's unexpected error, as the cause of the error raised."""


class StoppedError(Exception):
    """Raised for a job that was under way when its worker was closed. The file is not at fault."""


class CrashedError(SourceError):
    """Raised for a file that made its reader crash."""


class KilledError(PassingError):
    """Raised where a reader was killed, as the system does that runs out of memory."""


class _GoneError(Exception):
    """The pipe broke: the child is dead."""


CRASHES: Final = (CrashedError, KilledError)


class Worker:
    """A child that does one job at a time. `close` may come from another thread."""

    def __init__(self, setup: Setup) -> None:
        self._setup = replace(setup, settings=for_reading(setup.settings))
        self._child: _Child | None = None
        self._jobs_done = 0
        self._peak_mb = 0.0
        self._closed = False

    def do(self, job: Job, *, on_reply: Callable[[jobs.UnderWay], None]) -> Value:
        """Have a job done; where the child crashes or is killed, once more by a fresh one.

        Lettering is not: who asked for it knows where to go on. The time limit starts again with
        each reply under way but `HowFar`. What the child warns of is logged here, once for all
        children.

        Raises LimitError (time, memory), CrashedError, KilledError, any error for the person that
        the job raised, StoppedError when closed or given up (`until`), and what `on_reply` raises;
        PagelightError where the system starts no child. The next job finds a working child in any
        case.
        """
        try:
            return self._tried(job, on_reply=on_reply)
        except CRASHES:
            if isinstance(job, jobs.LetterJob):
                raise
        return self._tried(job, on_reply=on_reply)

    def _tried(self, job: Job, *, on_reply: Callable[[jobs.UnderWay], None]) -> Value:
        if self._closed:
            raise StoppedError("the reader was closed")
        if self._child is None:
            self._child, self._jobs_done = _Child(self._setup), 0
        child, self._peak_mb = self._child, 0.0
        try:
            child.send(job)
            reply = self._last_reply(child, job, on_reply)
        except _GoneError as error:
            raise self._crash(child) from error
        except BaseException:
            self._end()
            raise
        self._jobs_done += not isinstance(job, jobs.TellJob)
        if self._jobs_done >= JOBS_PER_CHILD or child.resident_mb() > MAX_IDLE_MB:
            self._end()
        return self._value(reply)

    def close(self) -> None:
        """End the child at once, in the midst of a job too."""
        self._closed = True
        self._end()

    def _last_reply(
        self, child: _Child, job: Job, on_reply: Callable[[jobs.UnderWay], None]
    ) -> jobs.End:
        watch, patience = _StopWatch(child), Patience()
        max_bytes = self._setup.settings.file_memory_mb * _MEGABYTE  # no more than a child may hold
        while True:
            if patience.is_over:
                raise StoppedError
            reply = child.receive(job, max_bytes=max_bytes)
            if reply is None:
                self._check_limits(child, watch)
            elif isinstance(reply, jobs.Warned):
                warn_once(reply)
            elif isinstance(reply, jobs.UnderWay):
                on_reply(reply)
                if isinstance(reply, jobs.PageDone):
                    child.send(jobs.GoOn())
                if not isinstance(reply, jobs.HowFar):
                    watch = _StopWatch(child)
            else:
                return reply

    def _check_limits(self, child: _Child, watch: _StopWatch) -> None:
        used_mb = child.resident_mb()
        self._peak_mb = max(self._peak_mb, used_mb)
        if used_mb > self._setup.settings.file_memory_mb:
            raise self._over_memory()
        if watch.spent_s() > self._setup.settings.file_seconds:
            raise LimitError(
                f"Reading it takes more than {self._setup.settings.file_seconds:g} seconds.",
                hint="Raise RAG_FILE_SECONDS to give it more time.",
            )

    def _value(self, reply: jobs.End) -> Value:
        match reply:
            case jobs.Done():
                return reply.value
            case jobs.Failed():
                raise reply.error
            case jobs.OutOfMemory():
                raise self._over_memory()
            case jobs.Bug():
                logger.error("a reader failed unexpectedly:\n%s", reply.traceback)
                raise SourceError(
                    f"Pagelight failed on this file ({reply.summary}).",
                    hint="That is a fault of Pagelight; the log holds the details.",
                ) from ReaderBugError(reply.traceback)

    def _crash(self, child: _Child) -> Exception:
        """Return the error that says why the child is gone, and clear it away."""
        if self._closed:
            return StoppedError("the reader was closed")
        self._end()
        code = child.process.returncode
        ending = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if -code in _KILLS:
            return KilledError(
                f"The reader of this file was killed ({ending}).",
                hint="The next ingest tries again.",
            )
        if self._peak_mb > _NEAR_LIMIT * self._setup.settings.file_memory_mb:
            return self._over_memory()
        return CrashedError(
            f"The file makes its reader crash ({ending}).",
            hint="It may be damaged: open and save it with the program that made it.",
        )

    def _over_memory(self) -> LimitError:
        return LimitError(
            f"Reading it takes more than {self._setup.settings.file_memory_mb} MB of memory.",
            hint="Raise RAG_FILE_MEMORY_MB to allow more.",
        )

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


@functools.cache
def warn_once(warned: jobs.Warned) -> None:
    """Log what a child warned of; another child mostly says the same."""
    logging.getLogger(warned.logger).warning("%s", warned.text)


class _Child:
    """A process of our code alone, at the other end of a pipe. Raises PagelightError."""

    def __init__(self, setup: Setup) -> None:
        self._connection, theirs = Pipe()
        inherited = {name: value for name, value in os.environ.items() if _NEEDED.fullmatch(name)}
        own = {
            "PYTHONPATH": os.pathsep.join([str(_CODE_ROOT), *filter(None, sys.path)]),
            "OMP_NUM_THREADS": "1",
            **_ALLOCATOR,
        }
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-P", "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=inherited | own,
            )
            theirs.close()
            self._connection.send(setup)
        except OSError as error:  # the system's fault, and no file's
            raise PagelightError(
                f"No process could be started to read files: {error.strerror or error}.",
                hint="Close other programs, then run it again: it goes on from there.",
            ) from error

    def send(self, message: Job | jobs.GoOn) -> None:
        try:
            self._connection.send(message)
        except OSError as error:
            raise _GoneError from error

    def receive(self, job: Job, *, max_bytes: int) -> Reply | None:
        """Return the next reply, if any. Raises SourceError for what no child sends."""
        try:
            if not self._connection.poll(_LOOK_S):
                return None
            data = self._connection.recv_bytes(max_bytes)
        except (EOFError, OSError) as error:
            raise _GoneError from error
        try:
            return read_reply(data, job)
        except ValueError as error:
            logger.exception("a reader sent what is no reply")
            raise SourceError(
                "The reader of this file answered with what can't be read.",
                hint="The file may be made to harm: the log holds the details.",
            ) from error

    def resident_mb(self) -> float:
        """Return the memory that it holds; 0 once it is gone."""
        with suppress(psutil.Error):
            return float(psutil.Process(self.process.pid).memory_info().rss) / _MEGABYTE
        return 0.0

    def worked_s(self) -> float | None:
        """Return its processor time; None once it is gone."""
        with suppress(psutil.Error):
            times = psutil.Process(self.process.pid).cpu_times()
            return float(times.user + times.system)
        return None

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._connection.close()


class _StopWatch:
    """Seconds that a child worked, not those that it waited while others had the processor.

    One that sleeps is charged a quarter of the time, so that none can sleep for ever. Time in
    which nobody looks (all of us are suspended, by Ctrl+Z or with the machine) is not charged.
    """

    def __init__(self, child: _Child) -> None:
        self._child = child
        self._worked_s = child.worked_s()
        self._looked_s = time.monotonic()
        self._passed_s = 0.0

    def spent_s(self) -> float:
        now_s = time.monotonic()
        self._passed_s += min(now_s - self._looked_s, _LONGEST_LOOK_S)
        self._looked_s = now_s
        worked_s = self._child.worked_s()
        if worked_s is None or self._worked_s is None:
            return self._passed_s
        return max(worked_s - self._worked_s, self._passed_s / _PATIENCE)
