"""The slim bar and the list of documents: what is read, what failed and why, what comes next.

Turns snapshots into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ingest.remote.address import shown
from pagelight.services.answering.protocols import EngineSeam, ProgressSeam
from pagelight.services.jobs.jobs import JobState
from pagelight.services.models.models_switch import ModelChange
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say, say_count, say_number
from pagelight.ui.html.sentences import translated
from pagelight.ui.html.words import time_left
from pagelight.ui.models.models_html import change_words, stop_button
from rag.storage.documents.records import DocumentRecord, Tally

State = Literal["loading", "reading", "empty", "ready"]

_STAGES: Final = {
    "looking": key("Looking through the folder"),
    "lettering": key("Reading the lettering of figures and scans"),
    "seeing": key("Looking at pictures"),
    "mending": key("Making lost vectors again"),
    "hearing": key("Hearing what is said in recordings"),
}
_UNITS: Final = {
    "seeing": (key("{done} of {n} picture"), key("{done} of {n} pictures")),
    "mending": (key("{done} of {n} passage"), key("{done} of {n} passages")),
}
_PAGES: Final = (key("{done} of {n} page"), key("{done} of {n} pages"))
_BY_PAGE: Final = {
    "lettering": _PAGES,
    "hearing": (key("{done} of {n} minute"), key("{done} of {n} minutes")),
}
"""Stages that are told by what `Progress` counts as pages."""

_FILES: Final = (key("{done} of {n} file"), key("{done} of {n} files"))
NONE_YET: Final = key("They are listed here as they are read.")
OF_THE_ENGINE: Final = (
    key("Answers quote your documents."),
    key("The search model is loading; a question waits for it."),
)
"""Sentences that come from below, as far as they are said in other languages."""

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


def status_words(engine: EngineSeam, job: JobState, changes: Sequence[ModelChange]) -> str:
    """Return what is told of what goes on: what is told of the documents is left out."""
    doing = _ingest_line(job, 0, told="") + engine.profile.told + f"{job.running} {engine.ready()}"
    return doing + _model_line(engine) + "".join(map(_change_line, changes)) + _error_line(job)


def status_view(
    engine: EngineSeam, job: JobState, changes: Sequence[ModelChange] = ()
) -> StatusView:
    """Return what the page shows; `changes` are those of models under way."""
    tally = engine.index.tally(most=LISTED)
    lines = [
        _ingest_line(job, tally.ready, told=engine.profile.told),
        _model_line(engine),
        *map(_change_line, changes),
        _error_line(job),
    ]
    return StatusView(
        state=_state(engine, job, tally.ready),
        busy=job.running or not engine.ready() or bool(changes),
        bar="".join(lines) + _failures(tally),
        library=engine.index.version(),
        documents=tally.ready,
    )


def _state(engine: EngineSeam, job: JobState, ready: int) -> State:
    if job.running:
        return "reading"
    if not ready:
        return "empty"
    return "ready" if engine.ready() else "loading"


def _model_line(engine: EngineSeam) -> str:
    if engine.ready():
        what = engine.status()
        return f'<div class="line">{escaped(translated(what))}</div>' if what else ""
    what = engine.status() or key("The models are loading.")
    return f'<div class="line busy">{escaped(translated(what))}</div>'


def _change_line(change: ModelChange) -> str:
    words = f"<span>{escaped(change_words(change))}</span>"
    return f'<div class="line busy">{words}{stop_button(change)}</div>'


def _error_line(job: JobState) -> str:
    if not job.error:
        return ""
    asks = _button("remove-all", key("Take all of them out of the index")) if job.emptied else ""
    return f'<div class="line failed"><span>{escaped(translated(job.error))}</span>{asks}</div>'


def _ingest_line(job: JobState, ready: int, *, told: str) -> str:
    if job.running and job.steered:
        return _progress_line(job.progress, paused=job.paused)
    if not ready:
        return f'<div class="line">{_nothing(job)}</div>'
    again = _button("refresh", key("Look for changes")) if job.folder else ""
    count = say_count(ready, "{n} document ready.", "{n} documents ready.")
    words = f"<span>{count} {escaped(known(told))}</span>"
    return f'<div class="line">{words}{_button("library", key("Show"))}{again}</div>'


def nothing_html(job: JobState) -> str:
    """Return what stands in place of the list while there is nothing to list."""
    told = _nothing(job) if not job.steered or job.folder is None else NONE_YET
    return f'<p class="remark">{known(told)}</p>'


def _nothing(job: JobState) -> str:
    if not job.steered:
        return f"<span>{say('There is nothing yet that you may see.')}</span>"
    if job.folder is None:
        told = say("No folder is chosen. Start with:")
        return f"<span>{told} <code>pagelight chat FOLDER</code></span>"
    again = _button("refresh", key("Look again"))
    told = say("No documents in {folder} yet.", folder=name(shown(job.folder)))
    return f"<span>{told}</span>{again}"


def _progress_line(progress: ProgressSeam | None, *, paused: bool) -> str:
    if progress is None:
        return f'<div class="line busy">{known(_STAGES["looking"])} …</div>'
    share = _share(progress)
    meter = (
        f'<progress max="100" value="{share:.1f}" aria-label="Progress"></progress>'
        if share is not None
        else ""
    )
    words = " · ".join(filter(None, (say("Paused") if paused else "", *_progress_words(progress))))
    rest = _button("continue", key("Continue")) if paused else _button("pause", key("Pause"))
    stop = _button("cancel", key("Stop"))
    kind = "line" if paused else "line busy"
    return f'<div class="{kind}"><span>{escaped(words)}</span>{rest}{stop}</div>{meter}'


def _progress_words(progress: ProgressSeam) -> list[str]:
    stage = known(_STAGES.get(progress.stage, key("Reading text")))
    if progress.stage == "looking" and not progress.files_total:
        return [stage, say_count(progress.files_done, "{n} file found", "{n} files found")]
    if progress.stage in _BY_PAGE and progress.pages_total:
        done, total, unit = progress.pages_done, progress.pages_total, _BY_PAGE[progress.stage]
    else:
        unit = _UNITS.get(progress.stage, _FILES)
        done, total = progress.files_done, progress.files_total
    count = say_count(total, *unit, done=say_number(done))
    counts_pages = progress.stage != "hearing" and progress.pages_per_s
    per_s = say_number(progress.pages_per_s, places=1) if counts_pages else ""
    speed = say("{n} pages/s", n=per_s) if per_s else ""
    return [stage, count, speed, _share_of_file(progress), time_left(progress.seconds_left)]


def _share_of_file(progress: ProgressSeam) -> str:
    """Return how far a recording is looked through, where that is told."""
    if progress.share is None:
        return ""
    file = progress.source.rpartition("/")[2]
    return say("{n} % of {name} looked through", n=round(100 * progress.share), name=file)


def _share(progress: ProgressSeam) -> float | None:
    if progress.stage in _BY_PAGE and progress.pages_total:
        return 100 * progress.pages_done / progress.pages_total
    return 100 * progress.files_done / progress.files_total if progress.files_total else None


def _failures(tally: Tally) -> str:
    if not tally.failed:
        return ""
    rows = "".join(map(_failed_row, tally.first_failed))
    summary = say_count(tally.failed, "{n} file could not be read", "{n} files could not be read")
    listed = f'<ul tabindex="0">{rows}</ul>'
    return f'<details class="failures"><summary>{summary}</summary>{listed}</details>'


def _failed_row(record: DocumentRecord) -> str:
    sources = ", ".join(name(source) for source in record.sources)
    why = f'<span class="why">{escaped(translated(record.reason))}</span>'
    return f'<li><span class="file">{sources}</span> {why}</li>'


def _button(action: str, label: str) -> str:
    return f'<button type="button" class="action" data-action="{action}">{known(label)}</button>'
