"""What an ingest has to do: the folder as it is against the folder as it was last read.

Knows stats and hashes; opens no document. Unchanged costs a stat; what was touched, moved or
copied costs a hash; only new content is work.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.discover import FoundFile, SkippedFile, Tell, scan
from ingest.expand import Opened, expand
from ingest.media_type import media_type_of
from rag.datamodel import SourceFile
from rag.errors import SourceError
from rag.index.records import FileRecord
from rag.settings import Settings


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

    `known` has files whose bytes the index holds already under this or another name (`moved`,
    copied or touched), `unreadable` files that can't be told or opened, with the reason.
    """

    unchanged: tuple[FileRecord, ...]
    known: tuple[SourceFile, ...]
    jobs: tuple[Job, ...]
    unreadable: tuple[tuple[FoundFile, SourceError], ...]
    skipped: tuple[SkippedFile, ...]
    removed: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether anything is to be done."""
        return bool(self.known or self.jobs or self.unreadable or self.removed)


def make_plan(
    root: Path,
    former: Mapping[str, FileRecord],
    *,
    settings: Settings,
    tried_with: str,
    opened: Opened | None = None,
    left_out: Collection[str] = (),
    outdated: Collection[str] = (),
    tell: Tell = media_type_of,
) -> Plan:
    """Compare. Raises PagelightError where `root` is no folder.

    A failed file is left alone while it is unchanged and would be read under the same limits by
    the same version (`tried_with`). What lies in archives and mails is a file as any other;
    `opened` None: they stay closed. `left_out` are sources that are not to be read, `outdated`
    the ids of documents that are to be read again, though their files are unchanged; `tell` tells
    media types.
    """
    found, skipped = scan(root)
    all_files = expand(
        found,
        former,
        opened=opened,
        settings=settings,
        is_unchanged=lambda file, record: (
            _is_unchanged(file, record, tried_with)
            and (record is None or record.doc_id not in outdated)
        ),
        left_out=left_out,
        tell=tell,
    )
    if opened is not None:
        opened.store.keep_only(all_files.holders)
    told = sorted(all_files.told, key=lambda file: file.source)
    ready = {record.sha256 for record in former.values() if record.state == "ready"}
    ready.difference_update(outdated)
    closed = [*skipped, *all_files.skipped]
    return Plan(
        unchanged=tuple(all_files.unchanged),
        known=tuple(file for file in told if file.sha256 in ready),
        jobs=_group([file for file in told if file.sha256 not in ready]),
        unreadable=tuple(all_files.unreadable),
        skipped=tuple(closed),
        removed=_removed(former, all_files.sources, closed),
    )


def _is_unchanged(file: FoundFile, record: FileRecord | None, tried_with: str) -> bool:
    return (
        record is not None
        and (record.size_bytes, record.mtime_ns) == (file.size_bytes, file.mtime_ns)
        and (record.state == "ready" or record.tried_with == tried_with)
    )


def _group(files: Sequence[SourceFile]) -> tuple[Job, ...]:
    by_content: dict[str, list[SourceFile]] = {}
    for file in files:
        by_content.setdefault(file.sha256, []).append(file)
    return tuple(Job(files=tuple(same)) for same in by_content.values())


def _removed(
    former: Mapping[str, FileRecord], there: Collection[str], skipped: Sequence[SkippedFile]
) -> tuple[str, ...]:
    """Return what is gone; not what lies in a folder that can't be listed just now."""
    closed = tuple(f"{folder.source}/" for folder in skipped)
    return tuple(
        source for source in former if source not in there and not source.startswith(closed)
    )
