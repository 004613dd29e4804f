"""What an ingest has to do: the folder as it is against the folder as it was last read.

Knows stats and hashes; opens no document. Unchanged costs a stat; what was touched, moved or
copied costs a hash; only new content is work.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from ingest.archives.passwords import lent
from ingest.discovery.beside import area_of, read_together, referred
from ingest.discovery.discover import (
    LOCAL_DISK,
    Disk,
    FoundFile,
    SkippedFile,
    around,
    lies_in,
    scan,
)
from ingest.pipeline.emptied import Loss, losses_of, refuse_emptied
from ingest.pipeline.expand import Expander
from ingest.remote.address import room_of
from ingest.sandbox.parser_process import ParserProcess
from rag.datamodel import Document, SourceFile
from rag.errors import PassingError, SourceError
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings
from rag.storage.database.servers import Roots
from rag.storage.documents.records import FileRecord
from rag.storage.workspace.store import WorkspaceIndex

LOOKED_AT_ONCE: Final = 4
"""Threads that list folders, hash files and unpack: a network drive answers several at a time."""

FETCHED_AT_ONCE: Final = 16
"""The same where a server has the folder: 300 small files, 40 ms away, are told apart in 24 s in
place of 35 by 4 threads, and of 27 by 10 (benchmarks/LOG.md)."""

Known = Mapping[str, Mapping[str, str]]
"""The hashes of what documents were read with: by document, by the name that they call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """What documents show or are read with beside their own file, by the hashes of it.

    A picture of a note, the subtitles of a recording: where one changes, comes or goes, the
    document is to be read again. `hashes` are those of all files that are there, by source;
    `extra` the names of folders that are watched beside the own one.
    """

    hashes: Mapping[str, str]
    extra: Collection[str]
    kept_apart: bool

    def noted(self, document: Document, sources: Iterable[str]) -> Document:
        """Return a document that was read from these sources with the hashes of its companions."""
        hashes = self._hashes([one.name for one in document.companions], sources)
        companions = tuple(replace(one, sha256=hashes[one.name]) for one in document.companions)
        return replace(document, companions=companions)

    def changed(self, known: Known) -> set[str]:
        """Return the sources of the documents of which a companion is another one now."""
        sources: defaultdict[str, list[str]] = defaultdict(list)
        for source, doc_id in self.hashes.items() if known else ():
            if doc_id in known:
                sources[doc_id].append(source)
        return {
            source
            for doc_id, all_of_it in sources.items()
            if self._hashes(known[doc_id], all_of_it) != known[doc_id]
            for source in all_of_it
        }

    def _hashes(self, names: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
        """Return the one hash that all areas have under each name, as `LocalFiles` reads it."""
        by_area: defaultdict[str, list[str]] = defaultdict(list)
        for source in sources:
            by_area[self._area(source)].append(source)
        hashes = {}
        for name in names:
            found = {
                next(filter(None, (self._hash(source, name) for source in same)), "")
                for same in by_area.values()
            }
            hashes[name] = found.pop() if len(found) == 1 else ""
        return hashes

    def _hash(self, source: str, name: str) -> str:
        target = referred(source, name)
        is_near = target is not None and self._area(target) == self._area(source)
        return self.hashes.get(target, "") if target is not None and is_near else ""

    def _area(self, source: str) -> str:
        is_extra = source.partition("/")[0] in self.extra and "/" in source
        return area_of(source, is_extra=is_extra, kept_apart=self.kept_apart)


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
    index: WorkspaceIndex,
    reader: ParserProcess,
    *,
    settings: Settings,
    tried_with: str,
    outdated: Collection[str] = (),
    remove_all: bool = False,
    progress: Progress = NO_PROGRESS,
    stop: threading.Event | None = None,
    disk: Disk = LOCAL_DISK,
) -> Plan:
    """Compare. Raises PagelightError where `root` is no folder that can be listed.

    Raises EmptiedError where every document would leave the index, because `root` is empty or
    another one than before, and what is gone of a folder that lost most of what it held stays; with
    `remove_all` they leave.
    The index's other folders are looked into, too, each under its name; of one that can't be
    reached all stays. What `progress` raises ends it; once `stop` is set, so does what is unpacked
    too long.

    A failed file is left alone while it is unchanged and would be read under the same limits by
    the same version (`tried_with`). What lies in archives and mails is a file as any other.
    `outdated` are the ids of documents that are to be read again, though their files are unchanged;
    so are those that were read with other companions than there are now.
    """
    extra = index.source_folders.all()
    at_once = LOOKED_AT_ONCE if room_of(root) is None else FETCHED_AT_ONCE
    found, skipped = scan(root, extra=extra, disk=disk, progress=progress, at_once=at_once)
    there = {file.source for file in found}
    again = read_together(there.symmetric_difference(former), there)
    expander = Expander(
        former=former,
        store=index.members,
        reader=reader,
        settings=settings,
        is_unchanged=lambda file, record: (
            record.version == file.version
            and (record.state == "ready" or record.tried_with == tried_with)
            and record.doc_id not in outdated
            and file.source not in again
        ),
        left_out=index.left_out.sources(),
        at_once=at_once,
        stop=stop or threading.Event(),
        disk=disk,
        unlocks=bool(lent()),
    )
    expander.expand(found, progress)
    all_files = expander.found
    # What the system did not let us look into just now
    closed = (f.source for f, why in all_files.unreadable if isinstance(why, PassingError))
    unseen = frozenset(chain((each.source for each in skipped if each.unseen), closed))
    stay = {source for source in former if lies_in(source, unseen)}
    removed = [s for s in former if s not in all_files.sources and s not in stay]
    losses: tuple[Loss, ...] = ()
    if removed and not remove_all:
        gone = all_files.gone(former[source] for source in removed)
        refuse_emptied(root, index.root, former, gone, found, extra=extra)
        roots = Roots(own=root, extra=extra)
        losses = losses_of(former, gone, found, lambda folder: _is_there(folder, roots, disk))
        kept = {source for loss in losses for source in loss.lost}
        stay |= {source for source in removed if lies_in(source, kept)}
    hashes = {
        source: former[source].sha256 for source in all_files.sources | stay if source in former
    }
    hashes |= {file.source: file.sha256 for file in all_files.updates}
    for broken, _ in all_files.unreadable:
        if broken.source not in stay:
            hashes.pop(broken.source, None)
    companions = Companions(hashes=hashes, extra=extra, kept_apart=bool(settings.users))
    renewed = companions.changed(index.companions())
    if renewed:
        again |= renewed
        holders = {folder for source in renewed for folder in around(source)}
        looked_at = [f for f in found if f.source in renewed or f.source in holders]
        all_files.forget({file.source for file in looked_at})
        expander.expand(looked_at)
    updates = sorted(all_files.updates, key=lambda file: file.source)
    ready = {record.sha256 for record in former.values() if record.state == "ready"}
    ready.difference_update(outdated, (file.sha256 for file in updates if file.source in again))
    by_content: defaultdict[str, list[SourceFile]] = defaultdict(list)
    for file in updates:
        if file.sha256 not in ready:
            by_content[file.sha256].append(file)
    index.members.keep_only(all_files.holders | {former[source].sha256 for source in stay})
    return Plan(
        unchanged=tuple(all_files.unchanged),
        known=tuple(file for file in updates if file.sha256 in ready),
        jobs=tuple(Job(files=tuple(same)) for same in by_content.values()),
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
