"""What became of each file in one run: told to the index, the progress and the report."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from ingest.chunking.chunker import document_name, renamed_context
from ingest.discovery.discover import FoundFile
from ingest.discovery.stable_read import UNSTEADY
from ingest.pipeline.plan import Plan
from ingest.pipeline.progress import FileReport, Report, State, Tracker
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, PassingError, SourceError
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

UNLETTERED: Final = "The text in its pictures could not be read: "
"""Begins the warning of a document whose second pass failed; another try takes it away."""

FAILED_AT_ONCE: Final = 500
"""Files that can't be told are noted so many in a transaction."""


class Account:
    """Kept by the thread that stores. `tried_with` names the limits that files are read under."""

    def __init__(self, index: WorkspaceIndex, tracker: Tracker, *, tried_with: str) -> None:
        self._index = index
        self._tracker = tracker
        self.tried_with = tried_with
        self._reports: dict[str, FileReport] = {}

    def settle(self, plan: Plan, former: Mapping[str, FileRecord]) -> None:
        """Do and note all that needs no reading."""
        for record in plan.unchanged:
            state: State = "unchanged" if record.state == "ready" else "failed"
            self._note(record.source, state, reason=record.reason)
        for skipped in plan.skipped:
            self._note(skipped.source, "skipped", reason=skipped.reason)
        self._index.add_sources([self.record(file) for file in plan.known])
        for file in plan.known:
            before = former.get(file.source)
            touched = before is not None and before.sha256 == file.sha256
            self._note(file.source, "unchanged" if touched else "ready")
        self._unreadable(plan.unreadable, former)
        self._index.remove_sources(plan.removed)
        for source in plan.removed:
            self._note(source, "removed")
        if plan.known or plan.removed:
            _follow_names(self._index, former)

    def record(self, file: SourceFile | FoundFile) -> FileRecord:
        """Return the row of a file; of one that was not told (`FoundFile`), without a hash."""
        sha256 = file.sha256 if isinstance(file, SourceFile) else ""
        return FileRecord(
            source=file.source,
            doc_id=sha256 or None,
            size_bytes=file.size_bytes,
            mtime_ns=file.mtime_ns,
            ctime_ns=file.ctime_ns,
            inode=file.inode,
            sha256=sha256,
            state="ready",
            tried_with=self.tried_with,
        )

    def stored(self, document: Document, files: Sequence[FileRecord]) -> None:
        for record in files:
            self._note(record.source, "ready", seconds=record.seconds)
        self._count(files, pages=document.page_count)

    def unstored(self, document: Document, files: Sequence[FileRecord], error: Exception) -> None:
        """Note a document that a bug kept from being stored, for the first or a second time."""
        if self._index.document(document.id) is None:
            self.failed(files, error)
        else:
            self.unlettered(document.id, error)

    def failed(self, files: Sequence[FileRecord], error: Exception) -> None:
        """Note files that can't be read; raises errors that concern more than these files."""
        reason = _reason(error, files[0].source)
        for record in files:
            tried_with = "" if isinstance(error, PassingError) else record.tried_with
            self._index.fail(replace(record, reason=reason, tried_with=tried_with))
            self._note(record.source, "failed", reason=reason, seconds=record.seconds)
        self._count(files, pages=0)

    def unsteady(self, files: Sequence[SourceFile | FileRecord], *, reason: str = UNSTEADY) -> None:
        """Note files that changed while they were read; the index keeps what it has of them."""
        for file in files:
            self._note(file.source, "failed", reason=reason)
            self._tracker.advance(files=1)

    def unlettered(self, doc_id: str, error: Exception) -> None:
        """Note a document whose lettering can't be read; raises as `failed`."""
        warning = UNLETTERED + _reason(error, doc_id)
        tried_with = "" if isinstance(error, PassingError) else self.tried_with
        self._index.unlettered.note(doc_id, warning=warning, tried_with=tried_with)
        self._tracker.advance(files=1)

    def report(self, *, seconds: float, stopped: bool) -> Report:
        for record in self._index.each_file():
            if record.source in self._reports:
                self._reports[record.source] = replace(
                    self._reports[record.source],
                    warnings=record.warnings,
                    pages=record.page_count,
                    chunks=record.chunk_count,
                )
        files = tuple(self._reports[source] for source in sorted(self._reports))
        return Report(files=files, seconds=seconds, stopped=stopped)

    def _unreadable(
        self, files: Sequence[tuple[FoundFile, SourceError]], former: Mapping[str, FileRecord]
    ) -> None:
        """Note them; of a million no one waits for a transaction of its own."""
        for at in range(0, len(files), FAILED_AT_ONCE):
            rows = []
            for found, error in files[at : at + FAILED_AT_ONCE]:
                self._note(found.source, "failed", reason=str(error))
                passing, before = isinstance(error, PassingError), former.get(found.source)
                if not (passing and before is not None and before.state == "ready"):
                    # Permissions change no time: what passes is tried again all the same.
                    tried_with = "" if passing else self.tried_with
                    row = replace(self.record(found), reason=str(error), tried_with=tried_with)
                    rows.append(row)
            self._index.fail(*rows)

    def _count(self, files: Sequence[FileRecord], *, pages: int) -> None:
        if self._tracker.stage == "lettering":  # pages and work are counted as they are read
            self._tracker.advance(files=1)
        else:
            self._tracker.advance(files=len(files), pages=pages, work=files[0].size_bytes)

    def _note(self, source: str, state: State, *, reason: str = "", seconds: float = 0.0) -> None:
        self._reports[source] = FileReport(
            source=source, state=state, reason=reason, seconds=seconds
        )


def _reason(error: Exception, source: str) -> str:
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, PagelightError):
        raise error
    logger.error("reading %s met a bug", source, exc_info=error)
    return f"An error in Pagelight stopped the reading of this file ({type(error).__name__})."


def _follow_names(index: WorkspaceIndex, former: Mapping[str, FileRecord]) -> None:
    """Bring the contexts of chunks up to date where a document's first source is another now."""
    before, now = _first_sources(former), _first_sources(index.files())
    for doc_id in before.keys() & now.keys():
        document = index.document(doc_id) if before[doc_id] != now[doc_id] else None
        if document is not None:
            old = document_name(replace(document, sources=(before[doc_id],)))
            new = document_name(document)
            if old != new:
                index.put_contexts(doc_id, partial(renamed_context, old=old, new=new))


def _first_sources(files: Mapping[str, FileRecord]) -> dict[str, str]:
    return {files[source].doc_id or "": source for source in sorted(files, reverse=True)}
