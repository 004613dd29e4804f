"""The question whether every document is to leave the index: a drive may only be away.

An empty folder is what is left where a drive was mounted. Knows records; looks at no disk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ingest.files.discover import FoundFile, SkippedFile
from ingest.remote.address import shown
from rag.errors import EmptiedError
from rag.index.rows.records import FileRecord


def refuse_emptied(
    root: Path,
    former: Mapping[str, FileRecord],
    removed: Collection[str],
    *,
    former_root: Path | None,
    is_empty: bool,
) -> None:
    """Raise EmptiedError where all that was read would go, though nobody may have deleted it.

    That is so where `root` is empty, or is not the folder that the documents were read from.
    """
    ready = {source for source, record in former.items() if record.state == "ready"}
    if not ready or not ready.issubset(removed):
        return
    count = f"{len(ready):,} document{'' if len(ready) == 1 else 's'}"
    if is_empty:
        raise EmptiedError(
            f"The folder {shown(root)} is empty, but the index holds {count} of it.",
            hint="Check its drive. If they are to leave the index: --remove-all.",
        )
    if former_root is not None and former_root != root.resolve():
        raise EmptiedError(
            f"{shown(root)} holds none of the {count} of {shown(former_root)}, which is not there "
            "now.",
            hint="Choose another --workspace, or let them leave the index: --remove-all.",
        )


def emptied_beside(
    beside: Mapping[str, Path], found: Sequence[FoundFile], former: Mapping[str, FileRecord]
) -> Iterator[SkippedFile]:
    """Yield the folders beside the own one that are empty, though files of them were read."""
    there = {top_of(file.source) for file in found}
    read = {top_of(source) for source, record in former.items() if record.state == "ready"}
    for name in sorted((beside.keys() & read) - there):
        reason = f"The folder {beside[name]} is empty; what was read of it stays. Check its drive."
        yield SkippedFile(source=name, reason=reason, unseen=True)


def top_of(source: str) -> str:
    """Return the first part of a source."""
    return source.partition("/")[0]
