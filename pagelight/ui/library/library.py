"""The list of documents and the slim bar as HTML: what is read, what failed, what can be done.

The list is filtered here, and shown a part at a time, so that a thousand documents cost no more
than a hundred. Knows records and snapshots; knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Final, Literal

from babel.dates import format_date
from markupsafe import Markup

from ingest.pipeline.progress import IngestProgress
from ingest.remote.address import shown
from ingest.transcription.hearing import is_hearing, is_note
from pagelight.services.answering.asking import AnyEngine
from pagelight.services.jobs.jobs import JobState
from pagelight.services.models.models_job import ModelChange
from pagelight.services.rendering.page_pictures import is_drawn
from pagelight.ui.language import (
    key,
    known,
    say,
    say_count,
    say_number,
    spoken,
    time_left,
    translated,
)
from pagelight.ui.library.files import DEMO_FOLDER
from pagelight.ui.models import PASSAGES, PICTURES, change_words
from pagelight.ui.scope import filters_of, type_name
from pagelight.ui.templating import render
from rag.datamodel import composed
from rag.errors import LockedError
from rag.storage.documents.records import DocumentRecord, Tally
from rag.understanding.wishes.summary_wish import LENGTHS, summary_request

State = Literal["ready", "heard", "partly", "waiting", "failed", "out"]

STEP: Final = 100
"""Documents that are shown at first; "Show more" shows twice as many more."""

STATES: Final[dict[State, str]] = {
    "ready": key("Ready"),
    "heard": key("Heard by a machine"),
    "partly": key("Partly read"),
    "waiting": key("Pictures still to be read"),
    "failed": key("Could not be read"),
    "out": key("Left out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    record: DocumentRecord
    state: State

    @property
    def is_drawn(self) -> bool:
        return bool(self.record.id) and is_drawn(self.record.media_type)

    @property
    def suffix(self) -> str:
        """What stands in place of a picture of the file: the end of its name."""
        return PurePosixPath(self.record.sources[0]).suffix[1:5].upper()

    @property
    def notes(self) -> str:
        """Kind, pages and, where not all is well, state: what is told of each at first sight."""
        state = "" if self.state == "ready" else known(STATES[self.state])
        return _joined(self._kind, self._pages if self.record.page_count > 1 else "", state)

    @property
    def facts(self) -> str:
        """State, kind, pages, passages, day and language: what is known of them."""
        record, state = self.record, known(STATES[self.state])
        passages = say_count(record.chunk_count, "{n} passage", "{n} passages") if record.id else ""
        day = format_date(date.fromisoformat(record.day), locale=spoken()) if record.day else ""
        return _joined(state, self._kind, self._pages, passages, day, record.language)

    @property
    def _kind(self) -> str:
        return type_name(self.record.media_type) if self.record.id else ""

    @property
    def _pages(self) -> str:
        count = self.record.page_count
        return say_count(count, "{n} page", "{n} pages") if count else ""


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))


def rows_of(records: Sequence[DocumentRecord], left_out: Collection[str]) -> list[LibraryRow]:
    rows = [LibraryRow(record=record, state=_state_of(record)) for record in records]
    known = {source for record in records for source in record.sources} if left_out else ()
    out = (DocumentRecord(id="", sources=(source,)) for source in left_out if source not in known)
    rows += [LibraryRow(record=record, state="out") for record in out]
    return sorted(rows, key=lambda row: row.record.sources)


def _state_of(record: DocumentRecord) -> State:
    if record.state == "failed":
        return "failed"
    if record.pending:
        return "waiting"
    if not all(map(is_note, record.warnings)):
        return "partly"
    return "heard" if any(map(is_hearing, record.warnings)) else "ready"


def library_html(
    rows: Sequence[LibraryRow],
    *,
    words: str = "",
    state: str = "",
    shown: int = 0,
    steered: bool = True,
) -> Markup:
    """Return at most `shown` rows that have all `words` and the state; `steered`: to be changed."""
    asked = composed(words).casefold().split()
    found = [row for row in rows if state in {"", row.state} and _has(row.record, asked)]
    shown = max(shown, STEP)
    return render(
        "library/list.html",
        rows=found[:shown],
        count=len(found),
        shown=shown,
        more=shown + 2 * STEP,
        is_filtered=bool(words or state),
        is_empty=not rows,
        has_demo=any(row.record.sources[0].startswith(f"{DEMO_FOLDER}/") for row in rows),
        steered=steered,
        lengths=LENGTHS,
        summary_request=summary_request,
    )


def arrived_json(
    records: Sequence[DocumentRecord], sources: Collection[str], entries: Sequence[str] = ()
) -> dict[str, object]:
    """Return which files can be asked about, why others can't, which `entries` leave out."""
    wanted = frozenset(sources)
    found = [(source, r) for r in records for source in r.sources if source in wanted]
    failed = [
        {"source": source, "reason": translated(record.reason)}
        for source, record in found
        if record.state == "failed"
    ]
    ready = {source: record for source, record in found if record.state != "failed"}
    admits = filters_of(entries).admit
    outside = [
        source
        for source, record in ready.items()
        if not admits(source=source, media_type=record.media_type, day=record.day)
    ]
    return {"ready": list(ready), "failed": failed, "outside": outside}


