"""Work in the background: ingests, one at a time, and a line of other work. Start and cancel.

Knows threads; knows nothing of parsers, models or HTML. Each run makes its ingest anew, with the
models that are in use then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.archives.passwords import lending
from ingest.pipeline.ahead import PauseControl
from ingest.pipeline.hearing_pass import Transcription
from ingest.pipeline.pictures import Describer
from ingest.pipeline.pipeline import Ingest
from ingest.pipeline.progress import FileReport, IngestProgress, OnProgress, Report, SharedProgress
from ingest.transcription.hearing import UNHEARD
from rag.errors import EmptiedError, PagelightError, WorkspaceBusyError
from rag.pipeline.engine.engine import Engine

if TYPE_CHECKING:
    from pagelight.services.jobs.shared_jobs import SharedTurn

logger = logging.getLogger(__name__)


class WaitingLine:
    """First come, first served. Its thread ends when nothing waits. Safe for several threads."""

    def __init__(self, *, max_waiting: int, name: str = "line") -> None:
        """`max_waiting`: pieces that may wait; `name`: of the thread."""
        self._max_waiting = max_waiting
        self._name = name
        self._lock = threading.Lock()
        self._waiting: dict[str, Callable[[], None]] = {}
        self._busy = False

    def add(self, key: str, work: Callable[[], None]) -> bool:
        """Let work wait for its turn; False where too much waits already."""
        with self._lock:
            if len(self._waiting) >= self._max_waiting:
                return False
            self._waiting[key] = work
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
            return True

    def take_out(self, key: str) -> bool:
        """Forget work; False where it has begun, or was never added."""
        with self._lock:
            return self._waiting.pop(key, None) is not None

    def ahead(self, key: str) -> int:
        """Return how many pieces come before this one, with that at hand; 0: it does not wait."""
        with self._lock:
            return next((n for n, one in enumerate(self._waiting, start=1) if one == key), 0)

    def _work(self) -> None:
        while work := self._next():
            try:
                work()
            except Exception:
                logger.exception("work in line %s broke off by a bug", self._name)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            key = next(iter(self._waiting), None)
            self._busy = key is not None
            return None if key is None else self._waiting.pop(key)


NOBODY_DESCRIBES: Final = (
    "Figures were not described: RAG_DESCRIBE needs a model that writes (RAG_GENERATOR)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedIngest:
    """An ingest after which recordings are heard, figures described, and what is new is read.

    Each only where it is set: the last by the models in use. `lifetime` is open while it runs;
    `then` is called once all is stored.
    """

    ingest: Ingest
    engine: Engine
    transcription: Transcription | None
    shares: SharedProgress
    lifetime: AbstractContextManager[object]
    then: Callable[[], None]

    def run(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: threading.Event | None = None,
        remove_all: bool = False,
    ) -> Report:
        """Run as `Ingest.run`. Raises WorkspaceBusyError where another machine does."""
        engine, hears = self.engine, self.transcription
        if not (engine.index.is_owned or engine.index.take_over()):
            raise WorkspaceBusyError(
                "Another machine reads the documents in.", hint="Ask the server that runs there."
            )
        with engine.reading_in(), self.lifetime, self.shares.listening(on_progress) as tell:
            report = self.ingest.run(folder, on_progress=tell, stop=stop, remove_all=remove_all)
            notes = list(report.notes)
            if hears is not None:
                with _told("Recordings were not heard", notes):
                    notes += hears.catch_up(stop, on_progress=on_progress)
                report = replace(report, files=tuple(map(self._as_heard, report.files)))
        if self.ingest.settings.describe:
            with _told("Figures were not described", notes), engine.lent() as active:
                if active.writer is None:
                    notes.append(NOBODY_DESCRIBES)
                else:
                    Describer(engine.index, engine.embedder, active.writer).catch_up(stop)
        engine.read_new(stop)
        self.then()
        with _told("Other machines know nothing of it yet", notes):
            while engine.index.share():
                continue
            engine.index.sweep_shared()
        return replace(report, notes=tuple(notes))

    def _as_heard(self, file: FileReport) -> FileReport:
        if UNHEARD.isdisjoint(file.warnings):
            return file
        record = self.engine.index.file(file.source)
        document = self.engine.index.document(record.doc_id) if record and record.doc_id else None
        return replace(file, warnings=document.warnings) if document else file


@contextmanager
def _told(what: str, notes: list[str]) -> Iterator[None]:
    """Note why something was not done: all else is stored by then, and it is tried again."""
    try:
        yield
    except PagelightError as error:
        notes.append(f"{what}: {error}")


TURN_S: Final = 1.0
"""So long it takes at most until a run that has just ended lets the next one begin."""

PATIENCE_S: Final = 5.0
"""So long who changes what is read waits for a run; one that finds nothing new ends sooner."""

BUG: Final = "Reading the documents stopped because of a bug; the terminal shows where."


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
    stopping: bool = False
    progress: IngestProgress | None = None
    report: Report | None = None
    error: str = ""
    emptied: bool = False
    steered: bool = True
    unread: int = 0


class Watched:
    """Ingests as who may not steer them sees them: without names; the folder if one `adds`."""

    def __init__(self, jobs: Jobs, *, adds: bool = False) -> None:
        self._jobs = jobs
        self._adds = adds

    @property
    def state(self) -> JobState:
        state = self._jobs.state
        folder = state.folder if self._adds else None
        return JobState(folder=folder, running=state.running, steered=False)


class Jobs:
    """Runs ingests of a folder one after another. Safe for several threads."""

    def __init__(
        self,
        make: Callable[[], FollowedIngest],
        *,
        folder: Path | None,
        turn: SharedTurn | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`turn` is held by the run in progress, from its start on; others wait `patience_s`."""
        self._make = make
        self._state = JobState(folder=folder)
        self._patience_s = patience_s
        self._stop = PauseControl()
        self._turn = turn or threading.Lock()
        self._changing = threading.Lock()  # of the state; progress comes from several threads
        self._thread: threading.Thread | None = None
        self._next_passwords: tuple[str, ...] = ()

    @property
    def state(self) -> JobState:
        running, stop = self._state.running, self._stop
        paused, stopping = running and stop.paused, running and stop.stopping
        return replace(self._state, paused=paused, stopping=stopping)

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
        with self._changing:
            if passwords and self._state.running:
                self._next_passwords = tuple(passwords)
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
        self._begin(folder)
        return self._read(folder, remove_all=remove_all)

    @contextmanager
    def held_off(self) -> Iterator[None]:
        """Let nothing be read until the block ends. Raises PagelightError after some patience."""
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

    def _begin(self, folder: Path) -> None:
        self._stop.clear()
        self._state = JobState(folder=folder, running=True)

    def _read(self, folder: Path, *, remove_all: bool) -> Report:
        """Read a folder in a turn that was taken, and give that back."""
        try:
            report = self._make().run(
                folder, on_progress=self._keep, stop=self._stop, remove_all=remove_all
            )
        except PagelightError as error:
            emptied = isinstance(error, EmptiedError)
            self._finish(error=error.message if emptied else str(error), emptied=emptied)
            raise
        except Exception:
            self._finish(error=BUG)
            raise
        else:
            self._finish(report=report, error=report.asks, emptied=bool(report.asks))
            return report
        finally:
            self._turn.release()
            passwords, self._next_passwords = self._next_passwords, ()
            if passwords:
                self.start(passwords=passwords)

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
