"""How far an ingest has come, and what it did. Knows files, pages and clocks; does no work.

Before all (`looking`) files are found, their total not known yet, and then compared with the index.
In the first stage (`reading`) a page is a page of a file; in the second (`lettering`) it is a
scanned page or a figure whose lettering is read. In the third (`seeing`) a file is a picture. Where
vectors were lost, they are made again before reading (`mending`): a file is a vector. After all of
it recordings may be heard (`hearing`): a page is a minute of sound.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

import msgspec

Stage = Literal["looking", "mending", "reading", "lettering", "seeing", "hearing", "done", "failed"]
State = Literal["ready", "unchanged", "failed", "skipped", "removed"]

SHOWN_EVERY_S: Final = 0.2
"""IngestProgress is told at most this often, but for the beginnings and ends of stages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProgress:
    """One moment. None: not known yet."""

    stage: Stage
    files_total: int = 0
    files_done: int = 0
    pages_done: int = 0
    pages_total: int | None = None
    pages_per_s: float = 0.0
    seconds_left: float | None = None
    source: str = ""
    share: float | None = None
    """So much of `source` is looked through (0 to 1), where that takes long."""


OnProgress = Callable[[IngestProgress], None]


class SharedProgress:
    """Tells how far single files are looked through, beside an ingest's progress."""

    def __init__(self) -> None:
        self._tell: OnProgress = lambda _: None
        self._latest: IngestProgress | None = None

    @contextmanager
    def listening(self, tell: OnProgress) -> Iterator[OnProgress]:
        """Lend what an ingest is to tell its progress to; it and the shares go to `tell`."""

        def keep(progress: IngestProgress) -> None:
            self._latest = progress
            tell(progress)

        self._tell = tell
        try:
            yield keep
        finally:
            self._latest = None

    def looked_through(self, source: str, share: float) -> None:
        """Say that so much of a file is looked through; nothing while no ingest runs."""
        latest = self._latest
        if latest is not None:
            self._tell(replace(latest, source=source, share=share))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of one file. `seconds` is the work that it took, 0 where it took none."""

    source: str
    state: State
    reason: str = ""
    warnings: tuple[str, ...] = ()
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0

    @property
    def is_telling(self) -> bool:
        """Whether a person is told of it by name."""
        return self.state in ("failed", "skipped") or bool(self.warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of every file, in the order of sources. `stopped`: the person broke it off.

    `notes` are sentences about the whole ("the image model can't be used"). `asks` is the question
    whether what is gone may leave the index, its drive may be away; "" if there is none.
    """

    files: tuple[FileReport, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    stopped: bool = False
    asks: str = ""

    @property
    def failed(self) -> tuple[FileReport, ...]:
        return tuple(file for file in self.files if file.state == "failed")

    def as_json(self, *, briefly: bool = False) -> dict[str, Any]:
        """Return what `pagelight ingest --json` prints; `briefly`: with the telling files alone."""
        files = (file for file in self.files if not briefly or file.is_telling)
        states = Counter(file.state for file in self.files)
        return {
            "files": [
                {**msgspec.to_builtins(file), "seconds": round(file.seconds, 3)} for file in files
            ],
            "notes": list(self.notes),
            "totals": {
                "files": len(self.files),
                **{state: states[state] for state in get_args(State)},
                "pages": sum(file.pages for file in self.files),
                "chunks": sum(file.chunks for file in self.files),
                "seconds": round(self.seconds, 3),
                "stopped": self.stopped,
            },
        }


class Tracker:
    """Counts what is done and tells it on. Its methods may be called from any thread."""

    def __init__(
        self, on_progress: OnProgress, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = on_progress
        self._clock = clock
        self._lock = threading.RLock()
        self._now = IngestProgress(stage="looking")
        self._shown_at = float("-inf")
        self._made_at = self._began_at = clock()
        self._work_total = self._work_done = 0.0

    @property
    def seconds(self) -> float:
        """Since the tracker was made."""
        return self._clock() - self._made_at

    @property
    def stage(self) -> Stage:
        return self._now.stage

    def begin(self, stage: Stage, *, files: int, work: float, pages: int | None = None) -> None:
        """Start a stage. `work` is its size in the unit that `advance` counts, e.g. bytes."""
        with self._lock:
            self._began_at = self._clock()
            self._work_total, self._work_done = work, 0.0
            self._now = IngestProgress(
                stage=stage, files_total=files, pages_total=pages, source=self._now.source
            )
            self._show(at_once=True)

    def now(self, source: str) -> None:
        """Say which file is being worked on."""
        with self._lock:
            self._now = replace(self._now, source=source)
            self._show()

    def advance(self, *, files: int = 0, pages: int = 0, work: float = 0) -> None:
        with self._lock:
            now, self._work_done = self._now, self._work_done + work
            self._now = replace(
                now, files_done=now.files_done + files, pages_done=now.pages_done + pages
            )
            self._show()

    def end(self, stage: Stage) -> None:
        """Say that all is `done`, or that it `failed` as a whole."""
        with self._lock:
            self._now = replace(self._now, stage=stage, source="")
            self._show(at_once=True)

    def _show(self, *, at_once: bool = False) -> None:
        now_s = self._clock()
        if not at_once and now_s - self._shown_at < SHOWN_EVERY_S:
            return
        self._shown_at = now_s
        elapsed_s = now_s - self._began_at
        pages_per_s = self._now.pages_done / elapsed_s if elapsed_s > 0 else 0.0
        seconds_left = self._seconds_left(elapsed_s)
        self._tell(replace(self._now, pages_per_s=pages_per_s, seconds_left=seconds_left))

    def _seconds_left(self, elapsed_s: float) -> float | None:
        if self.stage in ("done", "failed"):
            return 0.0
        if self._work_done <= 0 or self._work_total <= 0:
            return None
        return elapsed_s * max(0.0, self._work_total - self._work_done) / self._work_done