def _has(record: DocumentRecord, words: Sequence[str]) -> bool:
    told = (*record.sources, record.title, type_name(record.media_type)) if words else ()
    text = composed(" ".join(told)).casefold()
    return all(word in text for word in words)


_FILES: Final = (key("{done} of {n} file"), key("{done} of {n} files"))
_PAGES: Final = (key("{done} of {n} page"), key("{done} of {n} pages"))
_MINUTES: Final = (key("{done} of {n} minute"), key("{done} of {n} minutes"))
_STAGES: Final = {
    "looking": (key("Looking through the folder"), _FILES),
    "lettering": (key("Reading the text in pictures and scans"), _PAGES),
    "seeing": (key("Looking at pictures"), PICTURES),
    "mending": (key("Making lost vectors again"), PASSAGES),
    "hearing": (key("Hearing what is said in recordings"), _MINUTES),
}
_READING: Final = (key("Reading text"), _FILES)
_BY_PAGE: Final = {"lettering", "hearing"}
"""Stages that are told by what `IngestProgress` counts as pages, where it knows how many."""

_LOCKED: Final = LockedError().message

SLOWEST_TOLD: Final = 1.0
"""Pages a second; fewer are told by the time that is left alone."""

LISTED: Final = 1000
"""Documents that the list shows; the rest are counted."""


def status_words(engine: AnyEngine, job: JobState, changes: Sequence[ModelChange]) -> str:
    """Return what is told of what goes on: what is told of the documents is left out."""
    text = _bar(engine, job, changes, Tally(ready=0, failed=0), notice="")
    return f"{text}{engine.profile.notice}{job.running} {engine.ready()}"


def status_json(
    engine: AnyEngine, job: JobState, changes: Sequence[ModelChange] = ()
) -> dict[str, object]:
    """Return what the page shows of the program; `changes` are those of models under way.

    `busy` has it look again soon; `library` is another text whenever the list of documents is;
    `documents` is how many of them can be asked about.
    """
    tally = engine.index.tally(most=LISTED)
    answers = "ready" if engine.ready() else "loading"
    return {
        "state": "reading" if job.running else answers if tally.ready else "empty",
        "busy": job.running or not engine.ready() or bool(changes),
        "bar": _bar(engine, job, changes, tally, notice=engine.profile.notice),
        "library": engine.index.version(),
        "documents": tally.ready,
    }


def _bar(
    engine: AnyEngine, job: JobState, changes: Sequence[ModelChange], tally: Tally, *, notice: str
) -> Markup:
    progress = job.progress
    done, total = _done(progress) if progress else (0, 0)
    return render(
        "library/status.html",
        job=job,
        folder=shown(job.folder) if job.folder else "",
        words=_progress_words(progress) if progress else "",
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


def _progress_words(progress: IngestProgress) -> str:
    label, unit = _STAGES.get(progress.stage, _READING)
    if progress.stage == "looking" and not progress.files_total:
        found = say_count(progress.files_done, "{n} file found", "{n} files found")
        return _joined(known(label), found)
    done, total = _done(progress)
    if progress.stage in _BY_PAGE and not progress.pages_total:
        unit = _FILES
    count = say_count(total, *unit, done=say_number(done))
    per_s = 0.0 if progress.stage == "hearing" else progress.pages_per_s
    speed = say("{n} pages/s", n=say_number(per_s, places=1)) if per_s >= SLOWEST_TOLD else ""
    looked = ""
    if progress.share is not None:
        file = progress.source.rpartition("/")[2]
        looked = say("{n} % of {name} looked through", n=round(100 * progress.share), name=file)
    return _joined(known(label), count, speed, looked, time_left(progress.seconds_left))


def _done(progress: IngestProgress) -> tuple[int, int]:
    if progress.stage in _BY_PAGE and progress.pages_total:
        return progress.pages_done, progress.pages_total
    return progress.files_done, progress.files_total
