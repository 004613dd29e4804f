"""A folder's files together with those that lie in its archives and mails, each told once.

Knows what was found, what was read before, and lists of members; opens no archive itself. What an
archive holds is listed under its hash, so one that did not change costs a look at its list.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from ingest.archives.containers import CONTAINERS, UnpackingBudget, full_budget
from ingest.discovery.discover import (
    Disk,
    FoundFile,
    SkippedFile,
    Tell,
    check_size,
    identify,
)
from ingest.pipeline.prefetch import ahead
from ingest.sandbox.parser_process import ParserProcess
from ingest.sandbox.stopping import until
from rag.datamodel import SourceFile
from rag.errors import LimitError, SourceError
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.storage.files.members import Member, MemberStore

LEFT_OUT: Final = "It was taken out of the index. Its Read again brings it back."

MAX_AT_A_TIME: Final = 64
BYTES_AT_A_TIME: Final = 8_000_000
"""What a thread is given of many small files: to hand over takes longer than to open one."""


@dataclass(slots=True, kw_only=True)
class Expansion:
    """Every file, also inside others. `updates` has those that are new or changed."""

    unchanged: list[FileRecord] = field(default_factory=list)
    updates: list[SourceFile] = field(default_factory=list)
    unreadable: list[tuple[FoundFile, SourceError]] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)

    def add(self, other: Expansion) -> None:
        """Take what another thread found."""
        self.unchanged += other.unchanged
        self.updates += other.updates
        self.unreadable += other.unreadable
        self.skipped += other.skipped
        self.sources |= other.sources
        self.holders |= other.holders

    def gone(self, records: Iterable[FileRecord]) -> list[str]:
        """Return those files whose content none of these has."""
        there = {record.sha256 for record in self.unchanged}
        there.update(file.sha256 for file in self.updates)
        return [record.source for record in records if record.sha256 not in there]

    def replace(self, other: Expansion) -> None:
        """Take what was found of some files when they were looked at once more."""
        again = other.sources
        self.unchanged = [record for record in self.unchanged if record.source not in again]
        self.updates = [file for file in self.updates if file.source not in again]
        self.unreadable = [one for one in self.unreadable if one[0].source not in again]
        skipped = {one.source for one in other.skipped}
        self.skipped = [one for one in self.skipped if one.source not in skipped]
        self.add(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A file to look at: how deep it lies, and what all of its outermost holder may yet unpack."""

    file: FoundFile
    level: int = 0
    budget: UnpackingBudget


@dataclass(frozen=True, kw_only=True)
class Expander:
    """Looks at files and at all that they hold.

    `left_out` are sources that a person does not want read. Files are opened on `at_once` threads,
    each with all that it holds; where it `unlocks`, what stayed closed is tried again. Soon after
    `stop` is set unpacking is given up: StoppedError.
    """

    former: Mapping[str, FileRecord]
    store: MemberStore
    reader: ParserProcess
    settings: Settings
    is_unchanged: Callable[[FoundFile, FileRecord | None], bool]
    left_out: Collection[str]
    at_once: int
    stop: threading.Event
    disk: Disk
    unlocks: bool

    def expand(self, found: Sequence[FoundFile], progress: Progress = NO_PROGRESS) -> Expansion:
        """Look at each file; `progress` is told of each, by several threads."""
        progress.begin("Looking at the files", len(found))
        first = _Walk(self, self.reader.tell)
        changed = [file for file in found if not first.settles(file)]
        progress.advance(len(found) - len(changed))
        whole = first.expansion
        running = ahead(
            _batches(changed, self.at_once),
            lambda files: self._opened(files, progress),
            workers=self.at_once,
            stop=threading.Event(),  # what the progress raises ends it
        )
        with closing(running):
            for done in running:
                if done is not None:
                    whole.add(done.result())
        return whole

    @cached_property
    def unpacked(self) -> Collection[str]:
        """The hashes of files that were unpacked before."""
        return self.store.listed()

    @cached_property
    def holders(self) -> Collection[str]:
        """The known files that others are known to lie in."""
        return frozenset(
            holder
            for source in self.former
            for at, letter in enumerate(source)
            if letter == "/" and (holder := source[:at]) in self.former
        )

    def _opened(self, files: Sequence[FoundFile], progress: Progress) -> Expansion:
        """Look at some files, each with all that it holds."""
        walk = _Walk(self, self._batch_tell(files))
        for file in files:
            waiting = deque([_Open(file=file, budget=full_budget(self.settings))])
            while waiting:
                waiting.extend(walk.look(waiting.popleft()))
            progress.advance()
        return walk.expansion

    def _batch_tell(self, files: Sequence[FoundFile]) -> Tell:
        """Return what tells these files by one call for all, and any other one by itself.

        To have a child tell 64 takes about as long as one. (Those of a server are not there yet.)
        """
        kinds = self.reader.tell_many([(Path(file.path), file.source) for file in files])

        def tell(path: Path, *, name: str) -> str:
            return kinds.get(path) or self.reader.tell(path, name=name)

        return tell


