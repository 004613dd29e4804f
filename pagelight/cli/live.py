"""Progress bars that are on the screen as long as a `with` block lasts."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rag.closing import Closing


class Live(Closing):
    """Shows `_progress` from enter to exit."""

    _progress: Progress

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def close(self) -> None:
        self._progress.stop()


class StepDisplay(Live):
    """A bar of steps done, on standard error; nothing where that is no terminal.

    Ctrl+C says how far a command came; `goes_on`: that it goes on there.
    """

    def __init__(self, what: str, *, goes_on: bool = True) -> None:
        self._goes_on = goes_on
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task(what, total=None, rate="")
        self._done, self._total, self._began_s = 0, 0, time.monotonic()

    def begin(self, what: str, total: int, /) -> None:
        self._done, self._total, self._began_s = 0, total, time.monotonic()
        self._progress.update(self._task, description=what, completed=0, total=total)

    def advance(self, count: int = 1, /) -> None:
        self._done += count
        rate = self._done / max(1e-9, time.monotonic() - self._began_s)
        self._progress.update(self._task, completed=self._done, rate=f"{rate:.1f} a second")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, KeyboardInterrupt) and self._total:
            later = " The same command goes on from there." if self._goes_on else ""
            sys.stderr.write(f"Stopped after {self._done} of {self._total}.{later}\n")
