"""One member of an archive, a mail or a mailbox, as whatever holds it shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from rag.datamodel import SourceFile
from rag.errors import LimitError

BLOCK_BYTES: Final = 1 << 20
SUFFIX_LETTERS: Final = 12


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
deleted with the end. Raises SourceError, LimitError, or `ingest.archives.containers.BROKEN`.
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
