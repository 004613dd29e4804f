"""7-Zip archives: what they hold. Knows py7zr, which unpacks a whole archive in one pass.

It is unpacked into a folder of numbered files, no further than the limit, and read from there: the
names in it are words, never paths.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final

from py7zr import SevenZipFile
from py7zr.exceptions import (
    ArchiveError,
    DecompressionBombError,
    PasswordRequired,
    UnsupportedCompressionMethodError,
)
from py7zr.io import Py7zIO, WriterFactory
from py7zr.py7zr import ArchiveFile

from ingest.archives.entry import Entry, blocks_of, expands_too_far
from ingest.archives.passwords import lent
from rag.datamodel import SourceFile
from rag.errors import LockedError, SourceError

NO_FILE: Final = "This is no ordinary file (a link or device), and is not followed."


def seven_zip_entries(file: SourceFile, spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield what an archive holds; once one of them is read, all is unpacked below `spool`.

    Raises SourceError for a locked or damaged archive, LimitError where it expands to more than
    `max_bytes`.
    """
    with file.at.open("rb") as stream, _opened(stream, max_bytes) as archive:
        unpacked = _Unpacked(archive, spool, max_bytes)
        names = [(file.filename, file.uncompressed, file.is_symlink) for file in archive.files]
        folders = {number for number, file in enumerate(archive.files) if file.is_directory}
        try:
            for number, (name, size_bytes, is_link) in enumerate(names):
                if number not in folders:
                    yield Entry(
                        name=name,
                        size_bytes=size_bytes,
                        reason=NO_FILE if is_link else "",
                        blocks=partial(unpacked.blocks, number),
                    )
        finally:
            unpacked.close()


class _Unpacked:
    """An archive's members as numbered files, made when the first is asked for."""

    def __init__(self, archive: SevenZipFile, spool: Path, max_bytes: int) -> None:
        self._archive = archive
        self._spool = spool
        self._max_bytes = max_bytes
        self._folder: Path | None = None

    def blocks(self, number: int) -> Iterator[bytes]:
        path = self._made() / str(number)
        if not path.exists():  # an empty file
            return
        yield from blocks_of(path.open("rb"))

    def close(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _made(self) -> Path:
        if self._folder is None:
            self._spool.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(dir=self._spool, suffix=".part"))
            _number(self._archive.files)
            with _readable_errors(self._max_bytes):
                self._archive.extractall(factory=_Numbered(self._folder))
        return self._folder


def _number(files: Iterable[ArchiveFile]) -> None:
    """Give the members numbers for names, before anything is made of the names."""
    for number, file in enumerate(files):
        file.file_properties()["filename"] = str(number)


class _Numbered(WriterFactory):
    """Makes a file for each member that is not empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, filename: str) -> Py7zIO:
        return _MemberFile(self._folder / str(int(filename)))


class _MemberFile(Py7zIO):
    """One member, written to the end of its file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = 0

    def write(self, s: bytes | bytearray) -> int:
        with self._path.open("ab") as file:
            file.write(s)
        self._size += len(s)
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        del size
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        del offset, whence
        return 0

    def flush(self) -> None:
        """Every write is whole."""

    def size(self) -> int:
        return self._size


@contextmanager
def _opened(stream: BinaryIO, max_bytes: int) -> Iterator[SevenZipFile]:
    with _readable_errors(max_bytes):
        archive = _archive(stream, max_bytes)
    with archive:
        yield archive


def _archive(stream: BinaryIO, max_bytes: int) -> SevenZipFile:
    """Return the archive, opened by one of the passwords that were lent if it has one."""
    with suppress(PasswordRequired):
        archive = SevenZipFile(stream, max_extract_size=max_bytes)
        if not archive.needs_password():
            return archive
    for password in lent():
        stream.seek(0)
        try:
            archive = SevenZipFile(stream, max_extract_size=max_bytes, password=password)
            if archive.testzip() is None:
                archive.reset()
                return archive
        except DecompressionBombError:
            raise
        except Exception:  # noqa: BLE001, S112 - anything, of what a wrong password makes of it
            continue
    raise LockedError


@contextmanager
def _readable_errors(max_bytes: int) -> Iterator[None]:
    """Turn the library's errors into those for a person."""
    try:
        yield
    except DecompressionBombError as error:
        raise expands_too_far(max_bytes // 1_000_000) from error
    except UnsupportedCompressionMethodError as error:
        raise SourceError(
            "The archive is packed in a way that is not read.", hint="Unpack it into the folder."
        ) from error
    except ArchiveError as error:
        raise SourceError(
            f"The archive is damaged or cut off: it can't be unpacked ({type(error).__name__}).",
            hint="Get an intact copy of it.",
        ) from error
