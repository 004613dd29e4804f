"""A folder into the index: what changed is read, cut, embedded and stored, document by document.

Two passes. The first reads the text of every file, so that all can be asked about soon; the
second reads the lettering of figures and scanned pages. Where a model sees pictures, a third
looks at them. Knows the order of the work; knows no format, no model and no storage.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import KW_ONLY, dataclass, replace
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Final

from ingest.archives.passwords import lent
from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.discovery.media_type import SUPPORTED
from ingest.discovery.stable_read import SteadyReading
from ingest.pipeline.ahead import PauseControl
from ingest.pipeline.emptied import TO_REMOVE, question_of
from ingest.pipeline.outcomes import Account
from ingest.pipeline.passes import OcrPass, ParsePass
from ingest.pipeline.pictures import tell_seen
from ingest.pipeline.plan import make_plan
from ingest.pipeline.progress import OnProgress, Report, Stage, Tracker
from ingest.pipeline.writer import EMBEDDED_AT_ONCE, Writer
from ingest.remote.address import shown
from ingest.sandbox.parser_process import ParserProcess
from ingest.sandbox.worker import StoppedError
from rag.errors import PagelightError, WorkspaceError
from rag.protocols import Embedder
from rag.retrieval.images import ImageSearch, PhotographSearch
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex

_CLOCK_STEP_S: Final = 0.05
"""Times of files are those of a clock that steps, and may lie so far back."""

_LIMITS: Final = attrgetter(
    *("archive_mb", "archive_members", "archive_levels", "file_seconds", "file_mb"),
    *("file_memory_mb", "recording_mb", "recording_hours", "unpacked_mb", "page_limit"),
    *("image_megapixels", "ocr_min_score"),
)
RENEWED: Final = (
    "Documents read again, because this version of Pagelight divides them otherwise: {count:,}."
)


@dataclass(frozen=True, slots=True)
class Ingest:
    """Brings an index up to date with a folder. One run at a time.

    `reader` and `embedder` are called from other threads, the embedder from up to `lanes`, with
    what is `gathered` for it as `Writer` says.
    """

    index: WorkspaceIndex
    embedder: Embedder
    reader: ParserProcess
    settings: Settings
    _: KW_ONLY
    lanes: int = 1
    gathered: int = EMBEDDED_AT_ONCE
    patient: bool = False
    sight: ImageSearch | None = None
    photographs: PhotographSearch | None = None
    disk: Disk = LOCAL_DISK

    def run(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: threading.Event | None = None,
        remove_all: bool = False,
    ) -> Report:
        """Read what changed under `folder`; what is there no more leaves the index.

        Once `stop` is set, ends after the page or file at hand; the next run goes on from there.
        A `PauseControl` can also let it rest at such a place.
        A file that can't be read is in the report with its reason. Raises PagelightError where
        the folder or the workspace can't be used, and EmptiedError where every document would
        leave the index though its drive may only be away: with `remove_all` they do.
        """
        stop = stop or threading.Event()
        clock = stop.clock if isinstance(stop, PauseControl) else time.monotonic
        tracker = Tracker(on_progress, clock=clock)
        try:
            with closing(_IngestRun(self, tracker, stop)) as running:
                report = running.all(folder, remove_all=remove_all)
        except BaseException:
            tracker.end("failed")
            raise
        tracker.end("done")
        return report


def limits_digest(settings: Settings) -> str:
    """Name what a file may be worth another try under: limits, version, any lent passwords."""
    once = secrets.token_hex() if lent() else ""
    limits = (version("pagelight"), SUPPORTED, *_LIMITS(settings), once)
    return hashlib.sha256(repr(limits).encode()).hexdigest()[:16]


def _refuse_another(folder: Path, index: WorkspaceIndex) -> None:
    """Raise WorkspaceError if the workspace holds another folder, which is still there."""
    root = index.root
    if root is not None and root != folder.resolve() and os.path.isdir(root):  # noqa: PTH112 - one that gives out is none
        raise WorkspaceError(
            f"The workspace {index.workspace} holds the documents of {shown(root)}.",
            hint=f"Choose another workspace for {shown(folder)}: --workspace DIR.",
        )


@dataclass(frozen=True, slots=True)
class _StageProgress:
    """Shows a part of the work as a stage of the run; raises StoppedError once it is stopped."""

    stage: Stage
    tracker: Tracker
    stop: threading.Event

    def begin(self, what: str, total: int, /) -> None:
        del what  # the stage's name says it
        self.tracker.begin(self.stage, files=total, work=total)

    def advance(self, count: int = 1, /) -> None:
        self.tracker.advance(files=count, work=count)
        if self.stop.is_set():
            raise StoppedError


class _IngestRun:
    def __init__(self, tools: Ingest, tracker: Tracker, stop: threading.Event) -> None:
        self._tools = tools
        self._index = tools.index
        self._tracker = tracker
        self._stop = stop
        self._account = Account(tools.index, tracker, tried_with=limits_digest(tools.settings))
        self._writer = Writer(
            tools.index,
            tools.embedder,
            on_stored=self._account.stored,
            on_unstored=self._account.unstored,
            stop=stop,
            lanes=tools.lanes,
            gathered=tools.gathered,
            patient=tools.patient,
        )
        self._outdated: frozenset[str] = frozenset()
        self._shared = (tools, self._writer, self._account, tracker, stop)
        self._ocr_pass = OcrPass(*self._shared)

    def all(self, folder: Path, *, remove_all: bool) -> Report:
        began_s = time.time()
        _refuse_another(folder, self._index)
        former = self._index.files()
        self._outdated = self._index.outdated()
        try:
            plan = make_plan(
                folder,
                former,
                self._index,
                self._tools.reader,
                settings=self._tools.settings,
                tried_with=self._account.tried_with,
                outdated=self._outdated,
                remove_all=remove_all,
                progress=_StageProgress("looking", self._tracker, self._stop),
                stop=self._stop,
                disk=self._tools.disk,
            )
        except StoppedError:
            return Report(seconds=self._tracker.seconds, stopped=True)
        self._index.tidy.keep_all()
        self._index.set_root(folder.resolve())
        if self._index.vectors_lost:
            with suppress(StoppedError):  # the next run goes on there
                progress = _StageProgress("mending", self._tracker, self._stop)
                self._index.repair(self._tools.embedder.embed_documents, progress=progress)
        referred = self._index.tidy.of_documents() if plan.changes else None
        self._account.settle(plan, former)
        removed = filter(None, map(self._index.roots.place, plan.removed))
        self._tools.disk.forget(path for _, path in removed)
        ParsePass(*self._shared, plan.companions, self._complete).run(plan.jobs)
        if self._tools.settings.ocr:
            self._ocr_pass.run()
        asks = question_of(plan.losses)
        notes = (*([f"{asks} {TO_REMOVE}"] if asks else []), *self._renewed())
        notes = (*notes, *self._see_pictures())
        if referred is not None:
            notes = (*notes, *self._tidy_up(referred, began_s))
        seconds = self._tracker.seconds
        report = self._account.report(seconds=seconds, stopped=self._stop.is_set())
        return replace(report, notes=notes, asks=asks)

    def close(self) -> None:
        self._writer.close()

    def _complete(self, reading: SteadyReading) -> SteadyReading:
        """Read the lettering of an outdated document too: until then its former version answers."""
        renews = self._tools.settings.ocr and reading.document.id in self._outdated
        return self._ocr_pass.complete(reading) if renews else reading

    def _see_pictures(self) -> tuple[str, ...]:
        """Look at pictures; return why not, where that fails: it takes nothing from the words."""
        tools, progress = self._tools, _StageProgress("seeing", self._tracker, self._stop)
        if self._stop.is_set():
            return ()
        try:
            if tools.sight is not None:
                tools.sight.embed_missing(self._stop, progress)
            if tools.photographs is not None:
                tools.photographs.embed_missing(self._stop, progress)
                words = tools.photographs.words
                tell_seen(self._index, tools.embedder, words, self._stop)
        except StoppedError:
            return ()
        except PagelightError as error:
            return (str(error),)
        return ()

    def _renewed(self) -> tuple[str, ...]:
        """Say how many documents are of this version of Pagelight now that were of another."""
        if not self._outdated:
            return ()
        there = {record.doc_id for record in self._index.files().values()}
        count = len((self._outdated & there) - self._index.outdated())
        return (RENEWED.format(count=count),) if count else ()

    def _tidy_up(self, referred: Collection[str], began_s: float) -> tuple[str, ...]:
        """Give the disk space of what is gone back; return why not, where that fails.

        `referred` are the pictures that documents referred to when the run began.
        """
        try:
            gone = set(referred) - self._index.tidy.in_use()
            self._index.tidy.sweep(gone=gone, since_s=began_s - _CLOCK_STEP_S)
            if not self._stop.is_set():
                self._index.compact()
        except (PagelightError, OSError) as error:
            return (f"The disk space of what was deleted could not be given back: {error}",)
        return ()
