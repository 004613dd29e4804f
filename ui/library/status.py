"""The slim bar and the list of documents: what is read, what failed and why, what comes next.

Turns snapshots into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rag.index.rows.records import DocumentRecord
from service.asking.seams import EngineSeam, ProgressSeam
from service.models.models_switch import ModelChange
from service.work.jobs import JobState
from ui.html.escape import escaped, name
from ui.html.words import counted, time_left
from ui.models.models_html import change_words, stop_button

State = Literal["loading", "reading", "empty", "ready"]

_STAGES: Final = {
    "looking": "Looking through the folder",
    "lettering": "Reading the lettering of figures and scans",
    "seeing": "Looking at pictures",
    "mending": "Making lost vectors again",
}
_UNITS: Final = {"seeing": "picture", "mending": "passage"}
NONE_YET: Final = "They are listed here as they are read."
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
    doing = _ingest_line(job, (), told="") + engine.profile.told + f"{job.running} {engine.ready()}"
    return doing + _model_line(engine) + "".join(map(_change_line, changes)) + _error_line(job)


def status_view(
    engine: EngineSeam, job: JobState, changes: Sequence[ModelChange] = ()
) -> StatusView:
    """Return what the page shows; `changes` are those of models under way."""
    records = engine.index.documents()
    ready = [record for record in records if record.state == "ready"]
    failed = [record for record in records if record.state == "failed"]
    lines = [
        _ingest_line(job, ready, told=engine.profile.told),
        _model_line(engine),
        *map(_change_line, changes),
        _error_line(job),
    ]
    return StatusView(
        state=_state(engine, job, ready),
        busy=job.running or not engine.ready() or bool(changes),
        bar="".join(lines) + _failures(failed),
        library=engine.index.version(),
        documents=len(ready),
    )


def _state(engine: EngineSeam, job: JobState, ready: Sequence[DocumentRecord]) -> State:
    if job.running:
        return "reading"
    if not ready:
        return "empty"
    return "ready" if engine.ready() else "loading"


def _model_line(engine: EngineSeam) -> str:
    if engine.ready():
        what = engine.status()
        return f'<div class="line">{escaped(what)}</div>' if what else ""
    what = engine.status() or "The models are loading."
    return f'<div class="line busy">{escaped(what)}</div>'


def _change_line(change: ModelChange) -> str:
    words = f"<span>{escaped(change_words(change))}</span>"
    return f'<div class="line busy">{words}{stop_button(change)}</div>'


def _error_line(job: JobState) -> str:
    if not job.error:
        return ""
    asks = _button("remove-all", "Take all of them out of the index") if job.emptied else ""
    return f'<div class="line failed"><span>{escaped(job.error)}</span>{asks}</div>'


def _ingest_line(job: JobState, ready: Sequence[DocumentRecord], *, told: str) -> str:
    if job.running and job.steered:
        return _progress_line(job.progress, paused=job.paused)
    if not ready:
        return f'<div class="line">{_nothing(job)}</div>'
    again = _button("refresh", "Look for changes") if job.folder else ""
    words = f"<span>{counted(len(ready), 'document')} ready. {escaped(told)}</span>"
    return f'<div class="line">{words}{_button("library", "Show")}{again}</div>'


def nothing_html(job: JobState) -> str:
    """Return what stands in place of the list while there is nothing to list."""
    told = _nothing(job) if not job.steered or job.folder is None else NONE_YET
    return f'<p class="remark">{told}</p>'


def _nothing(job: JobState) -> str:
    if not job.steered:
        return "<span>There is nothing yet that you may see.</span>"
    if job.folder is None:
        return "<span>No folder is chosen. Start with: <code>pagelight chat FOLDER</code></span>"
    again = _button("refresh", "Look again")
    return f"<span>No documents in {name(str(job.folder))} yet.</span>{again}"


def _progress_line(progress: ProgressSeam | None, *, paused: bool) -> str:
    if progress is None:
        return '<div class="line busy">Looking through the folder …</div>'
    share = _share(progress)
    meter = (
        f'<progress max="100" value="{share:.1f}" aria-label="Progress"></progress>'
        if share is not None
        else ""
    )
    words = " · ".join(filter(None, ("Paused" if paused else "", *_progress_words(progress))))
    rest = _button("continue", "Continue") if paused else _button("pause", "Pause")
    stop = _button("cancel", "Stop")
    kind = "line" if paused else "line busy"
    return f'<div class="{kind}"><span>{escaped(words)}</span>{rest}{stop}</div>{meter}'


def _progress_words(progress: ProgressSeam) -> list[str]:
    stage = _STAGES.get(progress.stage, "Reading text")
    if progress.stage == "looking" and not progress.files_total:
        return [stage, f"{counted(progress.files_done, 'file')} found"]
    if progress.stage == "lettering" and progress.pages_total:
        done = f"{progress.pages_done:,} of {counted(progress.pages_total, 'page')}"
    else:
        unit = _UNITS.get(progress.stage, "file")
        done = f"{progress.files_done:,} of {counted(progress.files_total, unit)}"
    speed = f"{progress.pages_per_s:.1f} pages/s" if progress.pages_per_s else ""
    return [stage, done, speed, time_left(progress.seconds_left)]


def _share(progress: ProgressSeam) -> float | None:
    if progress.stage == "lettering" and progress.pages_total:
        return 100 * progress.pages_done / progress.pages_total
    return 100 * progress.files_done / progress.files_total if progress.files_total else None


def _failures(failed: Sequence[DocumentRecord]) -> str:
    if not failed:
        return ""
    rows = "".join(_failed_row(record) for record in failed[:LISTED])
    summary = f"{counted(len(failed), 'file')} could not be read"
    return f'<details class="failures"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _failed_row(record: DocumentRecord) -> str:
    sources = ", ".join(name(source) for source in record.sources)
    why = f'<span class="why">{escaped(record.reason)}</span>'
    return f'<li><span class="file">{sources}</span> {why}</li>'


def _button(action: str, label: str) -> str:
    return f'<button type="button" class="action" data-action="{action}">{label}</button>'
