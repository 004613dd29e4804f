"""Zip archives from strangers: opened only within limits. Knows nothing of what is inside.

Checked before anything is unpacked: how far it expands, passwords, the number of members; and no
member may define XML entities, which no Office file has and which read files or fill the memory.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Final

from rag.errors import LimitError, SourceError
from rag.settings import Settings

END_RECORD: Final = b"PK\x05\x06"
END_RECORD_BYTES: Final = 22
END_COMMENT_BYTES: Final = 65_535
END_RECORD_64: Final = b"PK\x06\x06"
END_64_BYTES: Final = 56 + 20
"""Zip64's end record and its locator, right before the end record (APPNOTE 4.3.14, 4.3.15)."""

MEMBER: Final = b"PK\x01\x02"
MAX_MEMBERS: Final = 65_535
"""As many as a zip without zip64 can hold; what is larger is no document."""

DIRECTORY_BYTES: Final = 16_000_000
"""A directory of members larger than this is not even looked at."""

XML_SUFFIXES: Final = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm", ".vml")
BLOCK_BYTES: Final = 1 << 20
_ENTITY: Final = "<!ENTITY"
ENTITIES: Final = tuple(_ENTITY.encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
"""What XML that defines entities holds, in any encoding that a parser takes."""


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open an archive to list it. Raises SourceError where it is broken."""
    _check_directory(path)
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise SourceError(
            "The file is damaged or cut off: it is not a complete zip archive.",
            hint="Get an intact copy of it.",
        ) from error


def open_checked(path: Path, *, settings: Settings) -> zipfile.ZipFile:
    """Open an archive to read it. Raises SourceError or LimitError (module docstring)."""
    archive = open_archive(path)
    try:
        check(archive, settings=settings)
    except BaseException:
        archive.close()
        raise
    return archive


def check(archive: zipfile.ZipFile, *, settings: Settings) -> None:
    """Raise SourceError or LimitError where an archive is not to be read (module docstring)."""
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise SourceError("The file is password protected.", hint="Save a copy without a password.")
    # Pictures and films that are stored as they are can't surprise
    sizes = ((each.file_size, each.compress_size) for each in archive.infolist())
    unpacked = sum(size for size, packed in sizes if size > 2 * packed)
    if unpacked > settings.unpacked_mb * 1_000_000:
        raise LimitError(
            f"The file expands to {unpacked // 1_000_000} MB when unpacked; "
            f"the limit is {settings.unpacked_mb} MB.",
            hint="Raise RAG_UNPACKED_MB if you trust it.",
        )
    for member in archive.infolist():
        if member.filename.lower().endswith(XML_SUFFIXES) and _defines_entities(archive, member):
            raise SourceError(
                f"The file defines XML entities (in {Path(member.filename).name}), "
                "which can read other files or fill the memory; it is not opened."
            )


def _check_directory(path: Path) -> None:
    """Refuse a directory that would fill the memory: its members are counted, whatever it tells."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - END_RECORD_BYTES - END_COMMENT_BYTES - END_64_BYTES))
        tail_at, tail = stream.tell(), stream.read()
        at = tail.rfind(END_RECORD)
        if at < 0 or len(tail) < at + END_RECORD_BYTES:
            return  # no archive: the library says so
        directory_bytes = min(_directory_bytes(tail, at), size)
        stream.seek(max(0, tail_at + at - END_64_BYTES - directory_bytes))
        listed = stream.read(min(directory_bytes, DIRECTORY_BYTES) + END_64_BYTES).count(MEMBER)
    if directory_bytes > DIRECTORY_BYTES or listed > MAX_MEMBERS:
        raise LimitError("The archive holds far more members than a document does.")


def _directory_bytes(tail: bytes, at: int) -> int:
    """Return how long the directory is: as zip64 tells, else as the end record at `at` does."""
    at_64 = at - END_64_BYTES
    is_64 = at_64 >= 0 and tail.startswith(END_RECORD_64, at_64)
    size = struct.unpack_from("<Q", tail, at_64 + 40) if is_64 else ()
    return int((size or struct.unpack_from("<L", tail, at + 12))[0])


def _defines_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Read a member in blocks and look for an entity definition, across their borders as well."""
    overlap = b""
    try:
        with archive.open(member) as stream:
            while block := stream.read(BLOCK_BYTES):
                window = overlap + block
                if any(mark in window for mark in ENTITIES):
                    return True
                overlap = window[-2 * len(_ENTITY) :]
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _damaged(member) from error
    except Exception as error:
        if type(error).__module__ in {"zlib", "_lzma"}:  # their errors share no base
            raise _damaged(member) from error
        raise
    return False


def _damaged(member: zipfile.ZipInfo) -> SourceError:
    return SourceError(
        f"The file is damaged: its part {Path(member.filename).name} can't be unpacked.",
        hint="Get an intact copy of it.",
    )
