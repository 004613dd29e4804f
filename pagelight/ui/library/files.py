"""Files that come into the folder of documents, and leave the index or come again; the demo.

A file is written aside and moved to its place when it is whole; nothing is overwritten. Knows the
folder and the index; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import asyncio
import filecmp
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from fastapi.concurrency import contextmanager_in_threadpool

from ingest.discovery.media_type import HEAD_BYTES, check_head
from ingest.remote.address import room_of
from pagelight.services.answering.asking import Library
from pagelight.services.jobs.collections import usable_name
from pagelight.services.jobs.jobs import Jobs
from rag.datamodel import ROOT_COLLECTION, composed
from rag.errors import LimitError, PagelightError

DEMO_FOLDER: Final = "Demo"
"""The folder below that of the documents that the demo is copied into."""

MEGABYTE: Final = 1_000_000

REMOVE: Final = "remove"
READ_AGAIN: Final = "again"
"""What may be done about a document, by another machine where that reads."""


def is_writable(folder: Path | None) -> bool:
    """Tell whether files can be put into the folder; into an address none are."""
    here = folder is not None and folder.is_dir() and room_of(folder) is None
    return here and folder is not None and os.access(folder, os.W_OK | os.X_OK)


def target_of(
    folder: Path,
    file_name: str,
    *,
    into: str = "",
    among: tuple[str, ...] | None = None,
    extra: Collection[str] = (),
) -> Path:
    """Return where a file of this name goes. Raises PagelightError for a name that can't be used.

    Of `file_name` only the last part counts. `into` is a folder below `folder`, as "a/b"; no name
    leads out of the folder, nor out of the collections `among` (None: everything), nor under the
    name of an `extra` folder, which is watched beside it.
    """
    bare = usable_name(file_name.replace("\\", "/").rpartition("/")[2])
    parent = folder.joinpath(*(usable_name(part) for part in into.split("/") if part))
    if not parent.resolve().is_relative_to(folder.resolve()):
        raise PagelightError(
            "The folder {name} leads elsewhere.", hint="Choose another name.", name=into
        )
    inside = parent.resolve().relative_to(folder.resolve()).parts
    if among is not None and composed((*inside, ROOT_COLLECTION)[0]) not in among:
        names = ", ".join(one for one in among if one != ROOT_COLLECTION) or "–"
        raise PagelightError(
            "You may add files to: {names}.", hint="Drop a folder of that name.", names=names
        )
    if inside and inside[0] in extra:
        raise PagelightError(
            "{name} is a folder that is watched where it is.",
            hint="Put the file there.",
            name=inside[0],
        )
    if os.path.lexists(parent / bare):
        raise PagelightError(
            "There is a file {file} already.", hint="Rename the new one.", file=bare
        )
    return parent / bare


def usual_folder(among: tuple[str, ...] | None, *, extra: Collection[str] = ()) -> str:
    """Return the folder of what names none: the first of `among` that is not an `extra` one."""
    if among is None or ROOT_COLLECTION in among:
        return ""
    return next((name for name in among if name not in extra), "")


async def store(
    target: Path, pieces: AsyncIterator[bytes], *, limit_mb: int, announced_bytes: int
) -> None:
    """Write a file. Raises LimitError, PagelightError for a full disk, SourceError for its kind."""
    too_large = LimitError("The file has over {n} MB.", hint="Raise RAG_FILE_MB.", n=limit_mb)
    if announced_bytes > limit_mb * MEGABYTE:
        raise too_large
    async with contextmanager_in_threadpool(_coming(target)) as file:
        size, head = 0, b""
        async for piece in pieces:
            size += len(piece)
            head += piece[: HEAD_BYTES - len(head)]
            if size > limit_mb * MEGABYTE:
                raise too_large
            await asyncio.to_thread(file.write, piece)
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
            with target.open("xb"):  # what came there meanwhile stays
                pass
            Path(temporary).chmod(0o600 | target.parent.stat().st_mode & 0o644)  # as the folder's
            Path(temporary).replace(target)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise PagelightError(
            "{file} could not be written: {why}.",
            hint="Check the disk and the folder's permissions.",
            file=target.name,
            why=error.strerror,
        ) from error


def forget(library: Library, jobs: Jobs, what: str, source: str) -> None:
    """Forget the document of `source`, with what has the same content or lies in it.

    To `REMOVE` it: an ingest leaves its files alone from now on. `READ_AGAIN`: they are read now.
    Where another machine reads the documents in, it is asked to. Raises PagelightError while the
    folder is read.
    """
    if jobs.ask_elsewhere(what, source):
        return
    with jobs.held_off():
        records, left_out = library.documents(), library.left_out
        own = list(next((r.sources for r in records if source in r.sources), (source,)))
        held = tuple(f"{one}/" for one in own)
        inside = [s for record in records for s in record.sources if s.startswith(held)]
        (left_out.add if what == REMOVE else left_out.remove)(own)
        library.remove_sources([*own, *inside])
    if what == READ_AGAIN:
        jobs.start()


NAME: Final = "documents"


def folder_of(workspace: Path, *, root: Path | None) -> Path:
    """Return the folder that a workspace was made from, `root`; its own where there is none yet."""
    if root is not None:
        return root
    own = workspace.resolve() / NAME
    own.mkdir(parents=True, exist_ok=True)
    return own


def is_untouched(folder: Path, workspace: Path, *, root: Path | None) -> bool:
    """Tell whether `folder` is the workspace's own, still empty: another may be read yet."""
    is_own = root is None and folder == workspace.resolve() / NAME
    return is_own and not any(folder.iterdir())


QUESTIONS_FILE: Final = "questions.jsonl"
"""Beside the folder of documents: questions whose answers are known, one a line."""


class Demo:
    """The demo as it lies in `folder`; without one there is none to be had."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if folder is not None and folder.is_dir() else None

    @property
    def exists(self) -> bool:
        return self._folder is not None

    def questions(self, most: int) -> list[str]:
        """Return the first questions of the demo, at most `most`."""
        path = self._folder.parent / QUESTIONS_FILE if self._folder else None
        if path is None or not path.is_file():
            return []
        lines = path.read_text(encoding="utf-8").splitlines()[:most]
        return [str(json.loads(line)["question"]) for line in lines]

    def copy_into(self, documents: Path) -> None:
        """Copy what lacks. Raises PagelightError where it can't be written, or there is no demo."""
        if self._folder is None:
            raise PagelightError("There is no demo here.", hint="Add documents of your own.")
        for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
            parts = path.relative_to(self._folder).parts
            if not documents.joinpath(DEMO_FOLDER, *parts).exists():
                into = "/".join((DEMO_FOLDER, *parts[:-1]))
                store_copy(path, target_of(documents, path.name, into=into))

    def remove_from(self, documents: Path) -> None:
        """Remove the copies that nobody changed. Raises PagelightError where that fails."""
        folder, copied = self._folder, documents / DEMO_FOLDER
        if folder is None:
            return
        try:
            for path in sorted([copied, *copied.rglob("*")], reverse=True):  # a folder comes last
                original = folder / path.relative_to(copied)
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()
                elif original.is_file() and filecmp.cmp(path, original, shallow=False):
                    path.unlink()
        except OSError as error:
            raise PagelightError(f"The demo can't be removed: {error.strerror}.") from error
