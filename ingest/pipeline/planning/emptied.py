"""The question whether documents are to leave the index: their drive may only be away.

Where a drive was mounted an empty folder is left, or one that holds a file saying so; or the folder
goes with it. Knows records and counts files; looks at no disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from ingest.discovery.discover import FoundFile, SkippedFile, lies_in
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


class Losses:
    """Looks for folders that lost most of what they held, though they are there themselves.

    `gone` are sources that are not there any more, and whose content is nowhere else.
    """

    def __init__(
        self,
        former: Mapping[str, FileRecord],
        gone: Collection[str],
        found: Sequence[FoundFile],
        is_there: Callable[[str], bool],
    ) -> None:
        self._former = former
        self._lost = sorted(filter(self._is_document, gone))
        self._found = found
        self._is_there = is_there

    def _is_document(self, source: str) -> bool:
        """Whether a source was read; what lies in an archive goes with that."""
        is_inside = any(folder in self._former for folder in around(source))
        return self._former[source].state == "ready" and not is_inside

    def refuse_all(self, root: Path, former_root: Path | None, *, extra: Collection[str]) -> None:
        """Raise EmptiedError where nothing is left of what was read of `root` itself.

        That is so where it holds few files now, or is another folder than `former_root`.
        """
        documents = [s for s in filter(self._is_document, self._former) if _top(s) not in extra]
        if not documents or not set(documents).issubset(self._lost):
            return
        count, left = _counted(documents), sum(_top(f.source) not in extra for f in self._found)
        if not left:
            raise EmptiedError(
                f"The folder {shown(root)} is empty, but the index holds {count} of it.",
                hint=TO_REMOVE,
            )
        if former_root is not None and former_root != root.resolve():
            raise EmptiedError(
                f"{shown(root)} holds none of the {count} of {shown(former_root)}, which is not "
                "there now.",
                hint="Choose another --workspace, or let them leave the index: --remove-all.",
            )
        if _are_few(left, len(documents)):
            raise EmptiedError(
                f"The folder {shown(root)} holds none of the {count} that were read of it.",
                hint=TO_REMOVE,
            )

    def all(self) -> tuple[Loss, ...]:
        """Return the largest folders of which nothing is left, then the smallest of the others."""
        losses: list[Loss] = []
        folders = sorted(self._lost_in, key=lambda folder: folder.count("/") + bool(folder))
        for folder in folders:
            if folder and self._lost_in[folder] == self._held_in[folder]:
                losses += self._loss(folder, losses)
        for folder in reversed(folders):
            losses += self._loss(folder, losses)
        return tuple(losses)

    def _loss(self, folder: str, known: Sequence[Loss]) -> Iterator[Loss]:
        """Yield a folder if it lost most of what it held beside the losses that are `known`."""
        without = {one.folder for one in known}
        near = (source for source in self._lost if _lies_below(source, folder))
        lost = tuple(source for source in near if not lies_in(source, without))
        inside = sum(one.held for one in known if _lies_below(one.folder, folder))
        held = self._held_in[folder] - inside
        is_majority = 2 * len(lost) > held and _are_few(self._left_in[folder], held)
        if is_majority and self._is_there(folder):
            yield Loss(folder=folder, held=held, lost=lost)

    @cached_property
    def _lost_in(self) -> Counter[str]:
        return Counter(folder for source in self._lost for folder in around(source))

    @cached_property
    def _held_in(self) -> Counter[str]:
        documents = filter(self._is_document, self._former)
        return Counter(f for source in documents for f in around(source) if f in self._lost_in)

    @cached_property
    def _left_in(self) -> Counter[str]:
        files = (file.source for file in self._found)
        return Counter(f for source in files for f in around(source) if f in self._lost_in)


def around(source: str) -> Iterator[str]:
    """Yield the folders that a source lies in, the inner ones first, the root (`""`) last."""
    while source:
        source = source.rpartition("/")[0]
        yield source


def _are_few(left: int, held: int) -> bool:
    return 2 * left < held


def _counted(sources: Collection[str]) -> str:
    return f"{len(sources):,} document{'' if len(sources) == 1 else 's'}"


def _lies_below(source: str, folder: str) -> bool:
    return not folder or source.startswith(f"{folder}/")


def _top(source: str) -> str:
    return source.partition("/")[0]
