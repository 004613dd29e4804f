"""Zip, tar and compressed files: what they hold, read piece by piece and kept nowhere."""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path, PurePosixPath
from pkgutil import resolve_name
from typing import Any, Final

from ingest.archives.code_pages import name_of, zip_names
from ingest.archives.entry import Entry, blocks_of
from ingest.archives.passwords import lent
from ingest.discovery.archive import open_archive
from ingest.discovery.formats import BY_MEDIA_TYPE
from rag.closing import Closing
from rag.datamodel import SourceFile
from rag.errors import LockedError

_AES: Final = 99
"""The way to pack that stands for a lock of WinZip's kind."""

_NO_FILE: Final = "This is no ordinary file (a link, pipe or device), and is not followed."


def zip_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    with open_archive(file.at) as archive, _Members(archive) as content:
        members = archive.infolist()
        for member, name in zip(members, zip_names(members), strict=True):
            if not member.is_dir():
                yield _zip_entry(content, member, name)


def _zip_entry(content: _Members, member: zipfile.ZipInfo, name: str) -> Entry:
    password = _password(content, member) if member.flag_bits & 1 else b""
    return Entry(
        name=name,
        size_bytes=member.file_size,
        packed_bytes=member.compress_size,
        reason=str(LockedError()) if password is None else _zip_reason(member),
        failed=password is None,
        blocks=lambda: content.blocks(member, password or b""),
    )


def _password(content: _Members, member: zipfile.ZipInfo) -> bytes | None:
    """Return the password that opens a member to its end; None where none does."""
    for password in map(str.encode, lent()):
        try:
            for _ in content.blocks(member, password):
                continue
        except (RuntimeError, zipfile.BadZipFile, zlib.error, EOFError):
            continue
        return password
    return None


class _Members(Closing):
    """The content of members; pyzipper reads the list once, where one has WinZip's lock."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._stack = ExitStack()

    def blocks(self, member: zipfile.ZipInfo, password: bytes) -> Iterator[bytes]:
        """Yield a member's content.

        Raises RuntimeError for another password, BadZipFile for damage.
        """
        if member.compress_type != _AES:
            yield from blocks_of(self._archive.open(member, pwd=password or None))
            return
        import pyzipper  # noqa: PLC0415 - only where passwords are lent

        try:
            locked, members = self._locked
            yield from blocks_of(locked.open(members[member.header_offset], pwd=password))
        except pyzipper.BadZipFile as error:
            raise zipfile.BadZipFile(str(error)) from error

    def close(self) -> None:
        self._stack.close()

    @cached_property
    def _locked(self) -> tuple[Any, dict[int, Any]]:
        import pyzipper  # noqa: PLC0415 - as above

        locked = self._stack.enter_context(pyzipper.AESZipFile(self._archive.filename))
        return locked, {member.header_offset: member for member in locked.infolist()}


def _zip_reason(member: zipfile.ZipInfo) -> str:
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "This is no ordinary file (a link or device), and is not followed."
    return ""


def tar_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the members of a tar, also of a compressed one."""
    with tarfile.open(file.at, "r|*") as archive:
        for member in archive:
            if not member.isdir():
                yield Entry(
                    name=name_of(member.name),
                    size_bytes=member.size,
                    reason="" if member.isreg() else _NO_FILE,
                    blocks=lambda member=member: _tar_blocks(archive, member),  # type: ignore[misc]  # as above
                )


def _tar_blocks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(member)
    return iter(()) if stream is None else blocks_of(stream)


def compressed_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the one file of a compressed file, which goes by its name without the suffix."""
    kind = BY_MEDIA_TYPE[file.media_type]
    name = PurePosixPath(file.source).name
    inner = name.removesuffix(kind.suffixes[0])
    yield Entry(
        name=inner if inner != name else f"{name} (unpacked)",
        blocks=lambda: blocks_of(resolve_name(kind.decompressor)(file.at)),
    )
