"""A file read while nothing changed it: looked at before and after, and read again if it did.

Without this, a document could be half of one version and half of another, under the hash of a
third. What is read of it later (`Original`) is of that version too. Knows stats and hashes; knows
no format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ingest.discovery.discover import LOCAL_DISK, ClosedFileError, Disk, FoundFile, Tell, identify
from ingest.discovery.media_type import media_type_of
from rag.datamodel import Document, SourceFile, Version, version_fields, version_of
from rag.errors import SourceError
from rag.opening import open_regular
from rag.settings import Settings

TRIES: Final = 3
"""A file that is saved while it is read is whole the next time; one that grows on and on is not."""

UNSTEADY: Final = "The file changed while it was read. The next ingest reads it again."
_AWAY: Final = "The file went away while it was read."


class UnsteadyError(SourceError):
    """Raised for a file that changes while it is read, each time: no fault of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyReading:
    """A document and the files that held these very bytes before and after it was read."""

    document: Document
    files: tuple[SourceFile, ...]


class Original:
    """A file that should hold the very bytes that a document was read from."""

    def __init__(self, file: SourceFile, *, disk: Disk = LOCAL_DISK) -> None:
        self._file = file
        self._disk = disk
        self._seen = file.version

    def check(self) -> None:
        """Raise UnsteadyError where it holds others, or is gone. Costs a stat, or a hash."""
        try:
            seen = version_of(self._disk.stat(self._file.path))
            if seen == self._seen:
                return
            path, below = Path(self._file.path), Path(self._file.root)
            with open_regular(path, below=below) as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise UnsteadyError(_AWAY) from error
        if sha256 != self._file.sha256:
            raise UnsteadyError(UNSTEADY)
        self._seen = seen


def read_steadily(
    files: Sequence[SourceFile],
    parse: Callable[[SourceFile], Document],
    *,
    settings: Settings,
    tell: Tell = media_type_of,
    disk: Disk = LOCAL_DISK,
) -> SteadyReading:
    """Read the content that `files` share, as it is by then. Raises SourceError.

    A file that changed is left out if others still hold the content: it is for the next ingest.
    """
    for _ in range(TRIES):
        read: Document | SourceError
        try:
            read = parse(replace(files[0], copies=tuple(files[1:])))
        except SourceError as error:
            read = error
        steady = tuple(file for file in files if _version(file, disk) == file.version)
        if files[0] in steady:
            if isinstance(read, SourceError):
                raise read
            sources = tuple(file.source for file in steady)
            return SteadyReading(document=replace(read, sources=sources), files=steady)
        files = steady or (_identify_again(files[0], settings, tell, disk),)
    raise UnsteadyError(UNSTEADY)


def _version(file: SourceFile, disk: Disk) -> Version | None:
    with suppress(OSError):
        return version_of(disk.stat(file.path))
    return None


def _identify_again(file: SourceFile, settings: Settings, tell: Tell, disk: Disk) -> SourceFile:
    try:
        version = version_fields(disk.stat(file.path))
    except OSError as error:
        raise UnsteadyError(_AWAY) from error
    found = FoundFile(path=file.path, source=file.source, root=file.root, **version)
    try:
        return identify(found, settings=settings, tell=tell)
    except ClosedFileError as error:  # no file any more, or not for us
        raise UnsteadyError(UNSTEADY) from error
