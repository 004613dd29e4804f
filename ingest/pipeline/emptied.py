"""The question whether documents are to leave the index: their drive may only be away.

Where a drive was mounted an empty folder is left, or one that holds a file saying so; or the folder
goes with it. Knows records and counts files; looks at no disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.discovery.discover import FoundFile, SkippedFile, around, lies_in
from ingest.remote.address import shown
from rag.datamodel import ROOT_COLLECTION
from rag.errors import EmptiedError
from rag.storage.documents.records import FileRecord

TO_REMOVE: Final = "Check its drive. If they are to leave the index: --remove-all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A folder (`""`: the root) that lost most of the documents that it `held`."""

    folder: str
    held: int
    lost: tuple[str, ...]

    @property
    def as_skipped(self) -> SkippedFile:
        reason = f"Gone of it: {_counted(self.lost)}; what was read of it stays. Check its drive."
        return SkippedFile(source=self.folder or ROOT_COLLECTION, reason=reason)


def question_of(losses: Sequence[Loss]) -> str:
    """Return what a person is to be asked; "" where nothing was lost."""
    names = ", ".join(loss.folder or ROOT_COLLECTION for loss in losses)
    count = _counted([source for loss in losses for source in loss.lost])
    return f"Gone, but kept in the index: {count} of {names}." if losses else ""


def refuse_emptied(
    root: Path,
    former_root: Path | None,
    former: Mapping[str, FileRecord],
    gone: Collection[str],
    found: Sequence[FoundFile],
    *,
    extra: Collection[str],
) -> None:
    """Raise EmptiedError where nothing is left of what was read of `root` itself.

    That is so where it holds few files now, or is another folder than `former_root`. `gone` are
    sources that are not there any more, and whose content is nowhere else.
    """
    documents = {s for s in _documents(former, former) if _top(s) not in extra}
    if not documents or not documents.issubset(gone):
        return
    count, left = _counted(documents), sum(_top(f.source) not in extra for f in found)
    if not left:
        raise EmptiedError(
            f"The folder {shown(root)} is empty, but the index holds {count} of it.", hint=TO_REMOVE
        )
    if former_root is not None and former_root != root.resolve():
        raise EmptiedError(
            f"{shown(root)} holds none of the {count} of {shown(former_root)}, which is not "
            "there now.",
            hint="Choose another --workspace, or let them leave the index: --remove-all.",
        )
    if 2 * left < len(documents):
        raise EmptiedError(
            f"The folder {shown(root)} holds none of the {count} that were read of it.",
            hint=TO_REMOVE,
        )


def losses_of(
    former: Mapping[str, FileRecord],
    gone: Collection[str],
    found: Sequence[FoundFile],
    is_there: Callable[[str], bool],
) -> tuple[Loss, ...]:
    """Return the folders that lost most of what they held, though they are there themselves.

    First the largest of which nothing is left, then the smallest of the others.
    """
    lost = sorted(_documents(gone, former))
    lost_in = Counter(folder for source in lost for folder in around(source))
    held_in, left_in = (
        Counter(folder for source in sources for folder in around(source) if folder in lost_in)
        for sources in (_documents(former, former), (file.source for file in found))
    )
    folders = sorted(lost_in, key=lambda folder: folder.count("/") + bool(folder))
    emptied = (folder for folder in folders if folder and lost_in[folder] == held_in[folder])
    losses: dict[str, Loss] = {}
    for folder in (*emptied, *reversed(folders)):
        near = (source for source in lost if _lies_below(source, folder))
        left_out = tuple(source for source in near if not lies_in(source, losses))
        inside = sum(one.held for one in losses.values() if _lies_below(one.folder, folder))
        held = held_in[folder] - inside
        is_majority = 2 * len(left_out) > held > 2 * left_in[folder]
        if is_majority and is_there(folder):
            losses[folder] = Loss(folder=folder, held=held, lost=left_out)
    return tuple(losses.values())


def _documents(sources: Iterable[str], former: Mapping[str, FileRecord]) -> Iterator[str]:
    """Yield the sources that were read; what lies in an archive goes with that."""
    for source in sources:
        is_inside = any(folder in former for folder in around(source))
        if former[source].state == "ready" and not is_inside:
            yield source


def _counted(sources: Collection[str]) -> str:
    return f"{len(sources):,} document{'' if len(sources) == 1 else 's'}"


def _lies_below(source: str, folder: str) -> bool:
    return not folder or source.startswith(f"{folder}/")


def _top(source: str) -> str:
    return source.partition("/")[0]
