"""A file read while nothing changed it: looked at before and after, and read again if it did.

Without this, a document could be half of one version and half of another, under the hash of a
third. What is read of it later (`Original`) is of that version too. Knows stats and hashes; knows
no format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ingest.discovery.discover import (
    LOCAL_DISK,
    ClosedFileError,
    Disk,
    FoundFile,
    Tell,
    identify,
)
from ingest.discovery.media_type import media_type_of
from rag.datamodel import Document, SourceFile, version_fields, version_of
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
        """Raise UnsteadyError where it holds others, or is gone.

        Costs a stat; a hash where that is another than when it was last checked.
        """
        try:
            seen = version_of(self._disk.stat(self._file.path))
            same = seen == self._seen or self._has_its_hash()
        except OSError as error:
            raise UnsteadyError(_AWAY) from error
        if not same:
            raise UnsteadyError(UNSTEADY)
        self._seen = seen

    def _has_its_hash(self) -> bool:
        path, below = Path(self._file.path), Path(self._file.root)
        with open_regular(path, below=below) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == self._file.sha256


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
        read = _tried(replace(files[0], copies=tuple(files[1:])), parse)
        steady = tuple(file for file in files if _is_same_version(file, disk))
        if files[0] in steady:
            if isinstance(read, SourceError):
                raise read
            sources = tuple(file.source for file in steady)
            return SteadyReading(document=replace(read, sources=sources), files=steady)
        files = steady or (_identify_again(files[0], settings, tell, disk),)
    raise UnsteadyError(UNSTEADY)


def _tried(file: SourceFile, parse: Callable[[SourceFile], Document]) -> Document | SourceError:
    try:
        return parse(file)
    except SourceError as error:
        return error


def _is_same_version(file: SourceFile, disk: Disk) -> bool:
    try:
        return version_of(disk.stat(file.path)) == file.version
    except OSError:
        return False


def _identify_again(file: SourceFile, settings: Settings, tell: Tell, disk: Disk) -> SourceFile:
    """Return the file as it is now; raises SourceError if it is gone."""
    try:
        status = disk.stat(file.path)
    except OSError as error:
        raise UnsteadyError(_AWAY) from error
    found = FoundFile(
        path=file.path,
        source=file.source,
        root=file.root,
        **version_fields(status),
    )
    try:
        return identify(found, settings=settings, tell=tell)
    except ClosedFileError as error:  # no file any more, or not for us
        raise UnsteadyError(UNSTEADY) from error
