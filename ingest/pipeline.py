"""A folder into the index: what changed is read, cut, embedded and stored, document by document.

Two passes. The first reads the text of every file, so that all can be asked about soon; the
second reads the lettering of figures and scanned pages. Where there is an image model, a third
looks at the pictures. Reading happens on other threads (which
wait for child processes) ahead of embedding and storing, which happen here. Knows the order of
the work; knows no format, no model and no storage.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final, Protocol

from ingest.account import UNLETTERED, Account
from ingest.ahead import Done, ahead
from ingest.brake import Brake
from ingest.expand import Opened, Unpack
from ingest.isolate_worker import StoppedError
from ingest.media_type import SUPPORTED
from ingest.plan import Job, make_plan
from ingest.progress import OnProgress, Report, Tracker
from ingest.steady import Reading, UnsteadyError, read_steadily
from ingest.writer import ChunkDocument, Writer
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, SourceError, WorkspaceError
from rag.index.lettering_cache import LetteringCache
from rag.index.store import WorkspaceIndex
from rag.protocols import Embedder
from rag.settings import Settings
from rag.sight import Sight

READ_AHEAD: Final = 16
"""Documents that may wait, read but not yet stored: reading goes on while the model loads."""

MANY_JOBS: Final = 8
"""From so many documents on the model loads while the first are read; few may need no vectors."""

QUICK_PAGES: Final = 3
"""Pages and pictures of a document whose lettering is read before that of longer ones."""

_CLOCK_STEP_S: Final = 0.05
"""Times of files are those of a clock that steps, and may lie so far back."""

RENEWED: Final = (
    "Documents read again, because this version of Pagelight divides them otherwise: {count:,}."
)
_GONE: Final = "The file is not there any more."

OnPage = Callable[[int | None], None]
"""Called after each page or picture whose lettering was read, with its page."""

Parse = Callable[[SourceFile], Document]


class Letter(Protocol):
    """`ingest.isolate.ParserProcess.letter`. What `on_page` raises comes out of the call."""

    def __call__(
        self, document: Document, file: SourceFile, /, *, on_page: OnPage, cache: LetteringCache
    ) -> Document: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tools:
    index: WorkspaceIndex
    embedder: Embedder
    chunker: ChunkDocument
    parse: Parse
    letter: Letter
    settings: Settings
    parsers: int
    workers: int
    tried_with: str
    sight: Sight | None
    opened: Opened | None


class Ingest:
    """Brings an index up to date with a folder. One run at a time.

    `parse` reads a file (`SourceError`: it can't be read); `letter` reads the lettering that a
    document still lacks; `unpack` opens archives and mails, which stay closed without it.
    They are called from other threads: `parse` from up to `parsers`, `letter` from up to `workers`.
    """

    def __init__(  # noqa: PLR0917 - the six things it works with, each of its own type
        self,
        index: WorkspaceIndex,
        embedder: Embedder,
        chunker: ChunkDocument,
        parse: Parse,
        letter: Letter,
        settings: Settings,
        *,
        parsers: int = 1,
        workers: int = 1,
        sight: Sight | None = None,
        unpack: Unpack | None = None,
    ) -> None:
        self._tools = _Tools(
            index=index,
            embedder=embedder,
            chunker=chunker,
            parse=parse,
            letter=letter,
            settings=settings,
            parsers=parsers,
            workers=workers,
            tried_with=limits_digest(settings),
            sight=sight,
            opened=Opened(store=index.members, unpack=unpack) if unpack else None,
        )

    def run(
        self, folder: Path, *, on_progress: OnProgress, stop: threading.Event | None = None
    ) -> Report:
        """Read what changed under `folder`; what is there no more leaves the index.

        Once `stop` is set, ends after the page or file at hand; the next run goes on from there.
        A `Brake` can also let it rest at such a place.
        A file that can't be read is in the report with its reason. Raises PagelightError where
        the folder or the workspace can't be used.
        """
        brake = stop or Brake()
        clock = brake.clock if isinstance(brake, Brake) else time.monotonic
        tracker = Tracker(on_progress, clock=clock)
        try:
            with closing(_Run(self._tools, tracker, brake)) as running:
                report = running.all(folder)
        except BaseException:
            tracker.end("failed")
            raise
        tracker.end("done")
        return report


def limits_digest(settings: Settings) -> str:
    """Name the limits and the version under which a file may be worth another try."""
    limits = (
        version("pagelight"),
        SUPPORTED,
        settings.archive_mb,
        settings.archive_members,
        settings.archive_levels,
        settings.file_seconds,
        settings.file_mb,
        settings.file_memory_mb,
        settings.unpacked_mb,
        settings.page_limit,
        settings.image_megapixels,
        settings.ocr_min_score,
    )
    return hashlib.sha256(repr(limits).encode()).hexdigest()[:16]


def _refuse_another(folder: Path, index: WorkspaceIndex) -> None:
    """Raise WorkspaceError if the workspace mirrors another folder that is still there.

    Reading this one would take every document of that one out of the index.
    """
    root = index.root
    if root is not None and root != folder.resolve() and root.is_dir():
        raise WorkspaceError(
            f"The workspace {index.workspace} holds the documents of {root}.",
            hint=f"Choose another workspace for {folder}: --workspace DIR.",
        )


class _Run:
    """One run: its two passes."""

    def __init__(self, tools: _Tools, tracker: Tracker, stop: threading.Event) -> None:
        self._tools = tools
        self._index = tools.index
        self._tracker = tracker
        self._stop = stop
        self._account = Account(tools.index, tracker, tried_with=tools.tried_with)
        self._writer = Writer(
            tools.index,
            tools.embedder,
            tools.chunker,
            on_stored=self._account.stored,
            on_unstored=self._account.unstored,
            stop=stop,
        )
        self._outdated: frozenset[str] = frozenset()

    def all(self, folder: Path) -> Report:
        began_s = time.time()
        _refuse_another(folder, self._index)
        former = self._index.files()
        self._outdated = self._index.outdated()
        plan = make_plan(
            folder,
            former,
            settings=self._tools.settings,
            tried_with=self._tools.tried_with,
            opened=self._tools.opened,
            left_out=self._index.left_out.sources(),
            outdated=self._outdated,
        )
        self._index.set_root(folder.resolve())
        if self._index.vectors_lost:
            self._mend()
        shown = self._index.tidy.in_use() if plan.changes else None
        self._account.settle(plan, former)
        self._read_text(plan.jobs)
        if self._tools.settings.ocr:
            self._read_lettering()
        notes = (*self._renewed(), *self._see_pictures())
        if shown is not None:
            notes = (*notes, *self._tidy_up(shown, began_s))
        seconds = self._tracker.seconds
        report = self._account.report(seconds=seconds, stopped=self._stop.is_set())
        return replace(report, notes=notes)

    def close(self) -> None:
        self._writer.close()

    def _mend(self) -> None:
        """Make vectors that were lost again; once stopped, the next run goes on there."""
        with suppress(StoppedError):
            self._index.repair(self._tools.embedder.embed_documents, gauge=self)

    def begin(self, what: str, total: int, /) -> None:
        """Be the gauge of a repair."""
        del what  # the stage's name says it
        self._tracker.begin("mending", files=total, work=total)

    def advance(self, count: int = 1, /) -> None:
        self._tracker.advance(files=count, work=count)
        self._refuse_stopped()

    # First pass

    def _read_text(self, jobs: Sequence[Job]) -> None:
        if len(jobs) >= MANY_JOBS:
            self._writer.prepare()
        size = sum(job.file.size_bytes for job in jobs)
        self._tracker.begin("reading", files=sum(len(job.files) for job in jobs), work=size)
        parsers = self._tools.parsers
        running = ahead(jobs, self._parse, workers=parsers, depth=READ_AHEAD, stop=self._stop)
        with closing(running):
            for done in running:
                if done is None:
                    self._writer.pause()
                else:
                    self._take_text(done)
        self._writer.flush()

    def _parse(self, job: Job) -> Reading:
        self._tracker.now(job.file.source)
        if job.file.root == str(self._index.members.root):  # unpacked: nothing changes it
            document = self._tools.parse(job.file)
            sources = tuple(file.source for file in job.files)
            reading = Reading(document=replace(document, sources=sources), files=job.files)
        else:
            reading = read_steadily(job.files, self._tools.parse, settings=self._tools.settings)
        return self._lettered(reading) if reading.document.id in self._outdated else reading

    def _lettered(self, reading: Reading) -> Reading:
        """Return it with its lettering: until then the document's former version answers."""
        if not (reading.document.pending and self._tools.settings.ocr):
            return reading
        try:
            document = self._tools.letter(
                reading.document,
                reading.files[0],
                on_page=lambda _: self._refuse_stopped(),
                cache=self._index.lettering_cache,
            )
        except SourceError:
            return reading  # the second pass tries again, and tells
        return replace(reading, document=document)

    def _take_text(self, done: Done[Job, Reading]) -> None:
        records = [self._account.record(file) for file in done.job.files]
        try:
            reading = done.result()
            records = [self._account.record(file) for file in reading.files]
            self._writer.add(reading.document, records, seconds=done.seconds)
            late = [file for file in done.job.files if file.source not in reading.document.sources]
            self._account.unsteady(late)
        except StoppedError:
            self._stop.set()
        except UnsteadyError as error:
            self._account.unsteady(done.job.files, reason=str(error))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            taken = [replace(record, seconds=done.seconds) for record in records]
            self._account.failed(taken, error)
        if self._writer.full:
            self._writer.hand_over()

    # Second pass

    def _read_lettering(self) -> None:
        waiting = self._index.unlettered.pending(tried_with=self._tools.tried_with)
        counts = {doc_id: self._pending_count(doc_id) for doc_id in waiting}
        if not counts or self._stop.is_set():
            return
        total = sum(counts.values())
        self._tracker.begin("lettering", files=len(counts), work=total, pages=total)
        jobs = _quick_ones_first(counts)
        workers = self._tools.workers
        running = ahead(jobs, self._letter, workers=workers, depth=workers, stop=self._stop)
        with closing(running):
            for done in running:
                if done is None:
                    self._writer.pause()
                else:
                    self._take_lettering(done)
        self._writer.flush()

    def _pending_count(self, doc_id: str) -> int:
        document = self._index.document(doc_id)
        return 0 if document is None else sum(element.pending for element in document.elements)

    def _letter(self, doc_id: str) -> Document:
        document = self._index.document(doc_id)
        if document is None:
            raise SourceError(_GONE)
        file = self._source_file(document)
        document = _without_warning(document, UNLETTERED)
        self._tracker.now(file.source)
        return self._tools.letter(
            document, file, on_page=self._on_page, cache=self._index.lettering_cache
        )

    def _on_page(self, page: int | None) -> None:  # noqa: ARG002 - the caller tells which
        self._tracker.advance(pages=1, work=1)
        self._refuse_stopped()

    def _refuse_stopped(self) -> None:
        if self._stop.is_set():
            raise StoppedError

    def _take_lettering(self, done: Done[str, Document]) -> None:
        try:
            document = done.result()
            records = [self._index.file(source) for source in document.sources]
            files = [record for record in records if record is not None]
            if files:  # else removed meanwhile
                self._writer.add(document, files, seconds=done.seconds)
        except StoppedError:
            self._stop.set()
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            self._account.unlettered(done.job, error)
        if self._writer.full:
            self._writer.hand_over()

    # Third pass

    def _see_pictures(self) -> tuple[str, ...]:
        """Bring the vectors of pictures up to date; return why not, where that fails.

        The words are stored by then: an image model that can't run takes nothing from them.
        """
        try:
            if self._tools.sight is None or self._stop.is_set():
                self._index.pictures.prune()
            else:
                self._tools.sight.see(
                    stop=self._stop, on_begin=self._on_pictures, on_seen=self._on_seen
                )
        except PagelightError as error:
            return (str(error),)
        return ()

    def _on_pictures(self, count: int) -> None:
        if count:
            self._tracker.begin("seeing", files=count, work=count)

    def _on_seen(self, count: int) -> None:
        self._tracker.advance(files=count, work=count)

    # Afterwards

    def _renewed(self) -> tuple[str, ...]:
        """Say how many documents are of this version of Pagelight now that were of another."""
        there = {record.doc_id for record in self._index.files().values()}
        count = len((self._outdated & there) - self._index.outdated())
        return (RENEWED.format(count=count),) if count else ()

    def _tidy_up(self, shown: Collection[str], began_s: float) -> tuple[str, ...]:
        """Give the disk space of what is gone back; return why not, where that fails.

        `shown` are the pictures that were referred to when the run began.
        """
        try:
            gone = set(shown) - self._index.tidy.in_use()
            self._index.tidy.sweep(gone=gone, since_s=began_s - _CLOCK_STEP_S)
            if not self._stop.is_set():
                self._index.compact()
        except (PagelightError, OSError) as error:
            return (f"The disk space of what was deleted could not be given back: {error}",)
        return ()

    def _source_file(self, document: Document) -> SourceFile:
        """Return a file that holds the document's bytes; raises SourceError if there is none."""
        root = self._index.root
        for source in document.sources:
            record = self._index.file(source)
            if root is not None and record is not None and (root / source).is_file():
                return SourceFile(
                    path=str(root / source),
                    source=source,
                    root=str(root),
                    sha256=document.id,
                    media_type=document.media_type,
                    size_bytes=record.size_bytes,
                    mtime_ns=record.mtime_ns,
                )
        return self._member_file(document)

    def _member_file(self, document: Document) -> SourceFile:
        """Return what was unpacked of an archive; raises SourceError if it is not there."""
        path = self._index.members.path(document.id)
        record = self._index.file(document.sources[0])
        if record is None or not path.is_file():
            raise SourceError(_GONE)
        return SourceFile(
            path=str(path),
            source=document.sources[0],
            root=str(self._index.members.root),
            sha256=document.id,
            media_type=document.media_type,
            size_bytes=record.size_bytes,
            mtime_ns=record.mtime_ns,
        )


def _quick_ones_first(counts: Mapping[str, int]) -> list[str]:
    """Return the documents of a few pages, fewest first, then the others, longest first.

    The quick ones can be asked about soon; a long one begun last would end on one core.
    """
    quick = [doc_id for doc_id in counts if counts[doc_id] <= QUICK_PAGES]
    long = [doc_id for doc_id in counts if counts[doc_id] > QUICK_PAGES]
    return [
        *sorted(quick, key=lambda doc_id: counts[doc_id]),
        *sorted(long, key=lambda doc_id: -counts[doc_id]),
    ]


def _without_warning(document: Document, beginning: str) -> Document:
    kept = tuple(text for text in document.warnings if not text.startswith(beginning))
    return replace(document, warnings=kept)