def _batches(files: Sequence[FoundFile], at_once: int) -> Iterator[list[FoundFile]]:
    """Yield the files some at a time, in their order; each thread gets several times its share."""
    most = min(MAX_AT_A_TIME, 1 + len(files) // (4 * at_once))
    batch: list[FoundFile] = []
    size_bytes = 0
    for file in files:
        batch.append(file)
        size_bytes += file.size_bytes
        if len(batch) == most or size_bytes >= BYTES_AT_A_TIME:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


class _Walk:
    """Used by one thread."""

    def __init__(self, known: Expander, tell: Tell) -> None:
        self.expansion = Expansion()
        self._known = known
        self._tell = tell
        self._store = known.store
        self._settings = known.settings

    def settles(self, file: FoundFile) -> bool:
        """Note a file that need not be opened; False for any other."""
        out, record = self.expansion, self._unchanged(file)
        if file.source in self._known.left_out:
            out.skipped.append(SkippedFile(source=file.source, reason=LEFT_OUT))
            return True
        known = self._known
        if record is None or record.sha256 in known.unpacked or record.source in known.holders:
            return False
        out.sources.add(file.source)
        out.unchanged.append(record)
        return True

    def look(self, one: _Open) -> list[_Open]:
        """Note a file; return what lies in it."""
        file, out = one.file, self.expansion
        if self.settles(file):
            return []
        out.sources.add(file.source)
        record = self._unchanged(file)
        try:
            source_file, members = self._open(one, record)
        except SourceError as error:
            out.unreadable.append((file, error))
            return []
        if record is None and source_file is not None:
            out.updates.append(source_file)
        elif record is not None:
            out.unchanged.append(record)
        return [child for member in members for child in self._members(one, member)]

    def _unchanged(self, file: FoundFile) -> FileRecord | None:
        """Return what is known of a file that is as it was."""
        record = self._known.former.get(file.source)
        return record if self._known.is_unchanged(file, record) else None

    def _open(
        self, one: _Open, record: FileRecord | None
    ) -> tuple[SourceFile | None, tuple[Member, ...]]:
        """Return the file as told, unless it is as before, and what it holds."""
        if record is not None:
            listed = self._list(record.sha256, one)
            if listed is not None or record.state == "failed":
                return None, listed or ()
        check_size(one.file, self._settings)
        with self._known.disk.open_for_reading(one.file.path):
            source_file = identify(one.file, settings=self._settings, tell=self._tell)
            if source_file.media_type not in CONTAINERS:
                return source_file, ()
            return source_file, self._list(source_file.sha256, one) or self._unpacked(
                source_file, one
            )

    def _unpacked(self, file: SourceFile, one: _Open) -> tuple[Member, ...]:
        known = self._known
        members = until(known.stop, known.reader.unpack)(file, one.budget)
        self._spend(one, members)
        self.expansion.holders.add(file.sha256)
        return members

    def _list(self, sha256: str, one: _Open) -> tuple[Member, ...] | None:
        members = self._store.read_list(sha256) if sha256 else None
        if self._known.unlocks and any(member.failed for member in members or ()):
            return None
        if members is not None:
            self._spend(one, members)
            self.expansion.holders.add(sha256)
        return members

    def _spend(self, one: _Open, members: tuple[Member, ...]) -> None:
        """Take what was unpacked out of the budget; raises LimitError where it is overdrawn."""
        count = one.budget.members - len(members)
        size_bytes = one.budget.size_bytes - sum(m.size_bytes for m in members)
        if members and one.level >= self._settings.archive_levels:
            raise LimitError(
                f"The file lies more than {self._settings.archive_levels} archives deep.",
                hint="Raise RAG_ARCHIVE_LEVELS, or unpack it into the folder.",
            )
        if count < 0 or size_bytes < 0:
            raise LimitError(
                "The files in this archive are too many or too large, all levels together.",
                hint="Raise RAG_ARCHIVE_MEMBERS and RAG_ARCHIVE_MB, or unpack it.",
            )
        one.budget.members, one.budget.size_bytes = count, size_bytes

    def _members(self, holder: _Open, member: Member) -> list[_Open]:
        """Return a member as a file to look at; note one that stays closed."""
        source = f"{holder.file.source}/{member.name}"
        file = FoundFile(
            path=str(self._store.path(member.sha256)),
            source=source,
            root=str(self._store.root),
            size_bytes=member.size_bytes,
            mtime_ns=holder.file.mtime_ns,
            ctime_ns=holder.file.ctime_ns,
            inode=holder.file.inode,
        )
        if member.sha256:
            return [_Open(file=file, level=holder.level + 1, budget=holder.budget)]
        if member.failed:
            self.expansion.sources.add(source)
            self.expansion.unreadable.append((file, SourceError(member.reason)))
        else:
            self.expansion.skipped.append(SkippedFile(source=source, reason=member.reason))
        return []
