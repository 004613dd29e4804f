"""Zip, tar and compressed files: what they hold, read piece by piece and kept nowhere."""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path, PurePosixPath
from pkgutil import resolve_name
from typing import Any, Final

from ingest.archives.code_pages import code_page, name_of
from ingest.archives.containers import NO_FILE, Entry, blocks_of
from ingest.archives.passwords import lent
from ingest.discovery.archive import open_archive
from ingest.discovery.formats import BY_MEDIA_TYPE
from rag.datamodel import SourceFile
from rag.errors import LockedError

_UTF8_FLAG: Final = 0x800
_UNICODE_PATH: Final = 0x7075
"""Where Info-ZIP writes a name in UTF-8 (APPNOTE 4.6.9): version, checksum of the other, name."""

_HEAD: Final = struct.Struct("<HH")


def zip_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the members of a zip; those that are locked by a password that was lent, if it fits."""
    with open_archive(file.at) as archive, ExitStack() as stack:

        @cache  # pyzipper reads the list once, and both kinds of locks
        def locked() -> tuple[Any, dict[int, Any]]:
            import pyzipper  # noqa: PLC0415 - only where passwords are lent

            opened = stack.enter_context(pyzipper.AESZipFile(file.at))
            return opened, {member.header_offset: member for member in opened.infolist()}

        def blocks(member: zipfile.ZipInfo, password: bytes) -> Iterator[bytes]:
            if password:
                opened, members = locked()
                yield from blocks_of(opened.open(members[member.header_offset], pwd=password))
            else:
                yield from blocks_of(archive.open(member))

        members = archive.infolist()
        for member, name in zip(members, zip_names(members), strict=True):
            if member.is_dir():
                continue
            password = _password(partial(blocks, member)) if member.flag_bits & 1 else b""
            kind = stat.S_IFMT(member.external_attr >> 16)
            reason = "" if kind in {0, stat.S_IFREG} else NO_FILE
            yield Entry(
                name=name,
                size_bytes=member.file_size,
                packed_bytes=member.compress_size,
                reason=str(LockedError()) if password is None else reason,
                failed=password is None,
                blocks=partial(blocks, member, password or b""),
            )


def _password(blocks: Callable[[bytes], Iterator[bytes]]) -> bytes | None:
    """Return the password that opens a member to its end; None where none does."""
    for password in map(str.encode, lent()):
        import pyzipper  # noqa: PLC0415 - as above

        try:
            for _ in blocks(password):
                continue
        except (RuntimeError, pyzipper.BadZipFile, zlib.error, EOFError):
            continue
        return password
    return None


def zip_names(members: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the name of each member of a zip as those who wrote it saw it."""
    raw = [  # nothing where a name says that it is in UTF-8
        b"" if member.flag_bits & _UTF8_FLAG else member.orig_filename.encode("cp437")
        for member in members
    ]
    page = code_page([name for name in raw if not name.isascii()])
    for member, name in zip(members, raw, strict=True):
        yield _unicode_path(member, name) or name.decode(page, errors="replace") or member.filename


def _unicode_path(member: zipfile.ZipInfo, raw: bytes) -> str:
    """Return the name in UTF-8 beside a name, where it is of that very name."""
    extra = member.extra
    while len(extra) >= _HEAD.size:
        kind, size = _HEAD.unpack_from(extra)
        field, extra = extra[_HEAD.size : _HEAD.size + size], extra[_HEAD.size + size :]
        if kind == _UNICODE_PATH and field[1:5] == struct.pack("<L", zlib.crc32(raw)):
            return field[5:].decode(errors="replace")
    return ""


def tar_entries(file: SourceFile, _spool: Path, _max_bytes: int) -> Iterator[Entry]:
    """Yield the members of a tar, also of a compressed one."""
    with tarfile.open(file.at, "r|*") as archive:
        for member in archive:
            if not member.isdir():
                yield Entry(
                    name=name_of(member.name),
                    size_bytes=member.size,
                    reason="" if member.isreg() else NO_FILE,
                    blocks=partial(_tar_blocks, archive, member),
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
