"""The slim bar and the list of documents: what is read, what failed and why, what comes next.

Turns snapshots into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from ingest.pipeline.progress import IngestProgress
from ingest.remote.address import shown
from pagelight.services.answering.asking import AnyEngine
from pagelight.services.jobs.jobs import JobState
from pagelight.services.models.models_job import ModelChange
from pagelight.ui.html.language import key, known, say, say_count, say_number, time_left
from pagelight.ui.models.models_html import change_words
from pagelight.ui.templating import render
from rag.errors import LockedError
from rag.storage.documents.records import Tally

State = Literal["loading", "reading", "empty", "ready"]

_FILES: Final = (key("{done} of {n} file"), key("{done} of {n} files"))
_PAGES: Final = (key("{done} of {n} page"), key("{done} of {n} pages"))
_MINUTES: Final = (key("{done} of {n} minute"), key("{done} of {n} minutes"))
_PICTURES: Final = (key("{done} of {n} picture"), key("{done} of {n} pictures"))
_PASSAGES: Final = (key("{done} of {n} passage"), key("{done} of {n} passages"))
_STAGES: Final = {
    "looking": (key("Looking through the folder"), _FILES),
    "lettering": (key("Reading the text in pictures and scans"), _PAGES),
    "seeing": (key("Looking at pictures"), _PICTURES),
    "mending": (key("Making lost vectors again"), _PASSAGES),
    "hearing": (key("Hearing what is said in recordings"), _MINUTES),
}
_READING: Final = (key("Reading text"), _FILES)
_BY_PAGE: Final = {"lettering", "hearing"}
"""Stages that are told by what `IngestProgress` counts as pages, where it knows how many."""

_LOCKED: Final = LockedError().message

SLOWEST_TOLD: Final = 0.1
"""Pages a second; fewer are told by the time that is left alone."""

LISTED: Final = 1000
"""Documents that the list shows; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """What the page shows of the program's state; `busy` asks it to look again soon.

    `library` is another text whenever the list of documents is another one; `documents` is how
    many of them can be asked about.
    """

    state: State
    busy: bool
    bar: str
    library: str
    documents: int


def status_words(engine: AnyEngine, job: JobState, changes: Sequence[ModelChange]) -> str:
    """Return what is told of what goes on: what is told of the documents is left out."""
    text = _bar(engine, job, changes, Tally(ready=0, failed=0), notice="")
    return f"{text}{engine.profile.notice}{job.running} {engine.ready()}"


def status_view(
    engine: AnyEngine, job: JobState, changes: Sequence[ModelChange] = ()
) -> StatusView:
    """Return what the page shows; `changes` are those of models under way."""
    tally = engine.index.tally(most=LISTED)
    return StatusView(
        state=_state(engine, job, tally.ready),
        busy=job.running or not engine.ready() or bool(changes),
        bar=_bar(engine, job, changes, tally, notice=engine.profile.notice),
        library=engine.index.version(),
        documents=tally.ready,
    )


def _state(engine: AnyEngine, job: JobState, ready: int) -> State:
    if job.running:
        return "reading"
    if not ready:
        return "empty"
    return "ready" if engine.ready() else "loading"


def _bar(
    engine: AnyEngine, job: JobState, changes: Sequence[ModelChange], tally: Tally, *, notice: str
) -> Markup:
    progress = job.progress
    done, total = _done(progress) if progress else (0, 0)
    return render(
        "library/status.html",
        job=job,
        folder=shown(job.folder) if job.folder else "",
        words=" · ".join(filter(None, _progress_words(progress))) if progress else "",
        share=100 * done / total if total else None,
        tally=tally,
        is_locked=any(_LOCKED in record.reason for record in tally.first_failed),
        notice=notice,
        is_ready=engine.ready(),
        model=engine.status(),
        changes=[(change, change_words(change)) for change in changes],
    )


def nothing_html(job: JobState) -> Markup:
    """Return what stands in place of the list while there is nothing to list."""
    folder = shown(job.folder) if job.folder else ""
    return render("library/nothing.html", job=job, folder=folder, is_list=True)


def _progress_words(progress: IngestProgress) -> list[str]:
    label, unit = _STAGES.get(progress.stage, _READING)
    if progress.stage == "looking" and not progress.files_total:
        return [known(label), say_count(progress.files_done, "{n} file found", "{n} files found")]
    done, total = _done(progress)
    if progress.stage in _BY_PAGE and not progress.pages_total:
        unit = _FILES
    count = say_count(total, *unit, done=say_number(done))
    per_s = 0.0 if progress.stage == "hearing" else progress.pages_per_s
    told = say_number(per_s, places=1) if per_s >= SLOWEST_TOLD else ""
    speed = say("{n} pages/s", n=told) if told else ""
    looked = ""
    if progress.share is not None:
        file = progress.source.rpartition("/")[2]
        looked = say("{n} % of {name} looked through", n=round(100 * progress.share), name=file)
    return [known(label), count, speed, looked, time_left(progress.seconds_left)]


def _done(progress: IngestProgress) -> tuple[int, int]:
    """Return how much is done, and of how much."""
    if progress.stage in _BY_PAGE and progress.pages_total:
        return progress.pages_done, progress.pages_total
    return progress.files_done, progress.files_total
