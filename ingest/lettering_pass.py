"""The second pass of an ingest: the lettering of pictures and scans is read and stored.

Short documents come first, so that they can be asked about soon. Reading happens on other
threads, ahead of storing, which happens here. Knows no pixels, no model and no storage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from ingest.account import UNLETTERED, Account
from ingest.ahead import Done, ahead
from ingest.isolate_worker import StoppedError
from ingest.progress import Tracker
from ingest.steady import Reading
from ingest.writer import Writer
from rag.datamodel import Document, SourceFile
from rag.errors import SourceError
from rag.index.lettering_cache import LetteringCache
from rag.index.records import FileRecord
from rag.index.store import WorkspaceIndex

QUICK_PAGES: Final = 3
"""Pages and pictures of a document whose lettering is read before that of longer ones."""

_GONE: Final = "The file is not there any more."

OnPage = Callable[[int | None], None]
"""Called after each page or picture whose lettering was read, with its page."""


class Letter(Protocol):
    """`ingest.isolate.ParserProcess.letter`. What `on_page` raises comes out of the call."""

    def __call__(
        self, document: Document, file: SourceFile, /, *, on_page: OnPage, cache: LetteringCache
    ) -> Document: ...


class LetteringPass:
    """Reads lettering by `letter`, called from up to `workers` threads at a time.

    `tried_with` names the limits that lettering is read under: what failed under the same ones
    is left alone.
    """

    def __init__(
        self,
        index: WorkspaceIndex,
        letter: Letter,
        writer: Writer,
        account: Account,
        tracker: Tracker,
        *,
        tried_with: str,
        workers: int,
        stop: threading.Event,
    ) -> None:
        self._index = index
        self._letter = letter
        self._writer = writer
        self._account = account
        self._tracker = tracker
        self._tried_with = tried_with
        self._workers = workers
        self._stop = stop

    def run(self) -> None:
        """Read and store; what can't be read is in the account. Raises as `Writer.flush`."""
        waiting = self._index.unlettered.pending(tried_with=self._tried_with)
        counts = {doc_id: self._pending_count(doc_id) for doc_id in waiting}
        if not counts or self._stop.is_set():
            return
        total = sum(counts.values())
        self._tracker.begin("lettering", files=len(counts), work=total, pages=total)
        jobs, workers = _quick_ones_first(counts), self._workers
        running = ahead(jobs, self._read, workers=workers, depth=workers, stop=self._stop)
        self._writer.follow(running, self._take)

    def complete(self, reading: Reading) -> Reading:
        """Return it with its lettering; without, where that can't be read: `run` tries again."""
        if not reading.document.pending:
            return reading
        try:
            document = self._letter(
                reading.document,
                reading.files[0],
                on_page=lambda _: self._refuse_stopped(),
                cache=self._index.lettering_cache,
            )
        except SourceError:
            return reading
        return replace(reading, document=document)

    def _pending_count(self, doc_id: str) -> int:
        document = self._index.document(doc_id)
        return 0 if document is None else sum(element.pending for element in document.elements)

    def _read(self, doc_id: str) -> Document:
        document = self._index.document(doc_id)
        if document is None:
            raise SourceError(_GONE)
        file = _source_file(self._index, document)
        document = _without_warning(document, UNLETTERED)
        self._tracker.now(file.source)
        cache = self._index.lettering_cache
        return self._letter(document, file, on_page=self._on_page, cache=cache)

    def _on_page(self, page: int | None) -> None:  # noqa: ARG002 - the caller tells which
        self._tracker.advance(pages=1, work=1)
        self._refuse_stopped()

    def _refuse_stopped(self) -> None:
        if self._stop.is_set():
            raise StoppedError

    def _take(self, done: Done[str, Document]) -> None:
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


def _source_file(index: WorkspaceIndex, document: Document) -> SourceFile:
    """Return a file that holds the document's bytes; raises SourceError if there is none."""
    root = index.root
    records = [index.file(source) for source in document.sources]
    for record in records:
        if root is not None and record is not None and (root / record.source).is_file():
            return _as_told(document, record, path=root / record.source, root=root)
    unpacked, first = index.members.path(document.id), records[0]
    if first is None or not unpacked.is_file():
        raise SourceError(_GONE)
    return _as_told(document, first, path=unpacked, root=index.members.root)


def _as_told(document: Document, record: FileRecord, *, path: Path, root: Path) -> SourceFile:
    return SourceFile(
        path=str(path),
        source=record.source,
        root=str(root),
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
