"""Changes of models that the chat begins: in the background, told as they go, and stoppable.

Knows threads and clocks; knows nothing of HTML or HTTP.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from pagelight.services.jobs.job_queue import WaitingLine
from rag.errors import PagelightError
from rag.models.registry.model_table import PARTS, Part
from rag.pipeline.engine.switch import ModelSwitch

logger = logging.getLogger(__name__)

BUG: Final = "The change of models stopped because of a bug; the terminal shows where."
CLOSE_S: Final = 10.0


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
    def __init__(self, change: ModelChange, clock: Callable[[], float]) -> None:
        self.change = change
        self.stop = threading.Event()
        self.ended = threading.Event()
        self.key = secrets.token_hex(8)
        self._clock = clock
        self._began_s = 0.0

    def begin(self, what: str, total: int, /) -> None:
        """Vectors are to be made; none: what came meanwhile has them."""
        del what
        if total:
            self._began_s = self._clock()
            self.change = replace(self.change, done=0, total=total)

    def advance(self, count: int = 1, /) -> None:
        done, seconds = self.change.done + count, self._clock() - self._began_s
        per_s = done / seconds if seconds > 0 else 0.0
        left = (self.change.total - done) / per_s if per_s else None
        self.change = replace(self.change, done=done, per_s=per_s, seconds_left=left)


class Switches:
    """One change of each part at a time: a new one ends that before it. Safe for several threads.

    `clock` tells seconds.
    """

    def __init__(
        self, switching: ModelSwitch, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._switching = switching
        self._clock = clock
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
        run = _RunningChange(ModelChange(part=part, name=name), self._clock)
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
            self._switching.use(
                run.change.part,
                run.change.name,
                stop=run.stop,
                progress=run,
            )
        except PagelightError as problem:
            error = f"{problem} What was in use stays."
        except Exception:
            logger.exception("a change of models stopped by a bug")
            error = BUG
        with self._lock:
            self._error = error or self._error
            if self._runs.get(run.change.part) is run:
                del self._runs[run.change.part]
        run.ended.set()
