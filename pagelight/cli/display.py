"""What is on the screen while a command runs: bars on standard error, rows as they finish.

The words of documents, names of files and models steer nothing there (`worded`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

import ingest.pipeline.progress
from pagelight.cli.running import printable
from rag.closing import Closing

_STAGES: Final = {
    "looking": "Looking through the folder",
    "reading": "Reading text",
    "lettering": "Reading the text in pictures and scans",
    "seeing": "Looking at pictures",
    "hearing": "Hearing what is said in recordings",
    "mending": "Making lost vectors again",
    "done": "Done",
    "failed": "Failed",
}


def worded(text: str, style: str = "") -> Text:
    """Return text in a style, all of its letters shown as they are."""
    return Text(printable(text), style)


class Live(Closing):
    """Shows a bar on standard error from enter to exit; nothing where that is no terminal."""

    def __init__(self, what: str, *columns: ProgressColumn) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            *columns,
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task(what, total=None, rate="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def close(self) -> None:
        self._progress.stop()


class StepDisplay(Live):
    """A bar of steps done.

    Ctrl+C says how far a command came; `goes_on`: that it goes on there.
    """

    def __init__(self, what: str, *, goes_on: bool = True) -> None:
        rate = TextColumn("{task.fields[rate]}")
        super().__init__(what, MofNCompleteColumn(), rate, TimeRemainingColumn())
        self._goes_on = goes_on
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


class TableDisplay(StepDisplay):
    """A bar of documents on standard error; their rows on standard output."""

    def __init__(self) -> None:
        super().__init__("Asking every document")
        self._out = Console(soft_wrap=True)

    def show(self, row: Mapping[str, Any]) -> None:
        """Print a row: the document, then a line for each question."""
        self._out.print(worded(row["source"], "bold"))
        for cell in row["cells"]:
            self._out.print(_line(cell))

    def print_counts(self, rows: Sequence[Mapping[str, Any]], questions: Sequence[str]) -> None:
        """Print how many documents answer each question."""
        for n, question in enumerate(questions):
            count = sum(row["cells"][n]["answered"] for row in rows)
            self._out.print(worded(f"{count} of {len(rows)} documents answer: {question}", "dim"))


def _line(cell: Mapping[str, Any]) -> Text:
    line = worded(f"    {cell['question']}  ", "dim")
    if not cell["answered"]:
        return line.append("— no answer found", "dim")
    page = f"page {cell['page']}, " if cell["page"] is not None else ""
    line.append(printable(cell["text"]), "default")
    return line.append(f"  ({page}{cell['confidence']:.0%} sure)", "cyan")


class IngestDisplay(Live):
    """A bar of files read."""

    def __init__(self) -> None:
        rate = TextColumn("{task.fields[rate]}", markup=False)
        files = TextColumn("{task.completed}/{task.total} files")
        super().__init__("Looking for files", files, rate, TimeElapsedColumn())

    def show(self, progress: ingest.pipeline.progress.IngestProgress) -> None:
        text = rate(progress)
        if progress.seconds_left is not None:
            text += f", {progress.seconds_left:.0f} s left"
        self._progress.update(
            self._task,
            description=_STAGES[progress.stage],
            completed=progress.files_done,
            total=progress.files_total or None,
            rate=text,
            visible=True,
        )

    def rest(self) -> None:
        """Show nothing until there is progress again."""
        self._progress.update(self._task, visible=False)


def rate(progress: ingest.pipeline.progress.IngestProgress) -> str:
    """Return how far a long file is looked through or heard, or how fast pages are read."""
    if progress.stage == "hearing":
        return f"{progress.pages_done} of {progress.pages_total or 0} min"
    if progress.share is not None:
        return printable(f"{progress.source.rpartition('/')[2]} {progress.share:.0%}")
    return f"{progress.pages_per_s:.1f} pages/s"


class Log:
    """Lines with the time of day, for one who looks in now and then."""

    def __init__(self, *, stderr: bool) -> None:
        self._console = Console(soft_wrap=True, stderr=stderr)

    def tell(self, *lines: str) -> None:
        now = time.strftime("%H:%M:%S")
        for line in lines:
            self._console.print(worded(f"{now}  {line}"))
