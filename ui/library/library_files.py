"""Files that come by the page into the folder of documents, and leave the index or come again.

A file is written beside its place and moved there when it is whole; nothing is overwritten. Knows
the folder and the index; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from ingest.files.media_type import HEAD_BYTES, check_head
from rag.errors import LimitError, PagelightError
from service.asking.seams import Library
from service.work.jobs import Jobs

MEGABYTE: Final = 1_000_000
NAME_BYTES: Final = 200
_BUSY: Final = "The folder is being read just now. Wait until that is done, or stop it."


def is_writable(folder: Path | None) -> bool:
    return folder is not None and folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def target_of(folder: Path, file_name: str, *, into: str = "") -> Path:
    """Return where a file of this name goes. Raises PagelightError for a name that can't be used.

    Of `file_name` only the last part counts. `into` is a folder below `folder`, as "a/b"; no name
    leads out of the folder.
    """
    bare = _usable(file_name.replace("\\", "/").rpartition("/")[2])
    parent = folder.joinpath(*(_usable(part) for part in into.split("/") if part))
    if not parent.resolve().is_relative_to(folder.resolve()):
        raise PagelightError(f"The folder {into} leads elsewhere.", hint="Choose another name.")
    if os.path.lexists(parent / bare):
        raise PagelightError(f"There is a file {bare} already.", hint="Rename the new one.")
    return parent / bare


def _usable(name: str) -> str:
    """Return the name of a file or folder as it is stored."""
    bare = unicodedata.normalize("NFC", name).strip()
    bad = any(letter in "/\\" or unicodedata.category(letter) in {"Cc", "Cs"} for letter in bare)
    if not bare.strip(".") or bad or len(bare.encode("utf-8", "replace")) > NAME_BYTES:
        raise PagelightError("This is no name for a file.", hint="Rename it.")
    if bare.startswith((".", "~$")):
        raise PagelightError(f"Hidden files are not read: {bare}.", hint="Rename it.")
    return bare


async def store(
    target: Path, pieces: AsyncIterator[bytes], *, limit_mb: int, announced_bytes: int
) -> None:
    """Write a file of at most `limit_mb`. Raises LimitError, or PagelightError for a full disk.

    Raises SourceError for a kind that is not read, by its first bytes: it is not kept then.
    """
    if announced_bytes > limit_mb * MEGABYTE:
        raise _too_large(limit_mb)
    with _coming(target) as file:
        size, head = 0, b""
        async for piece in pieces:
            size += len(piece)
            head += piece[: HEAD_BYTES - len(head)]
            if size > limit_mb * MEGABYTE:
                raise _too_large(limit_mb)
            file.write(piece)
        check_head(head, name=target.name)


def store_copy(source: Path, target: Path) -> None:
    """Copy a file into the folder. Raises PagelightError where it can't be written."""
    with source.open("rb") as original, _coming(target) as file:
        shutil.copyfileobj(original, file)


@contextmanager
def _coming(target: Path) -> Iterator[BinaryIO]:
    """Lend a file that stands at `target` once the block has ended well."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".coming-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            _put_in_place(Path(temporary), target)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise PagelightError(
            f"{target.name} could not be written: {error.strerror}.",
            hint="Check the disk and the folder's permissions.",
        ) from error


def _put_in_place(temporary: Path, target: Path) -> None:
    """Move a file where none is: what came there meanwhile stays."""
    with target.open("xb"):
        pass
    temporary.chmod(0o644)
    temporary.replace(target)


def _too_large(limit_mb: int) -> LimitError:
    return LimitError(f"The file has over {limit_mb} MB.", hint="Raise RAG_FILE_MB.")


class Shelving:
    """Takes documents out of the index, and has them read again."""

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self._library = library
        self._jobs = jobs

    def remove(self, source: str) -> None:
        """Forget the document of `source`; an ingest leaves its files alone from now on.

        Raises PagelightError while the folder is read.
        """
        self._check_idle()
        own, inside = self._files(source)
        self._library.left_out.add(own)
        self._library.remove_sources([*own, *inside])

    def read_again(self, source: str) -> None:
        """Forget what was read of the document of `source`, and read it now."""
        self._check_idle()
        own, inside = self._files(source)
        self._library.left_out.remove(own)
        self._library.remove_sources([*own, *inside])
        self._jobs.start()

    def _check_idle(self) -> None:
        if self._jobs.state.running:
            raise PagelightError(_BUSY)

    def _files(self, source: str) -> tuple[list[str], list[str]]:
        """Return the files with the same content, and those that lie in them."""
        records = self._library.documents()
        own = next((r.sources for r in records if source in r.sources), (source,))
        held = tuple(f"{one}/" for one in own)
        inside = [s for record in records for s in record.sources if s.startswith(held)]
        return list(own), inside
