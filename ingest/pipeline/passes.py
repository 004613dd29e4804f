"""Two passes of an ingest: the text of new files is read, divided and stored, then their lettering.

Reading happens on other threads (which wait for child processes), ahead of storing, which happens
here. Of lettering short documents come first, so that they can be asked about soon; the pages of a
long one are read side by side. Knows no format, no pixels, no model and no storage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.discovery.stable_read import Original, SteadyReading, UnsteadyError, read_steadily
from ingest.ocr.pending import PageRange, RangedDocument
from ingest.pipeline.ahead import FinishedJob, ahead
from ingest.pipeline.outcomes import UNLETTERED, Account
from ingest.pipeline.pictures import with_seen
from ingest.pipeline.plan import Companions, Job
from ingest.pipeline.progress import Tracker
from ingest.pipeline.writer import Writer
from ingest.sandbox.parser_process import OnPage
from ingest.sandbox.stopping import until
from ingest.sandbox.worker import StoppedError
from rag.datamodel import Chunk, Document, SourceFile
from rag.errors import SourceError
from rag.protocols import OcrLine
from rag.storage.documents.records import FileRecord
from rag.storage.images.ocr_lines import OcrCache
from rag.storage.workspace.store import WorkspaceIndex

if TYPE_CHECKING:
    from ingest.pipeline.pipeline import Ingest

MANY_JOBS: Final = 8
"""From so many documents on the model loads while the first are read; few may need no vectors."""

_GONE: Final = "The file is not there any more."

Check = Callable[[], None]
"""Raises UnsteadyError where a file holds other bytes than its document was read from."""

DividedReading = tuple[SteadyReading, list[Chunk]]


@dataclass(frozen=True, slots=True)
class _Pass:
    """Reads on the reader's threads; what can't be read is in `account`. Raises as `flush`."""

    tools: Ingest
    writer: Writer
    account: Account
    tracker: Tracker
    stop: threading.Event


@dataclass(frozen=True, slots=True)
class ParsePass(_Pass):
    """Reads the text of files.

    `complete` may add to what was read before it is stored; it is called from the same threads.
    With each document it is noted how its `companions` stand.
    """

    companions: Companions
    complete: Callable[[SteadyReading], SteadyReading]

    def run(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self.writer.open_store()
        if len(jobs) >= MANY_JOBS:
            self.writer.load_model()
        size = sum(job.file.size_bytes for job in jobs)
        self.tracker.begin("reading", files=sum(len(job.files) for job in jobs), work=size)
        running = ahead(jobs, self._read, workers=self.tools.reader.parsers, stop=self.stop)
        self.writer.follow(running, self._take)

    def _read(self, job: Job) -> DividedReading:
        self.tracker.now(job.file.source)
        with self.tools.disk.open_for_reading(job.file.path):
            steady = self._steady(job)
            sources = [file.source for file in job.files]
            noted = self.companions.noted(steady.document, sources)
            reading = self.complete(replace(steady, document=noted))
        document, chunks = self.writer.cut(reading.document)
        return replace(reading, document=document), chunks

    def _steady(self, job: Job) -> SteadyReading:
        tools, parse = self.tools, until(self.stop, self.tools.reader.parse)
        if job.file.root == str(tools.index.members.root):  # what is unpacked is changed by nothing
            document = parse(replace(job.file, copies=job.files[1:]))
            sources = tuple(file.source for file in job.files)
            return SteadyReading(document=replace(document, sources=sources), files=job.files)
        return read_steadily(
            job.files, parse, settings=tools.settings, tell=tools.reader.tell, disk=tools.disk
        )

    def _take(self, done: FinishedJob[Job, DividedReading]) -> None:
        files = done.job.files
        try:
            reading, chunks = done.result()
            files = reading.files
            records = [self.account.record(file) for file in files]
            self.writer.add_cut(reading.document, chunks, records, seconds=done.seconds)
            sources = reading.document.sources
            self.account.unsteady([file for file in done.job.files if file.source not in sources])
        except StoppedError:
            self.stop.set()
        except UnsteadyError as error:
            self.account.unsteady(done.job.files, reason=str(error))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            failed = (replace(self.account.record(file), seconds=done.seconds) for file in files)
            self.account.failed(list(failed), error)


class _ReplacedError(Exception):
    """Raised where the file of a document under work was replaced: no fault of a picture."""


class CheckedCache:
    """A cache that takes only what was read while the document's own bytes were there."""

    def __init__(self, cache: OcrCache, check: Check) -> None:
        self.get = cache.get
        self._put = cache.put
        self._check = check

    def put(self, key: str, lines: Sequence[OcrLine]) -> None:
        try:
            self._check()
        except UnsteadyError as error:
            raise _ReplacedError from error
        self._put(key, lines)


