"""Archives and mails as folders: what each holds, stored under its hash, within limits.

Knows zip, tar, compressed files, mailboxes and mails; knows nothing of what the members are. A
member's name is words: it is cleaned for display, and no path is ever made of it.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from ingest.files.archive import open_archive
from ingest.files.media_types import BZIP2, GZIP, MAIL, MBOX, OUTLOOK, SEVEN_ZIP, TAR, XZ, ZIP
from rag.datamodel import SourceFile
from rag.errors import LimitError, SourceError
from rag.index.ledger.members import Member, MemberStore
from rag.settings import Settings

BLOCK_BYTES: Final = 1 << 20
NAME_LETTERS: Final = 150
"""Of each part of a member's name; the source is shown and stored, never opened."""

SUFFIX_LETTERS: Final = 12
BOMB_BYTES: Final = 50_000_000
BOMB_RATIO: Final = 200
"""A member that is larger than this and expands further than this is no document (deflate's own
limit is 1,032; text seldom comes to 20)."""

COMPRESSED: Final = {GZIP: ".gz", BZIP2: ".bz2", XZ: ".xz"}
ARCHIVES: Final = frozenset({ZIP, TAR, SEVEN_ZIP, MBOX, *COMPRESSED})
"""Media types that hold files and nothing of their own."""

CONTAINERS: Final = ARCHIVES | {MAIL, OUTLOOK}
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

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_NO_DOCUMENTS: Final = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What may yet be unpacked of one file and all that lies in it."""

    members: int
    size_bytes: int


def full_budget(settings: Settings) -> Budget:
    return Budget(members=settings.archive_members, size_bytes=settings.archive_mb * 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member as its holder shows it; `blocks` opens it. `reason`: why it stays closed."""

    name: str
    size_bytes: int = 0
    packed_bytes: int = 0
    reason: str = ""
    failed: bool = False
    blocks: Callable[[], Iterator[bytes]] = field(default=lambda: iter(()))


def unpack(
    file: SourceFile, *, store: MemberStore, settings: Settings, budget: Budget
) -> tuple[Member, ...]:
    """Store what the file holds, and its list; return the list.

    A member that can't be read is one that failed; only what is wrong with all of them is raised:
    LimitError where there are too many or they are too large together, SourceError.
    """
    unpacking = _Unpacking(store, settings, budget)
    try:
        for entry in entries(file, spool=store.root, most_bytes=budget.size_bytes):
            unpacking.take(entry)
    except SourceError:
        raise
    except BROKEN as error:
        raise _damaged(error) from error
    store.write_list(file.sha256, unpacking.members)
    return tuple(unpacking.members)


def entries(file: SourceFile, *, spool: Path, most_bytes: int) -> Iterator[Entry]:
    """Yield what the file holds; each is to be read, if at all, before the next.

    What can't be unpacked piece by piece is unpacked below `spool`, up to `most_bytes`, and
    deleted with the end.
    """
    path = Path(file.path)
    if file.media_type == SEVEN_ZIP:
        from ingest.archives.seven_zip import seven_zip_entries  # noqa: PLC0415 - seldom used, and 0.1 s

        return seven_zip_entries(path, spool=spool, most_bytes=most_bytes)
    if file.media_type == ZIP:
        return _zip_entries(path)
    if file.media_type == TAR:
        return _tar_entries(path)
    if file.media_type in COMPRESSED:
        return iter([_compressed_entry(path, file)])
    from ingest.archives.mailbox import mail_entries, mbox_entries  # noqa: PLC0415 - email takes 0.1 s

    return mbox_entries(path) if file.media_type == MBOX else mail_entries(path)


def shown_name(name: str) -> str:
    """Return a member's name for display: no way up, no drive, no control letters; maybe ""."""
    parts = _CONTROL.sub("", name.replace("\\", "/")).split("/")
    stripped = [part.strip() for part in parts]
    kept = [cut_name(part, NAME_LETTERS) for part in stripped if part not in {"", ".", ".."}]
    if kept and _DRIVE.fullmatch(kept[0]):
        kept = kept[1:]
    return "/".join(kept).encode("utf-8", errors="replace").decode()


def cut_name(name: str, letters: int) -> str:
    """Return a name of at most so many letters, its suffix kept."""
    if len(name) <= letters:
        return name
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= SUFFIX_LETTERS else ""
    return name[: letters - len(suffix)].rstrip() + suffix


