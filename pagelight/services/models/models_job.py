"""Downloads and changes of models that the chat begins: in the background, told and stoppable.

Knows threads, processes and clocks; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import logging
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from pagelight.services.jobs.jobs import WaitingLine
from pagelight.services.models.models import check_space
from rag.errors import PagelightError
from rag.models.registry.downloads import Download, DownloadProgress, ModelStore
from rag.models.registry.model_table import PARTS, HubModel, Part
from rag.models.setup import ensure
from rag.models.setup.bundled import BUNDLED, WRITER, BundledModel, SetupState, state_of
from rag.pipeline.engine.models_in_use import ModelSwitch
from rag.settings import Settings

logger = logging.getLogger(__name__)


class ModelFetch:
    """Makes the models of the set-up ready by a child process. Safe for several threads."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        command: tuple[str, ...] = (sys.executable, "-P", "-m", ensure.__name__),
    ) -> None:
        self._environ = environ
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> SetupState:
        """How the writer stands just now, also by another process's work."""
        return state_of(WRITER, self._environ)

    def start(self, models: Sequence[BundledModel] = BUNDLED) -> bool:
        """Begin; False where there is nothing to do, another does it, or a person has to."""
        with self._lock:
            stages = {state_of(model, self._environ).stage for model in models}
            if self._process or stages <= {"off", "too small", "ready", "damaged"}:
                return False
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                (*self._command, *(model.role for model in models)),
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            return True

    def close(self) -> None:
        """End it; what came stays, and the next start goes on from there."""
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(CLOSE_S)


CLOSE_S: Final = 10.0
BUG: Final = "The download stopped because of a bug; the terminal shows where."


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchState:
    """A snapshot. `error` is a sentence for the person; `fetched` are names, of this start."""

    running: bool = False
    current: str = ""
    progress: DownloadProgress | None = None
    error: str = ""
    fetched: tuple[str, ...] = ()


class Fetches:
    """Fetches models one after another. Safe for several threads."""

    def __init__(
        self, settings: Settings, on_fetched: Callable[[HubModel], None] = lambda _: None
    ) -> None:
        self._settings = settings
        self._on_fetched = on_fetched
        self._state = FetchState()
        self._lock = threading.Lock()
        self._download: Download | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> FetchState:
        return self._state

    def start(self, models: Sequence[HubModel]) -> bool:
        """Download in the background; False if there is nothing to do or a run is under way."""
        with self._lock:
            if self._state.running or not models:
                return False
            self._state = replace(self._state, running=True, error="", progress=None)
            self._stopping.clear()
        self._thread = threading.Thread(
            target=self._run_quietly, args=(tuple(models),), name="fetch", daemon=True
        )
        self._thread.start()
        return True

    def stop(self) -> None:
        """Ask the run under way to end; what came stays, and the next run goes on from there."""
        self._stopping.set()
        if (download := self._download) is not None:
            download.stop()

    def close(self) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def _run_quietly(self, models: Sequence[HubModel]) -> None:
        error = ""
        try:
            check_space(self._settings, models)
            for model in models:
                self._fetch(model)
        except PagelightError as problem:
            error = str(problem)
        except Exception:
            logger.exception("a download stopped by a bug")
            error = BUG
        self._download = None
        self._state = replace(self._state, running=False, current="", progress=None, error=error)

    def _fetch(self, model: HubModel) -> None:
        self._download = download = Download(model, ModelStore(self._settings.models))
        if self._stopping.is_set():  # else who stops from now on stops this one
            return
        self._state = replace(self._state, current=model.name, progress=None)
        for progress in download:
            self._state = replace(self._state, progress=progress)
        if not download.stopped:
            self._state = replace(self._state, fetched=(*self._state.fetched, model.name))
            self._on_fetched(model)


