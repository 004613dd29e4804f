"""A folder's files together with those that lie in its archives and mails, each told once.

Knows what was found, what was read before, and lists of members; opens no archive itself. What an
archive holds is listed under its hash, so one that did not change costs a look at its list.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from ingest.archives.containers import CONTAINERS, UnpackingBudget
from ingest.discovery.discover import (
    Disk,
    FoundFile,
    SkippedFile,
    Tell,
    around,
    check_size,
    identify,
    lies_in,
)
from ingest.pipeline.ahead import ahead
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

    def gone(self, records: Iterable[FileRecord]) -> list[str]:
        """Return those files whose content none of these has."""
        there = {record.sha256 for record in self.unchanged}
        there.update(file.sha256 for file in self.updates)
        return [record.source for record in records if record.sha256 not in there]

    def forget(self, sources: Collection[str]) -> None:
        """Forget files, and what lies in them, that are to be looked at once more."""
        self.unchanged = [one for one in self.unchanged if not lies_in(one.source, sources)]
        self.updates = [one for one in self.updates if not lies_in(one.source, sources)]
        self.unreadable = [one for one in self.unreadable if not lies_in(one[0].source, sources)]
        self.skipped = [one for one in self.skipped if not lies_in(one.source, sources)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A file to look at: how deep it lies, and what all of its outermost holder may yet unpack."""

    file: FoundFile
    level: int = 0
    budget: UnpackingBudget


@dataclass(frozen=True, kw_only=True)
class Expander:
    """Looks at files and at all that they hold; what is `found` several threads add to.

    `left_out` are sources that a person does not want read. Files are opened on `at_once` threads,
    each with all that it holds; where it `unlocks`, what stayed closed is tried again. Soon after
    `stop` is set unpacking is given up: StoppedError.
    """

    former: Mapping[str, FileRecord]
    store: MemberStore
    reader: ParserProcess
    settings: Settings
    is_unchanged: Callable[[FoundFile, FileRecord], bool]
    left_out: Collection[str]
    at_once: int
    stop: threading.Event
    disk: Disk
    unlocks: bool
    found: Expansion = field(default_factory=Expansion)

    def expand(self, files: Sequence[FoundFile], progress: Progress = NO_PROGRESS) -> None:
        """Look at each file; `progress` is told of each, by several threads."""
        progress.begin("Looking at the files", len(files))
        changed = [file for file in files if not self._settles(file)]
        progress.advance(len(files) - len(changed))
        running = ahead(
            _batches(changed, self.at_once),
            lambda batch: self._look_at_all(batch, progress),
            workers=self.at_once,
            stop=threading.Event(),  # what the progress raises ends it
        )
        with closing(running):
            for done in filter(None, running):
                done.result()

    @cached_property
    def unpacked(self) -> Collection[str]:
        """The hashes of files that were unpacked before."""
        return self.store.listed()

    @cached_property
    def holders(self) -> Collection[str]:
        """The known files that others are known to lie in."""
        folders = (folder for source in self.former for folder in around(source))
        return frozenset(folder for folder in folders if folder in self.former)

    def _look_at_all(self, files: Sequence[FoundFile], progress: Progress) -> None:
        """Look at some files, each with all that it holds."""
        # To have a child tell 64 takes about as long as one. (Those of a server are not there yet.)
        kinds = self.reader.tell_many([(Path(file.path), file.source) for file in files])

        def tell(path: Path, *, name: str) -> str:
            return kinds.get(path) or self.reader.tell(path, name=name)

        for file in files:
            budget = UnpackingBudget(
                members=self.settings.archive_members,
                size_bytes=self.settings.archive_mb * 1_000_000,
            )
            waiting = deque([_Open(file=file, budget=budget)])
            while waiting:
                waiting.extend(self._look(waiting.popleft(), tell))
            progress.advance()

    def _settles(self, file: FoundFile) -> bool:
        """Note a file that need not be opened; False for any other."""
        record = self._unchanged(file)
        if file.source in self.left_out:
            self.found.skipped.append(SkippedFile(source=file.source, reason=LEFT_OUT))
            return True
        if record is None or record.sha256 in self.unpacked or record.source in self.holders:
            return False
        self.found.sources.add(file.source)
        self.found.unchanged.append(record)
        return True

    def _look(self, one: _Open, tell: Tell) -> list[_Open]:
        """Note a file; return what lies in it."""
        file, found = one.file, self.found
        if self._settles(file):
            return []
        found.sources.add(file.source)
        record = self._unchanged(file)
        try:
            source_file, members = self._open(one, record, tell)
        except SourceError as error:
            found.unreadable.append((file, error))
            return []
        if record is not None:
            found.unchanged.append(record)
        elif source_file is not None:
            found.updates.append(source_file)
        return [child for member in members for child in self._members(one, member)]

    def _unchanged(self, file: FoundFile) -> FileRecord | None:
        record = self.former.get(file.source)
        return record if record and self.is_unchanged(file, record) else None

    def _open(
        self, one: _Open, record: FileRecord | None, tell: Tell
    ) -> tuple[SourceFile | None, tuple[Member, ...]]:
        """Return the file as told, unless it is as before, and what it holds."""
        if record is not None:
            listed = self._list(record.sha256, one)
            if listed is not None or record.state == "failed":
                return None, listed or ()
        check_size(one.file, self.settings)
        with self.disk.open_for_reading(one.file.path):
            source_file = identify(one.file, settings=self.settings, tell=tell)
            if source_file.media_type not in CONTAINERS:
                return source_file, ()
            members = self._list(source_file.sha256, one)
            if not members:
                members = until(self.stop, self.reader.unpack)(source_file, one.budget)
                self._spend(one, source_file.sha256, members)
            return source_file, members

    def _list(self, sha256: str, one: _Open) -> tuple[Member, ...] | None:
        members = self.store.read_list(sha256) if sha256 else None
        if self.unlocks and any(member.failed for member in members or ()):
            return None
        if members is not None:
            self._spend(one, sha256, members)
        return members

    def _spend(self, one: _Open, sha256: str, members: tuple[Member, ...]) -> None:
        """Note what holds members, taken out of the budget. Raises LimitError where overdrawn."""
        budget, levels = one.budget, self.settings.archive_levels
        if members and one.level >= levels:
            raise LimitError(
                f"The file lies more than {levels} archives deep.",
                hint="Raise RAG_ARCHIVE_LEVELS, or unpack it into the folder.",
            )
        size_bytes = sum(m.size_bytes for m in members)
        if len(members) > budget.members or size_bytes > budget.size_bytes:
            raise LimitError(
                "The files in this archive are too many or too large, all levels together.",
                hint="Raise RAG_ARCHIVE_MEMBERS and RAG_ARCHIVE_MB, or unpack it.",
            )
        budget.members -= len(members)
        budget.size_bytes -= size_bytes
        self.found.holders.add(sha256)

    def _members(self, holder: _Open, member: Member) -> list[_Open]:
        """Return a member as a file to look at; note one that stays closed."""
        source = f"{holder.file.source}/{member.name}"
        file = replace(
            holder.file,
            path=str(self.store.path(member.sha256)),
            source=source,
            root=str(self.store.root),
            size_bytes=member.size_bytes,
        )
        if member.sha256:
            return [_Open(file=file, level=holder.level + 1, budget=holder.budget)]
        if member.failed:
            self.found.sources.add(source)
            self.found.unreadable.append((file, SourceError(member.reason)))
        else:
            self.found.skipped.append(SkippedFile(source=source, reason=member.reason))
        return []


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
