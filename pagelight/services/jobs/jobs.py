"""Ingests in the background: one at a time, the latest progress kept, start and cancel.

Knows threads; knows nothing of parsers, models or HTML. Each run makes its ingest anew, with the
models that are in use then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from ingest.archives.passwords import lending
from ingest.pipeline.pause import PauseControl
from ingest.pipeline.progress import IngestProgress, OnProgress, Report
from rag.errors import EmptiedError, PagelightError

logger = logging.getLogger(__name__)

TURN_S: Final = 1.0
"""So long it takes at most until a run that has just ended lets the next one begin."""

PATIENCE_S: Final = 5.0
"""So long who changes what is read waits for a run; one that finds nothing new ends sooner."""

BUG: Final = "Reading the documents stopped because of a bug; the terminal shows where."


class Ingesting(Protocol):
    """What runs: `ingest.pipeline.pipeline.Ingest`."""

    def run(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: threading.Event,
        remove_all: bool,
    ) -> Report: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """A snapshot. `error` is a sentence: why the last run broke off, or what it asks.

    `emptied`: it asks whether the documents that are gone are to leave the index.
    `steered`: whether who looks may start, stop and change what is read. `unread` is how many files
    were left when the last run was stopped.
    """

    folder: Path | None
    running: bool = False
    paused: bool = False
    progress: IngestProgress | None = None
    report: Report | None = None
    error: str = ""
    emptied: bool = False
    steered: bool = True
    unread: int = 0


class Watched:
    """Ingests as they show to those who may not steer them: no names, no counts.

    The folder is told to who `adds` to it.
    """

    def __init__(self, jobs: Jobs, *, adds: bool = False) -> None:
        self._jobs = jobs
        self._adds = adds

    @property
    def state(self) -> JobState:
        state = self._jobs.state
        folder = state.folder if self._adds else None
        return JobState(folder=folder, running=state.running, steered=False)


class ReadingTurn(Protocol):
    """A lock: what one thread takes, another may release."""

    def acquire(self, *, timeout: float = -1) -> bool: ...
    def release(self) -> None: ...


class Jobs:
    """Runs ingests of a folder one after another. Safe for several threads."""

    def __init__(
        self,
        make: Callable[[], Ingesting],
        *,
        folder: Path | None,
        turn: ReadingTurn | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`turn` is held by the run in progress, from its start on; others wait `patience_s`."""
        self._make = make
        self._state = JobState(folder=folder)
        self._patience_s = patience_s
        self._stop = PauseControl()
        self._turn: ReadingTurn = turn or threading.Lock()
        self._changing = threading.Lock()  # of the state; progress comes from several threads
        self._thread: threading.Thread | None = None
        self._next_passwords: tuple[str, ...] = ()

    @property
    def state(self) -> JobState:
        return replace(self._state, paused=self._state.running and self._stop.paused)

    @property
    def was_stopped(self) -> bool:
        """Whether nothing is read, as the last run was asked to stop."""
        return self._stop.is_set() and not self._state.running

    def start(self, *, remove_all: bool = False, passwords: Sequence[str] = ()) -> bool:
        """Read the folder in the background; False if there is none, or a run is under way.

        `remove_all` answers the question of a run that ended `emptied`; `passwords` are tried on
        locked files, and forgotten at the end. They wait for the end of a run under way.
        """
        folder = self._state.folder
        if passwords and self._queue(passwords):
            return True
        if folder is None or self._state.running or not self._turn.acquire(timeout=TURN_S):
            return False
        self._begin(folder)
        self._thread = threading.Thread(
            target=self._run_quietly,
            args=(folder, remove_all, passwords),
            name="ingest",
            daemon=True,
        )
        self._thread.start()
        return True

    def run(self, folder: Path, *, remove_all: bool = False) -> Report:
        """Read a folder on this thread, after the run under way. Raises PagelightError."""
        self._turn.acquire()
        try:
            self._begin(folder)
            return self._read(folder, remove_all=remove_all)
        finally:
            self._turn.release()
            self._start_queued()

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """Let nothing be read until the block ends.

        Raises PagelightError where a run goes on for longer than others wait for it.
        """
        if not self._turn.acquire(timeout=self._patience_s):
            raise PagelightError(
                "The folder is being read just now.", hint="Wait until that is done, or stop it."
            )
        try:
            yield
        finally:
            self._turn.release()

    def ask_elsewhere(self, wish: str, about: str) -> bool:
        """Ask another machine to change what it reads in; False where this one does that."""
        del wish, about
        return False

    def cancel(self) -> None:
        """Ask the run under way to stop; what it has read stays."""
        self._stop.set()

    def pause(self) -> None:
        """Let the run under way rest after the page or file at hand."""
        if self._state.running:
            self._stop.pause()

    def go_on(self) -> None:
        self._stop.go_on()

    def close(self, *, timeout_s: float = 10.0) -> None:
        self.cancel()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run_quietly(self, folder: Path, remove_all: bool, passwords: Sequence[str]) -> None:  # noqa: FBT001 - a thread's
        try:
            with lending(passwords):
                self._read(folder, remove_all=remove_all)
        except PagelightError as error:
            logger.warning("ingest stopped: %s", error)
        except Exception:
            logger.exception("ingest stopped by a bug")
        finally:
            self._turn.release()
            self._start_queued()

    def _queue(self, passwords: Sequence[str]) -> bool:
        with self._changing:
            if self._state.running:
                self._next_passwords = tuple(passwords)
            return self._state.running

    def _start_queued(self) -> None:
        passwords, self._next_passwords = self._next_passwords, ()
        if passwords:
            self.start(passwords=passwords)

    def _begin(self, folder: Path) -> None:
        """Whoever asks from now on to stop means this run."""
        self._stop.clear()
        self._state = JobState(folder=folder, running=True)

    def _read(self, folder: Path, *, remove_all: bool) -> Report:
        try:
            report = self._make().run(
                folder, on_progress=self._keep, stop=self._stop, remove_all=remove_all
            )
        except EmptiedError as error:
            self._finish(error=error.message, emptied=True)
            raise
        except PagelightError as error:
            self._finish(error=str(error))
            raise
        except Exception:
            self._finish(error=BUG)
            raise
        self._finish(report=report, error=report.asks, emptied=bool(report.asks))
        return report

    def _keep(self, progress: IngestProgress) -> None:
        with self._changing:
            self._state = replace(self._state, progress=progress)

    def _finish(
        self, *, report: Report | None = None, error: str = "", emptied: bool = False
    ) -> None:
        with self._changing:
            progress = self._state.progress if self._stop.is_set() else None
            unread = max(0, progress.files_total - progress.files_done) if progress else 0
            ended = replace(self._state, running=False, report=report, unread=unread)
            self._state = replace(ended, error=error, emptied=emptied)