class _Unpacking:
    """One file being unpacked: what it holds so far, and what its budget still allows."""

    def __init__(self, store: MemberStore, settings: Settings, budget: Budget) -> None:
        self.members: list[Member] = []
        self._store = store
        self._settings = settings
        self._budget = budget
        self._left_bytes = budget.size_bytes
        self._names: set[str] = set()

    def take(self, entry: Entry) -> None:
        if len(self.members) >= self._budget.members:
            raise LimitError(
                f"The file holds more than {self._settings.archive_members:,} files.",
                hint="Raise RAG_ARCHIVE_MEMBERS, or unpack it into the folder.",
            )
        name = shown_name(entry.name) or "unnamed"
        if not is_junk(name):
            self.members.append(self._stored(entry, self._unique(name)))

    def _stored(self, entry: Entry, name: str) -> Member:
        reason = entry.reason or self._over_limit(entry)
        if reason:
            return Member(name=name, reason=reason, failed=entry.failed or not entry.reason)
        try:
            sha256, size = self._store.put(self._counted(entry.blocks()))
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
        if megabytes >= self._settings.file_mb:
            return (
                f"The file has {megabytes} MB; the limit is {self._settings.file_mb} MB. "
                "Raise RAG_FILE_MB."
            )
        return ""

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the blocks of one member while the limits hold; what is claimed is not believed."""
        size = 0
        for block in blocks:
            size += len(block)
            self._left_bytes -= len(block)
            if self._left_bytes < 0:
                raise expands_too_far(self._settings.archive_mb)
            if size > self._settings.file_mb * 1_000_000:
                raise SourceError(
                    f"The file has more than {self._settings.file_mb} MB.",
                    hint="Raise RAG_FILE_MB.",
                )
            yield block

    def _unique(self, name: str) -> str:
        """Return the name, numbered where there is another of this name."""
        path = PurePosixPath(name)
        number, wanted = 1, name
        while wanted in self._names:
            number += 1
            wanted = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        self._names.add(wanted)
        return wanted


def expands_too_far(megabytes: int) -> LimitError:
    """Return the error of an archive that unpacks to more than allowed."""
    return LimitError(
        f"The file expands too far when unpacked: to more than {megabytes} MB.",
        hint="Raise RAG_ARCHIVE_MB if you trust it, or unpack it into the folder.",
    )


def is_junk(name: str) -> bool:
    parts = name.split("/")
    return any(part in _NO_DOCUMENTS or part.startswith((".", "~$")) for part in parts)


def _zip_entries(path: Path) -> Iterator[Entry]:
    with open_archive(path) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield Entry(
                    name=member.filename,
                    size_bytes=member.file_size,
                    packed_bytes=member.compress_size,
                    reason=_zip_reason(member),
                    failed=bool(member.flag_bits & 1),
                    blocks=lambda member=member: _blocks(archive.open(member)),  # type: ignore[misc]  # its own member, not the last
                )


def _zip_reason(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & 1:
        return "The file is password protected. Unpack it into the folder."
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "This is no ordinary file (a link or device), and is not followed."
    return ""


def _tar_entries(path: Path) -> Iterator[Entry]:
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            if not member.isdir():
                yield Entry(
                    name=member.name,
                    size_bytes=member.size,
                    reason="" if member.isreg() else _NO_FILE,
                    blocks=lambda member=member: _tar_blocks(archive, member),  # type: ignore[misc]  # as above
                )


_NO_FILE: Final = "This is no ordinary file (a link, pipe or device), and is not followed."


def _tar_blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(member)
    return iter(()) if stream is None else _blocks(stream)


def _compressed_entry(path: Path, file: SourceFile) -> Entry:
    name = PurePosixPath(file.source).name
    inner = name.removesuffix(COMPRESSED[file.media_type])
    return Entry(
        name=inner if inner != name else f"{name} (unpacked)",
        blocks=lambda: _blocks(open_compressed(path, file.media_type)),
    )


def open_compressed(path: Path, media_type: str) -> IO[bytes]:
    """Open the content of a compressed file."""
    if media_type == GZIP:
        return gzip.open(path)  # type: ignore[return-value]  # a GzipFile reads as a file does
    return bz2.open(path) if media_type == BZIP2 else lzma.open(path)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _damaged(error: Exception) -> SourceError:
    told = str(error).partition("\n")[0][:200] or type(error).__name__
    return SourceError(
        f"The file is damaged or cut off: it can't be unpacked ({told}).",
        hint="Get an intact copy of it.",
    )