class OcrPass(_Pass):
    """Reads lettering; what failed under the limits that the account names is left alone."""

    @property
    def _index(self) -> WorkspaceIndex:
        return self.tools.index

    def run(self) -> None:
        counts = {
            doc_id: sum(element.pending for element in document.elements) if document else 0
            for doc_id in self._index.unlettered.pending(tried_with=self.account.tried_with)
            for document in [self._index.document(doc_id)]
        }
        if not counts or self.stop.is_set():
            return
        total = sum(counts.values())
        self.tracker.begin("lettering", files=len(counts), work=total, pages=total)
        ranges = self._ranges(sorted(counts, key=lambda doc_id: counts[doc_id]))
        running = ahead(ranges, self._read, workers=self.tools.reader.readers, stop=self.stop)
        self.writer.follow(running, self._take)

    def complete(self, reading: SteadyReading) -> SteadyReading:
        """Return it with its lettering; without, where that can't be read: `run` tries again."""
        if not reading.document.pending:
            return reading
        try:
            document = self._lettered(
                reading.document,
                reading.files[0],
                on_page=lambda _: self._refuse_stopped(),
                unreadable={},
            )
        except SourceError:
            return reading
        return replace(reading, document=document)

    def _ranges(self, doc_ids: Iterable[str]) -> Iterator[PageRange]:
        """Yield what is read side by side, document by document; each is loaded in its turn."""
        for doc_id in doc_ids:
            document = self._index.document(doc_id)
            if document is None:
                self.account.unlettered(doc_id, SourceError(_GONE))
            else:
                kept = tuple(w for w in document.warnings if not w.startswith(UNLETTERED))
                again = replace(document, warnings=kept)
                yield from RangedDocument(again, readers=self.tools.reader.readers).ranges

    def _read(self, pages: PageRange) -> Document:
        if pages.whole.given_up:
            return pages.part  # nobody takes it
        self._refuse_stopped()
        file = source_file(self._index, pages.part, disk=self.tools.disk)
        self.tracker.now(file.source)
        return self._lettered(
            pages.part, file, on_page=self._on_page, unreadable=pages.whole.unreadable
        )

    def _lettered(
        self, document: Document, file: SourceFile, *, on_page: OnPage, unreadable: dict[str, str]
    ) -> Document:
        """Return the document with its lettering; raises UnsteadyError if the file is another."""
        unpacked = file.root == str(self._index.members.root)  # it is changed by nothing
        check: Check = (lambda: None) if unpacked else Original(file, disk=self.tools.disk).check
        cache = CheckedCache(self._index.ocr_cache, check)
        check()
        self._index.assets.bring(e.image for e in document.elements if e.pending and e.image)
        try:
            with self.tools.disk.open_for_reading(file.path):
                lettered = until(self.stop, self.tools.reader.letter)(
                    document, file, on_page=on_page, cache=cache, unreadable=unreadable
                )
        except (SourceError, _ReplacedError):
            check()  # then this is the reason
            raise
        check()
        seen = self.tools.photographs
        return with_seen(lettered, seen.words.of) if seen else lettered

    def _on_page(self, page: int | None) -> None:  # noqa: ARG002 - the caller tells which
        self.tracker.advance(pages=1, work=1)
        self._refuse_stopped()

    def _refuse_stopped(self) -> None:
        if self.stop.is_set():
            raise StoppedError

    def _take(self, done: FinishedJob[PageRange, Document]) -> None:
        whole = done.job.whole
        if whole.given_up:
            return
        try:
            whole.take(done.job.number, done.result(), seconds=done.seconds)
            document = whole.joined() if whole.is_complete else None
            files = records_of(self._index, document) if document else []
            if document and files:  # else removed meanwhile
                self.writer.add(document, files, seconds=whole.seconds)
        except StoppedError:
            self.stop.set()
        except UnsteadyError as error:
            whole.given_up = True
            files = records_of(self._index, whole.document)
            self.account.unsteady(files, reason=str(error))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            whole.given_up = True
            self.account.unlettered(whole.document.id, error)


def source_file(
    index: WorkspaceIndex, document: Document, *, disk: Disk = LOCAL_DISK
) -> SourceFile:
    """Return a file that holds the document's bytes; raises UnsteadyError where none does now."""

    def file_at(record: FileRecord, path: Path, root: Path) -> SourceFile:
        return SourceFile(
            path=str(path),
            source=record.source,
            root=str(root),
            sha256=document.id,
            media_type=document.media_type,
            size_bytes=record.size_bytes,
            mtime_ns=record.mtime_ns,
            ctime_ns=record.ctime_ns,
            inode=record.inode,
        )

    records, roots = records_of(index, document), index.roots
    changed: UnsteadyError | None = None
    for record in records:
        place = roots.place(record.source)
        root, path = (one.resolve() for one in place) if place else (Path(), Path())
        if place is None or not path.is_relative_to(root):
            continue
        file = file_at(record, path, root)
        try:
            Original(file, disk=disk).check()
        except UnsteadyError as error:
            changed = changed or error
        else:
            return file
    unpacked = index.members.path(document.id)
    if records and unpacked.is_file():
        return file_at(records[0], unpacked, index.members.root)
    raise changed or UnsteadyError(_GONE)


def records_of(index: WorkspaceIndex, document: Document) -> list[FileRecord]:
    """Return the files that stand for a document; none where it was removed meanwhile."""
    records = map(index.file, document.sources)
    return [record for record in records if record is not None]
