"""A folder's files together with those that lie in its archives and mails, each told once.

Knows what was found, what was read before, and lists of members; opens no archive itself. What an
archive holds is listed under its hash, so one that did not change costs a look at its list.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.containers import CONTAINERS, Budget, full_budget
from ingest.discover import FoundFile, SkippedFile, Tell, identify
from ingest.media_type import media_type_of
from rag.datamodel import SourceFile
from rag.errors import LimitError, SourceError
from rag.index.members import Member, MemberStore
from rag.index.records import FileRecord
from rag.settings import Settings

LEFT_OUT: Final = "It was taken out of the index. Its Read again brings it back."

Unpack = Callable[[SourceFile, Budget], tuple[Member, ...]]
"""Stores what a file holds, and returns its list. Raises SourceError or LimitError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where archives are opened, and what opens them."""

    store: MemberStore
    unpack: Unpack


@dataclass(slots=True, kw_only=True)
class Expansion:
    """Every file, also inside others. `told` has those that are new or changed."""

    unchanged: list[FileRecord] = field(default_factory=list)
    told: list[SourceFile] = field(default_factory=list)
    unreadable: list[tuple[FoundFile, SourceError]] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    holders: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A file to look at: how deep it lies, and what its outermost holder may yet unpack."""

    file: FoundFile
    level: int = 0
    purse: list[Budget] = field(default_factory=list)  # one, shared by all that lie in a file


def expand(
    found: Sequence[FoundFile],
    former: Mapping[str, FileRecord],
    *,
    opened: Opened | None,
    settings: Settings,
    is_unchanged: Callable[[FoundFile, FileRecord | None], bool],
    left_out: Collection[str] = (),
    tell: Tell = media_type_of,
) -> Expansion:
    """Look at each file and at all that it holds. `opened` None: archives stay closed.

    `left_out` are sources that a person does not want read; `tell` tells media types.
    """
    walk = _Walk(former, opened, settings, is_unchanged, left_out, tell=tell)
    waiting = deque(_Open(file=file, purse=[full_budget(settings)]) for file in found)
    while waiting:
        waiting.extend(walk.look(waiting.popleft()))
    return walk.expansion


class _Walk:
    def __init__(
        self,
        former: Mapping[str, FileRecord],
        opened: Opened | None,
        settings: Settings,
        is_unchanged: Callable[[FoundFile, FileRecord | None], bool],
        left_out: Collection[str],
        *,
        tell: Tell,
    ) -> None:
        self._tell = tell
        self.expansion = Expansion()
        self._former = former
        self._opened = opened
        self._settings = settings
        self._is_unchanged = is_unchanged
        self._left_out = left_out
        self._listed = opened.store.listed() if opened else frozenset()
        self._held = _holders(former)

    def look(self, one: _Open) -> list[_Open]:
        """Note a file; return what lies in it."""
        file, out = one.file, self.expansion
        if file.source in self._left_out:
            out.skipped.append(SkippedFile(source=file.source, reason=LEFT_OUT))
            return []
        out.sources.add(file.source)
        record = self._former.get(file.source)
        if record is not None and self._is_unchanged(file, record):
            if record.sha256 not in self._listed and file.source not in self._held:
                out.unchanged.append(record)
                return []
        else:
            record = None
        try:
            told, members = self._open(one, record)
        except SourceError as error:
            out.unreadable.append((file, error))
            return []
        if record is None and told is not None:
            out.told.append(told)
        elif record is not None:
            out.unchanged.append(record)
        return [child for member in members for child in self._members(one, member)]

    def _open(
        self, one: _Open, record: FileRecord | None
    ) -> tuple[SourceFile | None, tuple[Member, ...]]:
        """Return the file as told, unless it is as before, and what it holds."""
        if record is not None:
            listed = self._list(record.sha256, one)
            if listed is not None or record.state == "failed":
                return None, listed or ()
        told = identify(one.file, settings=self._settings, tell=self._tell)
        if self._opened is None or told.media_type not in CONTAINERS:
            return told, ()
        listed = self._list(told.sha256, one)
        if listed is None:
            listed = self._opened.unpack(told, one.purse[0])
            self._spend(one, listed)
        self.expansion.holders.add(told.sha256)
        return told, listed

    def _list(self, sha256: str, one: _Open) -> tuple[Member, ...] | None:
        members = self._opened.store.read_list(sha256) if self._opened and sha256 else None
        if members is not None:
            self._spend(one, members)
            self.expansion.holders.add(sha256)
        return members

    def _spend(self, one: _Open, members: tuple[Member, ...]) -> None:
        """Take what was unpacked out of the purse; raises LimitError where it is overdrawn."""
        left = Budget(
            members=one.purse[0].members - len(members),
            size_bytes=one.purse[0].size_bytes - sum(m.size_bytes for m in members),
        )
        if members and one.level >= self._settings.archive_levels:
            raise LimitError(
                f"The file lies more than {self._settings.archive_levels} archives deep.",
                hint="Raise RAG_ARCHIVE_LEVELS, or unpack it into the folder.",
            )
        if left.members < 0 or left.size_bytes < 0:
            raise LimitError(
                "The files in this archive are too many or too large, all levels together.",
                hint="Raise RAG_ARCHIVE_MEMBERS and RAG_ARCHIVE_MB, or unpack it.",
            )
        one.purse[0] = left

    def _members(self, holder: _Open, member: Member) -> list[_Open]:
        """Return a member as a file to look at; note one that stays closed."""
        source = f"{holder.file.source}/{member.name}"
        file = FoundFile(
            path=str(self._opened.store.path(member.sha256)) if self._opened else "",
            source=source,
            root=str(self._opened.store.root) if self._opened else "",
            size_bytes=member.size_bytes,
            mtime_ns=holder.file.mtime_ns,
        )
        if member.sha256:
            return [_Open(file=file, level=holder.level + 1, purse=holder.purse)]
        if member.failed:
            self.expansion.sources.add(source)
            self.expansion.unreadable.append((file, SourceError(member.reason)))
        else:
            self.expansion.skipped.append(SkippedFile(source=source, reason=member.reason))
        return []


def _holders(former: Mapping[str, FileRecord]) -> frozenset[str]:
    """Return the known files that others are known to lie in."""
    return frozenset(
        holder
        for source in former
        for at, letter in enumerate(source)
        if letter == "/" and (holder := source[:at]) in former
    )
