"""Archives and mails as folders: what each holds, stored under its hash, within limits.

Knows what opens each format, and nothing of what the members are. A member's name is words: it is
cleaned for display, and no path is ever made of it.
"""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from pkgutil import resolve_name
from typing import IO, Final

from ingest.discovery.formats import BY_MEDIA_TYPE, FORMATS, ZIP
from rag.datamodel import SourceFile
from rag.errors import LimitError, SourceError
from rag.settings import Settings
from rag.storage.files.members import Member, MemberStore

NAME_LETTERS: Final = 150
"""Of each part of a member's name; the source is shown and stored, never opened."""

BOMB_BYTES: Final = 50_000_000
BOMB_RATIO: Final = 200
"""A member that is larger than this and expands further than this is no document (deflate's own
limit is 1,032; text seldom comes to 20)."""

ARCHIVES: Final = frozenset(
    each.media_type for each in FORMATS if each.opener and each.parser == ZIP.parser
)
"""Media types that hold files and nothing of their own: their parser lists them."""

CONTAINERS: Final = frozenset(each.media_type for each in FORMATS if each.opener)
"""Media types that hold files of their own."""

BROKEN: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What the readers of archives raise where one is damaged."""

NO_FILE: Final = "This is no ordinary file (a link, pipe or device), and is not followed."
BLOCK_BYTES: Final = 1 << 20
SUFFIX_LETTERS: Final = 12

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_NO_DOCUMENTS: Final = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member as its holder shows it; `blocks` opens it. `reason`: why it stays closed."""

    name: str
    size_bytes: int = 0
    packed_bytes: int = 0
    reason: str = ""
    failed: bool = False
    blocks: Callable[[], Iterator[bytes]] = field(default=lambda: iter(()))


Opener = Callable[[SourceFile, Path, int], Iterator[Entry]]
"""Yields what a file holds; each entry is to be read, if at all, before the next.

What can't be unpacked piece by piece may be unpacked below the path, up to so many bytes, and is
deleted with the end. Raises SourceError, LimitError, or `BROKEN`.
"""


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what a stream holds, block by block, and close it."""
    with stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def cut_name(name: str, letters: int) -> str:
    """Return a name of at most so many letters, its suffix kept."""
    if len(name) <= letters:
        return name
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= SUFFIX_LETTERS else ""
    return name[: letters - len(suffix)].rstrip() + suffix


def expands_too_far(megabytes: int) -> LimitError:
    """Return the error of an archive that unpacks to more than allowed."""
    return LimitError(
        f"The file expands too far when unpacked: to more than {megabytes} MB.",
        hint="Raise RAG_ARCHIVE_MB if you trust it, or unpack it into the folder.",
    )


@dataclass(slots=True, kw_only=True)
class UnpackingBudget:
    """What may yet be unpacked of one file and all that lies in it."""

    members: int
    size_bytes: int


def unpack(
    file: SourceFile, *, store: MemberStore, settings: Settings, budget: UnpackingBudget
) -> tuple[Member, ...]:
    """Store what the file holds, and its list if anything; return the list.

    A member that can't be read is one that failed; only what is wrong with all of them is raised:
    LimitError where there are too many or they are too large together, SourceError.
    """
    unpacking = _Unpacking(store, settings, budget.members, budget.size_bytes)
    try:
        for entry in entries(file, spool=store.root, max_bytes=budget.size_bytes):
            unpacking.take(entry)
    except SourceError:
        raise
    except BROKEN as error:
        raise _damaged(error) from error
    if unpacking.members:
        store.write_list(file.sha256, unpacking.members)
    return tuple(unpacking.members)


def entries(file: SourceFile, *, spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield what the file holds, as its `Opener` does."""
    opener: Opener = resolve_name(BY_MEDIA_TYPE[file.media_type].opener)
    return opener(file, spool, max_bytes)


def shown_name(name: str) -> str:
    """Return a member's name for display: no way up, no drive, no control letters; maybe ""."""
    parts = map(str.strip, _CONTROL.sub("", name.replace("\\", "/")).split("/"))
    kept = [cut_name(part, NAME_LETTERS) for part in parts if part not in {"", ".", ".."}]
    if kept and _DRIVE.fullmatch(kept[0]):
        kept = kept[1:]
    return "/".join(kept).encode("utf-8", errors="replace").decode()


@dataclass(slots=True)
class _Unpacking:
    """One file being unpacked: what it holds so far, and what its budget still allows."""

    store: MemberStore
    settings: Settings
    most: int
    left_bytes: int
    members: list[Member] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def take(self, entry: Entry) -> None:
        if len(self.members) >= self.most:
            raise LimitError(
                f"The file holds more than {self.settings.archive_members:,} files.",
                hint="Raise RAG_ARCHIVE_MEMBERS, or unpack it into the folder.",
            )
        name = shown_name(entry.name) or "unnamed"
        if is_junk(name):
            return
        path, number = PurePosixPath(name), 1
        while name in self.names:  # numbered where there is another of this name
            number += 1
            name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        self.names.add(name)
        self.members.append(self._stored(entry, name))

    def _stored(self, entry: Entry, name: str) -> Member:
        reason = entry.reason or self._over_limit(entry)
        if reason:
            return Member(name=name, reason=reason, failed=entry.failed or not entry.reason)
        try:
            sha256, size = self.store.put(self._counted(entry.blocks()))
        except LimitError:
            raise
        except SourceError as error:
            return Member(name=name, reason=str(error), failed=True)
        except BROKEN as error:
            return Member(name=name, reason=str(_damaged(error)), failed=True)
        return Member(name=name, sha256=sha256, size_bytes=size)

    def _over_limit(self, entry: Entry) -> str:
        """Return why a member is too large to be unpacked, or ""."""
        megabytes = entry.size_bytes // 1_000_000
        if entry.size_bytes > BOMB_BYTES and entry.size_bytes > BOMB_RATIO * entry.packed_bytes > 0:
            return f"The file expands too far, to {megabytes} MB, when unpacked."
        if megabytes >= self.settings.file_mb:
            return (
                f"The file has {megabytes} MB; the limit is {self.settings.file_mb} MB. "
                "Raise RAG_FILE_MB."
            )
        return ""

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the blocks of one member while the limits hold; what is claimed is not believed."""
        size = 0
        for block in blocks:
            size += len(block)
            self.left_bytes -= len(block)
            if self.left_bytes < 0:
                raise expands_too_far(self.settings.archive_mb)
            if size > self.settings.file_mb * 1_000_000:
                raise SourceError(
                    f"The file has more than {self.settings.file_mb} MB.",
                    hint="Raise RAG_FILE_MB.",
                )
            yield block


def is_junk(name: str) -> bool:
    parts = name.split("/")
    return any(part in _NO_DOCUMENTS or part.startswith((".", "~$")) for part in parts)


def _damaged(error: Exception) -> SourceError:
    reason = str(error).partition("\n")[0][:200] or type(error).__name__
    return SourceError(
        f"The file is damaged or cut off: it can't be unpacked ({reason}).",
        hint="Get an intact copy of it.",
    )