SWITCH_BUG: Final = "The change of models stopped because of a bug; the terminal shows where."


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """A change under way. `name` "": back to the built-in way. `total` 0: the model is loading.

    Otherwise `done` of `total` passages or pictures have their vectors; `seconds_left` None: not
    known yet.
    """

    part: Part
    name: str
    done: int = 0
    total: int = 0
    per_s: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchView:
    """A snapshot. `running`: the changes under way, in the order of `PARTS`.

    `in_use`: what does each part, "" for the built-in way. `waiting`: models whose vectors were
    begun and are not being made now. `fixed`: settings that say what does a part. `error`: why
    the last change failed, as a sentence.
    """

    in_use: Mapping[Part, str]
    running: tuple[ModelChange, ...] = ()
    waiting: Mapping[Part, str] = field(default_factory=dict)
    fixed: Mapping[Part, str] = field(default_factory=dict)
    error: str = ""


class _RunningChange:
    def __init__(self, change: ModelChange) -> None:
        self.change = change
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.key = secrets.token_hex(8)
        self._began_s = 0.0

    def begin(self, what: str, total: int, /) -> None:
        """Vectors are to be made; none: what came meanwhile has them."""
        del what
        if total:
            self._began_s = time.monotonic()
            self.change = replace(self.change, done=0, total=total)

    def advance(self, count: int = 1, /) -> None:
        done, seconds = self.change.done + count, time.monotonic() - self._began_s
        per_s = done / seconds if seconds > 0 else 0.0
        left = (self.change.total - done) / per_s if per_s else None
        self.change = replace(self.change, done=done, per_s=per_s, seconds_left=left)


class Switches:
    """One change of each part at a time: a new one ends the former. Safe for several threads."""

    def __init__(self, switching: ModelSwitch) -> None:
        self._switching = switching
        self._lock = threading.Lock()
        self._runs: dict[Part, _RunningChange] = {}
        self._lines = {part: WaitingLine(max_waiting=1, name="switch") for part in PARTS}
        self._error = ""

    @property
    def running(self) -> tuple[ModelChange, ...]:
        with self._lock:
            return tuple(self._runs[part].change for part in PARTS if part in self._runs)

    def view(self) -> SwitchView:
        fixed = {part: setting for part in PARTS if (setting := self._switching.fixed(part))}
        return SwitchView(
            in_use=self._switching.in_use(),
            running=self.running,
            waiting=self._waiting(),
            fixed=fixed,
            error=self._error,
        )

    def offered(self) -> tuple[str, ...]:
        """Return what is on disk, not in use, and would be at the next start."""
        begun = {change.name for change in self.running} | set(self._waiting().values())
        return tuple(m.name for m in self._switching.offered() if m.name not in begun)

    def _waiting(self) -> dict[Part, str]:
        running = {change.part for change in self.running}
        return {p: name for p, name in self._switching.coming().items() if p not in running}

    def start(self, part: Part, name: str) -> None:
        """Begin to use a fetched model, or the built-in way (""), from the next question on."""
        run = _RunningChange(ModelChange(part=part, name=name))
        line = self._lines[part]
        with self._lock:
            former = self._runs.get(part)
            if former is not None:
                former.stop.set()
                line.take_out(former.key)
            self._runs[part] = run
            self._error = ""
            line.add(run.key, partial(self._work, run))

    def stop(self, part: Part) -> None:
        """End a change under way; the vectors that are made stay."""
        with self._lock:
            if part in self._runs:
                self._runs[part].stop.set()

    def go_on(self) -> None:
        for part, name in self._waiting().items():
            if not self._switching.fixed(part):
                self.start(part, name)

    def close(self) -> None:
        with self._lock:
            runs = list(self._runs.values())
            for run in runs:
                run.stop.set()
        for run in runs:
            run.ended.wait(CLOSE_S)

    def _work(self, run: _RunningChange) -> None:
        error = ""
        try:
            change = run.change
            self._switching.use(change.part, change.name, stop=run.stop, progress=run)
        except PagelightError as problem:
            error = f"{problem} What was in use stays."
        except Exception:
            logger.exception("a change of models stopped by a bug")
            error = SWITCH_BUG
        with self._lock:
            self._error = error or self._error
            if self._runs.get(run.change.part) is run:
                del self._runs[run.change.part]
        run.ended.set()
