"""What a person at a terminal sees: bars while a command runs, reports, answers and hits.

Bars are on standard error. The words of documents, names of files and models steer nothing there
(`worded`). Prints; decides nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from rich.console import Console, RenderableType
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
from rag.clock import clock
from rag.closing import Closing
from rag.datamodel.writing import SearchStep
from rag.generation.tools.calls import step_line

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


def out(what: RenderableType, style: str = "") -> None:
    """Print a line on standard output, as it is, or a table."""
    Console(soft_wrap=True).print(worded(what, style) if isinstance(what, str) else what)


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

    def update(self, **what: Any) -> None:  # noqa: ANN401 - rich's
        self._progress.update(self._task, **what)

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
        self.update(description=what, completed=0, total=total)

    def advance(self, count: int = 1, /) -> None:
        self._done += count
        rate = self._done / max(1e-9, time.monotonic() - self._began_s)
        self.update(completed=self._done, rate=f"{rate:.1f} a second")

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


def print_row(row: Mapping[str, Any]) -> None:
    """Show a row of a table: the document, then a line for each question."""
    out(row["source"], "bold")
    for cell in row["cells"]:
        out(_line(cell))


def print_counts(rows: Sequence[Mapping[str, Any]], questions: Sequence[str]) -> None:
    """Show how many documents answer each question."""
    for n, question in enumerate(questions):
        count = sum(row["cells"][n]["answered"] for row in rows)
        out(f"{count} of {len(rows)} documents answer: {question}", "dim")


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
        self.update(
            description=_STAGES[progress.stage],
            completed=progress.files_done,
            total=progress.files_total or None,
            rate=text,
            visible=True,
        )

    def rest(self) -> None:
        """Show nothing until there is progress again."""
        self.update(visible=False)


def rate(progress: ingest.pipeline.progress.IngestProgress) -> str:
    """Return how far a long file is looked through or heard, or how fast pages are read."""
    if progress.stage == "hearing":
        return f"{progress.pages_done} of {progress.pages_total or 0} min"
    if progress.share is not None:
        return printable(f"{progress.source.rpartition('/')[2]} {progress.share:.0%}")
    return f"{progress.pages_per_s:.1f} pages/s"


def log(*lines: str, stderr: bool = False) -> None:
    """Print lines with the time of day, for one who looks in now and then."""
    console, now = Console(soft_wrap=True, stderr=stderr), time.strftime("%H:%M:%S")
    for line in lines:
        console.print(worded(f"{now}  {line}"))


_PREVIEW_LETTERS: Final = 200


def print_report(report: Mapping[str, Any]) -> None:
    """Show what failed and what is doubtful, then the totals."""
    for file in report["files"]:
        if file["state"] in ("failed", "skipped"):
            out(f"{file['state']}  {file['source']}: {file['reason']}", "yellow")
        for warning in file["warnings"]:
            out(f"note    {file['source']}: {warning}", "dim")
    for note in report["notes"]:
        out(f"note    {note}", "yellow")
    totals = report["totals"]
    out(", ".join(f"{name} {value}" for name, value in totals.items()))


def print_answer(answer: Mapping[str, Any]) -> None:
    """Show the answer, then a line for each source that it cites, or the nearest places."""
    for step in answer["steps"]:
        out(step_line(SearchStep(**step)), "dim")
    out(answer["text"])
    for other in answer["table_queries"]:
        text = f"Worked out: {other['result']} — {other['plan']}."
        out(text, "dim")
    for note in answer["notes"]:
        out(note, "yellow")
    if answer["speed"] and answer["state"] == "answered":
        out(f"Written by {answer['profile']}; {_speed(answer['speed'])}", "dim")
    cited = {c["number"]: c for c in answer["citations"]}
    for number, citation in sorted(cited.items()):
        out(f"[{number}] {place(citation)}", "cyan")
    if answer["state"] == "not_found" and answer["hits"]:
        out("The nearest places:", "dim")
        print_hits(answer["hits"][:3])


def _speed(speed: Mapping[str, float]) -> str:
    text = f"first words after {speed['first_s']:.1f} s"
    if speed["tokens_per_s"]:
        text += f", then {speed['tokens_per_s']:.0f} tokens a second"
    return text


def print_hits(hits: Sequence[Mapping[str, Any]]) -> None:
    """Show rank, place and the beginning of each hit's text."""
    if not hits:
        out("Nothing was found.")
    for hit in hits:
        out(f"{hit['rank']:>3}  {place(hit)}", "cyan")
        out(f"     {' '.join(hit['text'].split())[:_PREVIEW_LETTERS]}")


def print_reports(rows: Sequence[Mapping[str, Any]]) -> None:
    """Show each reported answer, and what a person said of it."""
    if not rows:
        out("No answer was reported.")
    for row in rows:
        out(f"{row['reported'][:10]}  {row['question']}", "cyan")
        answer = " ".join(row["answer"].split())[:_PREVIEW_LETTERS]
        out(f"    wrong  {answer}")
        if row["right"]:
            out(f"    right  {row['right']}")
        elif row["in_documents"] is False:
            out("    right  It is not in the documents.")


def print_exported(path: Path, written: int, left_out: int) -> None:
    """Say what an export wrote, and what it left out."""
    if left_out:
        out(f"Left out: {left_out} about a part of a page.", "yellow")
    count = "1 question" if written == 1 else f"{written} questions"
    out(f"{count} written. Ask them with: pagelight eval {path}")


def print_checkup(result: Mapping[str, Any]) -> None:
    for finding in result["findings"]:
        out(f"{finding['problem']} ({finding['count']})", "yellow")
    if result["salvaged"]:
        out(result["salvaged"], "yellow")
    if result["repaired"]:
        out(f"Mended: {result['repaired']} vectors written anew.")
    out(result["summary"])
    models = ", ".join(f"{part} {name}" for part, name in result["models"].items())
    out(f"Models: {models}.", "dim")
    out(result["reading"], "dim")


def place(found: Mapping[str, Any]) -> str:
    """Return file and page of a citation or hit; of a recording its time."""
    if found["page"] is not None:
        return f"{found['source']}, page {found['page']}"
    at = "" if found.get("start_s") is None else f", at {clock(found['start_s'])}"
    return f"{found['source']}{at}"
