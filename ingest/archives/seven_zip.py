"""7-Zip archives: what they hold. Knows py7zr, which unpacks a whole archive in one pass.

It is unpacked into a folder of numbered files, no further than the limit, and read from there: the
names in it are words, never paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from py7zr import SevenZipFile
from py7zr.exceptions import (
    ArchiveError,
    DecompressionBombError,
    PasswordRequired,
    UnsupportedCompressionMethodError,
)
from py7zr.io import NullIO, Py7zIO, WriterFactory

from ingest.archives.containers import NO_FILE, Entry, blocks_of, expands_too_far
from ingest.archives.passwords import lent
from rag.datamodel import SourceFile
from rag.errors import LockedError, SourceError


def seven_zip_entries(file: SourceFile, spool: Path, max_bytes: int) -> Iterator[Entry]:
    """Yield what an archive holds; once one of them is read, all is unpacked below `spool`."""
    with file.at.open("rb") as stream, ExitStack() as stack:
        with _readable_errors(max_bytes):
            archive = stack.enter_context(_archive(stream, max_bytes))
        made: list[Path] = []  # the folder, once it is

        def blocks(number: int) -> Iterator[bytes]:
            if not made:
                spool.mkdir(parents=True, exist_ok=True)
                folder = TemporaryDirectory(dir=spool, suffix=".part", ignore_cleanup_errors=True)
                made.append(Path(stack.enter_context(folder)))
                for place, each in enumerate(archive.files):  # before anything is made of names
                    each.file_properties()["filename"] = str(place)
                with _readable_errors(max_bytes):
                    archive.extractall(factory=_Numbered(made[0]))
            path = made[0] / str(number)
            if path.exists():  # else it is empty
                yield from blocks_of(path.open("rb"))

        members = [
            (f.filename, f.uncompressed, f.is_symlink, f.is_directory) for f in archive.files
        ]
        for number, (name, size_bytes, is_link, is_folder) in enumerate(members):
            if not is_folder:
                yield Entry(
                    name=name,
                    size_bytes=size_bytes,
                    reason=NO_FILE if is_link else "",
                    blocks=partial(blocks, number),
                )


class _Numbered(WriterFactory):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, filename: str) -> Py7zIO:
        return _MemberFile(self._folder / str(int(filename)))


class _MemberFile(NullIO):
    """One member, written to the end of its file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, s: bytes | bytearray) -> int:
        with self._path.open("ab") as file:
            return file.write(s)

    def size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0


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
