"""The second pass of an ingest: the lettering of pictures and scans is read and stored.

Short documents come first, so that they can be asked about soon; the pages of a long one are read
side by side. Reading happens on other threads, ahead of storing, which happens here. Knows no
pixels, no model and no storage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.discovery.stable_read import Original, SteadyReading, UnsteadyError
from ingest.ocr.page_ranges import PageRange, RangedDocument
from ingest.pipeline.outcomes import UNLETTERED, Account
from ingest.pipeline.passes.seen_pictures import with_seen
from ingest.pipeline.prefetch import FinishedJob, ahead
from ingest.pipeline.progress import Tracker
from ingest.pipeline.writer import Writer
from ingest.sandbox.parser_process import OnPage
from ingest.sandbox.stopping import until
from ingest.sandbox.worker import StoppedError
from rag.datamodel import Document, SourceFile
from rag.errors import SourceError
from rag.protocols import OcrLine
from rag.storage.documents.records import FileRecord
from rag.storage.images.ocr_lines import OcrCache
from rag.storage.workspace.store import WorkspaceIndex

if TYPE_CHECKING:
    from ingest.pipeline.pipeline import Ingest

_GONE: Final = "The file is not there any more."

Check = Callable[[], None]
"""Raises UnsteadyError where a file holds other bytes than its document was read from."""


class _ReplacedError(Exception):
    """Raised where the file of a document under work was replaced: no fault of a picture."""


class CheckedCache:
    """A cache that takes only what was read while the document's own bytes were there."""

    def __init__(self, cache: OcrCache, check: Check) -> None:
        self._cache = cache
        self._check = check

    def get(self, key: str) -> list[OcrLine] | None:
        return self._cache.get(key)

    def put(self, key: str, lines: Sequence[OcrLine]) -> None:
        try:
            self._check()
        except UnsteadyError as error:
            raise _ReplacedError from error
        self._cache.put(key, lines)


@dataclass(frozen=True, slots=True)
class OcrPass:
    """Reads lettering on as many threads as the reader reads it at a time.

    What failed under the limits that the account names is left alone.
    """

    tools: Ingest
    writer: Writer
    account: Account
    tracker: Tracker
    stop: threading.Event

    @property
    def _index(self) -> WorkspaceIndex:
        return self.tools.index

    def run(self) -> None:
        """Read and store; what can't be read is in the account. Raises as `Writer.flush`."""
        waiting = self._index.unlettered.pending(tried_with=self.account.tried_with)
        counts = {doc_id: self._pending_count(doc_id) for doc_id in waiting}
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

    def _pending_count(self, doc_id: str) -> int:
        document = self._index.document(doc_id)
        return 0 if document is None else sum(element.pending for element in document.elements)

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
        check = self._check_of(file)
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

    def _check_of(self, file: SourceFile) -> Check:
        """Return what checks a file; what is unpacked is changed by nothing."""
        unpacked = file.root == str(self._index.members.root)
        return (lambda: None) if unpacked else Original(file, disk=self.tools.disk).check

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
            if whole.is_complete:
                self._store(whole)
        except StoppedError:
            self.stop.set()
        except UnsteadyError as error:
            whole.given_up = True
            files = records_of(self._index, whole.document)
            self.account.unsteady(files, reason=str(error))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            whole.given_up = True
            self.account.unlettered(whole.document.id, error)

    def _store(self, whole: RangedDocument) -> None:
        document = whole.joined()
        files = records_of(self._index, document)
        if files:  # else removed meanwhile
            self.writer.add(document, files, seconds=whole.seconds)


def source_file(
    index: WorkspaceIndex, document: Document, *, disk: Disk = LOCAL_DISK
) -> SourceFile:
    """Return a file that holds the document's bytes.

    Raises UnsteadyError where the files that held them hold others now, or are gone.
    """
    records = records_of(index, document)
    changed: UnsteadyError | None = None
    for file in _in_folder(index, document, records):
        try:
            Original(file, disk=disk).check()
        except UnsteadyError as error:
            changed = changed or error
        else:
            return file
    unpacked = index.members.path(document.id)
    if records and unpacked.is_file():
        return _source_file(document, records[0], path=unpacked, root=index.members.root)
    raise changed or UnsteadyError(_GONE)


def records_of(index: WorkspaceIndex, document: Document) -> list[FileRecord]:
    """Return the files that stand for a document; none where it was removed meanwhile."""
    records = map(index.file, document.sources)
    return [record for record in records if record is not None]


def _in_folder(
    index: WorkspaceIndex, document: Document, records: Sequence[FileRecord]
) -> Iterator[SourceFile]:
    roots = index.roots
    for record in records:
        place = roots.place(record.source)
        if place is not None:
            root, path = (one.resolve() for one in place)
            if path.is_relative_to(root):
                yield _source_file(document, record, path=path, root=root)


def _source_file(document: Document, record: FileRecord, *, path: Path, root: Path) -> SourceFile:
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
