"""What an ingest has to do: the folder as it is against the folder as it was last read.

Knows stats and hashes; opens no document. Unchanged costs a stat; what was touched, moved or
copied costs a hash; only new content is work.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from ingest.archives.passwords import lent
from ingest.discovery.discover import (
    LOCAL_DISK,
    NO_EXTRA,
    Disk,
    FoundFile,
    SkippedFile,
    lies_in,
    scan,
)
from ingest.discovery.sidecars import companions
from ingest.pipeline.planning.companions import NOTHING_KNOWN, Companions, FileHashes, Known
from ingest.pipeline.planning.emptied import Loss, Losses
from ingest.pipeline.planning.expand import Expander, Expansion
from ingest.remote.address import room_of
from ingest.sandbox.parser_process import ParserProcess
from rag.datamodel import SourceFile
from rag.errors import PassingError, SourceError
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings
from rag.storage.database.sources import Roots
from rag.storage.documents.records import FileRecord
from rag.storage.files.members import MemberStore

LOOKED_AT_ONCE: Final = 4
"""Threads that list folders, hash files and unpack: a network drive answers several at a time."""


FETCHED_AT_ONCE: Final = 16
"""The same where a server has the folder: 300 small files, 40 ms away, are told apart in 24 s in
place of 35 by 4 threads, and of 27 by 10 (benchmarks/LOG.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Content to read: the files that hold these very bytes, in the order of sources."""

    files: tuple[SourceFile, ...]

    @property
    def file(self) -> SourceFile:
        """The one that is opened."""
        return self.files[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every file of the folder in one place, and what is there no more.

    `losses` are folders whose drive may be away: what was read of them stays. `known` has files
    whose bytes the index holds already under this or another name (`moved`,
    copied or touched), `unreadable` files that can't be told or opened, with the reason.
    """

    unchanged: tuple[FileRecord, ...]
    known: tuple[SourceFile, ...]
    jobs: tuple[Job, ...]
    unreadable: tuple[tuple[FoundFile, SourceError], ...]
    skipped: tuple[SkippedFile, ...]
    removed: tuple[str, ...]
    companions: Companions
    losses: tuple[Loss, ...]

    @property
    def changes(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.known or self.jobs or self.unreadable or self.removed)


def make_plan(
    root: Path,
    former: Mapping[str, FileRecord],
    reader: ParserProcess,
    store: MemberStore,
    *,
    settings: Settings,
    tried_with: str,
    extra: Mapping[str, Path] = NO_EXTRA,
    left_out: Collection[str] = (),
    outdated: Collection[str] = (),
    read_with: Known = NOTHING_KNOWN,
    former_root: Path | None = None,
    remove_all: bool = False,
    progress: Progress = NO_PROGRESS,
    stop: threading.Event | None = None,
    disk: Disk = LOCAL_DISK,
) -> Plan:
    """Compare. Raises PagelightError where `root` is no folder that can be listed.

    Raises EmptiedError where every document would leave the index, because `root` is empty or
    another one than `former_root`, and what is gone of a folder that lost most of what it held
    stays; with `remove_all` they leave.
    The `extra` folders are looked into, too, each under its name; of one that can't be reached all
    stays. What `progress` raises ends it; once `stop` is set, so does what is unpacked too long.

    A failed file is left alone while it is unchanged and would be read under the same limits by
    the same version (`tried_with`). What lies in archives and mails, unpacked into `store`, is a
    file as any other. `left_out` are sources that are not to be read, `outdated` the ids of
    documents that are to be read again, though their files are unchanged; so are those that were
    `read_with` other companions than there are now.
    """
    at_once = LOOKED_AT_ONCE if room_of(root) is None else FETCHED_AT_ONCE
    found, skipped = scan(root, extra=extra, disk=disk, progress=progress, at_once=at_once)
    again = _read_together(found, former)
    expander = Expander(
        former=former,
        store=store,
        reader=reader,
        settings=settings,
        is_unchanged=lambda file, record: (
            _is_unchanged(file, record, tried_with)
            and (record is None or record.doc_id not in outdated)
            and file.source not in again
        ),
        left_out=left_out,
        at_once=at_once,
        stop=stop or threading.Event(),
        disk=disk,
        unlocks=bool(lent()),
    )
    all_files = expander.expand(found, progress)
    unseen = _unseen(skipped, all_files)
    stay = {source for source in former if lies_in(source, unseen)}
    removed = [s for s in former if s not in all_files.sources and s not in stay]
    losses: tuple[Loss, ...] = ()
    if removed and not remove_all:
        gone = all_files.gone(former[source] for source in removed)
        roots = Roots(own=root, extra=extra)
        lost = Losses(former, gone, found, lambda folder: _is_there(folder, roots, disk))
        lost.refuse_all(root, former_root, extra=extra)
        losses = lost.all()
        kept = {source for loss in losses for source in loss.lost}
        stay |= {source for source in removed if lies_in(source, kept)}
    hashes = FileHashes(all_files, former, stay)
    companions = Companions(hash_of=hashes.of, extra=extra, kept_apart=bool(settings.users))
    renewed = companions.changed(read_with, hashes.sources(read_with))
    if renewed:
        again |= renewed
        all_files.replace(expander.expand(_holding(renewed, found)))
    updates = sorted(all_files.updates, key=lambda file: file.source)
    ready = {record.sha256 for record in former.values() if record.state == "ready"}
    ready.difference_update(outdated, (file.sha256 for file in updates if file.source in again))
    known = tuple(file for file in updates if file.sha256 in ready)
    store.keep_only(all_files.holders | {former[source].sha256 for source in stay})
    return Plan(
        unchanged=tuple(all_files.unchanged),
        known=known,
        jobs=_group([file for file in updates if file.sha256 not in ready]),
        unreadable=tuple(sorted(all_files.unreadable, key=lambda each: each[0].source)),
        skipped=(*skipped, *all_files.skipped, *(loss.as_skipped for loss in losses)),
        removed=tuple(source for source in removed if source not in stay),
        companions=companions,
        losses=losses,
    )


def _is_there(folder: str, roots: Roots, disk: Disk) -> bool:
    place = roots.place(f"{folder}/name".removeprefix("/"))
    try:
        return place is not None and bool(disk.stat(os.fspath(place[1].parent)))
    except OSError:
        return False


def _read_together(found: Sequence[FoundFile], former: Mapping[str, FileRecord]) -> set[str]:
    """Return the sources that are read again because a file beside them came or went."""
    there = {file.source for file in found}
    came = (source for source in there if source not in former)
    went = (source for source in former if source not in there)
    return companions(chain(came, went), there)


def _holding(sources: Collection[str], found: Sequence[FoundFile]) -> list[FoundFile]:
    """Return the files that are one of these sources, or hold one."""
    holders = {source[:at] for source in sources for at, one in enumerate(source) if one == "/"}
    return [file for file in found if file.source in sources or file.source in holders]


def _is_unchanged(file: FoundFile, record: FileRecord | None, tried_with: str) -> bool:
    return (
        record is not None
        and record.version == file.version
        and (record.state == "ready" or record.tried_with == tried_with)
    )


def _group(files: Sequence[SourceFile]) -> tuple[Job, ...]:
    by_content: dict[str, list[SourceFile]] = {}
    for file in files:
        by_content.setdefault(file.sha256, []).append(file)
    return tuple(Job(files=tuple(same)) for same in by_content.values())


def _unseen(skipped: Sequence[SkippedFile], all_files: Expansion) -> frozenset[str]:
    """Return the files and folders that the system did not let us look into just now."""
    closed = [file.source for file, why in all_files.unreadable if isinstance(why, PassingError)]
    return frozenset((*(each.source for each in skipped if each.unseen), *closed))
