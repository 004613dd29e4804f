"""What an ingest has to do: the folder as it is against the folder as it was last read.

Knows stats and hashes; opens no document. Unchanged costs a stat; what was touched, moved or
copied costs a hash; only new content is work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.discover import FoundFile, SkippedFile, identify, scan
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


def make_plan(
    root: Path, former: Mapping[str, FileRecord], *, settings: Settings, tried_with: str
) -> Plan:
    """Compare. Raises PagelightError where `root` is no folder.

    A failed file is left alone while it is unchanged and would be read under the same limits by
    the same version (`tried_with`).
    """
    found, skipped = scan(root)
    unchanged = [f for f in found if _is_unchanged(f, former.get(f.source), tried_with)]
    same = {file.source for file in unchanged}
    told, unreadable = _identify([f for f in found if f.source not in same], settings)
    ready = {record.sha256 for record in former.values() if record.state == "ready"}
    return Plan(
        unchanged=tuple(former[file.source] for file in unchanged),
        known=tuple(file for file in told if file.sha256 in ready),
        jobs=_group([file for file in told if file.sha256 not in ready]),
        unreadable=tuple(unreadable),
        skipped=tuple(skipped),
        removed=_removed(former, found, skipped),
    )


def _is_unchanged(file: FoundFile, record: FileRecord | None, tried_with: str) -> bool:
    return (
        record is not None
        and (record.size_bytes, record.mtime_ns) == (file.size_bytes, file.mtime_ns)
        and (record.state == "ready" or record.tried_with == tried_with)
    )


def _identify(
    found: Sequence[FoundFile], settings: Settings
) -> tuple[list[SourceFile], list[tuple[FoundFile, SourceError]]]:
    told: list[SourceFile] = []
    unreadable: list[tuple[FoundFile, SourceError]] = []
    for file in found:
        try:
            told.append(identify(file, settings=settings))
        except SourceError as error:
            unreadable.append((file, error))
    return told, unreadable


def _group(files: Sequence[SourceFile]) -> tuple[Job, ...]:
    by_content: dict[str, list[SourceFile]] = {}
    for file in files:
        by_content.setdefault(file.sha256, []).append(file)
    return tuple(Job(files=tuple(same)) for same in by_content.values())


def _removed(
    former: Mapping[str, FileRecord], found: Sequence[FoundFile], skipped: Sequence[SkippedFile]
) -> tuple[str, ...]:
    """Return what is gone; not what lies in a folder that can't be listed just now."""
    there = {file.source for file in found}
    closed = tuple(f"{folder.source}/" for folder in skipped)
    return tuple(
        source for source in former if source not in there and not source.startswith(closed)
    )
