"""Files are read in child processes, so that no file can harm the program or the other files.

Pages are drawn, and pictures decoded, in others, for people who wait.

A file that crashes its reader, or takes more time or memory than allowed, is one SourceError.
Knows jobs and workers; knows nothing of formats, the index or the chat.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from ingest.archives.containers import UnpackingBudget
from ingest.archives.passwords import lent
from ingest.ocr.pending import OcrCache, cache_keys
from ingest.sandbox import jobs
from ingest.sandbox.jobs import Job, Setup, UnderWay, Value, answer_as
from ingest.sandbox.worker import CRASHES, KilledError, Worker
from rag.closing import Closing
from rag.datamodel import FULL_PAGE, BBox, Document, QueryImage, SourceFile
from rag.errors import SourceError
from rag.protocols import Pixels, Samples
from rag.settings import Settings
from rag.storage.files.members import FOLDER as MEMBERS_FOLDER
from rag.storage.files.members import Member

MEMORY_SHARE: Final = 0.75
"""Of all memory; the rest is the index's, the models' and the system's."""

READER_GB: Final = 1.0
"""What reading the lettering of pages takes at most (.5 GB measured for A4), and its model."""


def side_by_side(settings: Settings, *, cores: int, memory_gb: float) -> tuple[int, int]:
    """Return how many processes of one thread parse, and how many read lettering; at least one.

    Half of the cores parse, for what is parsed is embedded meanwhile; all read lettering, after
    that: two readers of one thread are faster than one of two (measured). As many parse as may
    each take the memory that a file may, at once.
    """
    most = settings.workers or cores
    room_gb = MEMORY_SHARE * memory_gb
    parsers = min(cores // 2, most, room_gb / (settings.file_memory_mb / 1000))
    readers = min(cores, most, room_gb / READER_GB)
    return max(1, int(parsers)), max(1, int(readers))


OCR_NICE: Final = 5
"""Lettering takes minutes; the chat, which a person waits for, goes first."""

MAX_UNREADABLE: Final = 3
"""Pictures of one file that may fail before the file is given up; of ranges that are read side by
side, each may still lose one that it was at."""

OnReply = Callable[[UnderWay], None]
OnShare = Callable[[str, float], None]
"""Called with a source, and how much of it is looked through (0 to 1)."""

OnPage = Callable[[int | None], None]
"""Called after each page or picture whose lettering was read, with its page."""


class Pool(Protocol):
    """Readers that do jobs, here or elsewhere."""

    @property
    def size(self) -> int: ...  # how many jobs run at a time

    def do(self, job: Job, *, on_reply: OnReply = lambda _: None) -> Value:
        """As `ingest.sandbox.worker.Worker.do`; waits for an idle reader."""
        ...

    def close(self) -> None: ...


class ParserProcess(Closing):
    """Reads files in children: `parsers` for text, `readers` for lettering.

    Children start when first needed, are kept for the next file, and die with this process.
    Safe for several threads: each call takes an idle child, or waits for one. `nice` is added to
    the niceness of those that read lettering. Those that are `elsewhere` do all of it. `on_share`
    is told, from other threads, how far a file that takes long is looked through. Passwords that
    are lent while it is made are tried on what is locked.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        assets_root: Path,
        parsers: int = 1,
        readers: int = 1,
        nice: int = OCR_NICE,
        elsewhere: Pool | None = None,
        on_share: OnShare = lambda *_: None,
    ) -> None:
        root = assets_root.parent.resolve() / assets_root.name  # a link to another drive, maybe
        setup = Setup(settings=settings, assets_root=root, nice=0, passwords=lent())
        self._on_share = on_share
        self._members_root = root.parent / MEMBERS_FOLDER
        self._parsers: Pool
        self._readers: Pool
        self._tellers: Pool
        if elsewhere:
            self._parsers = self._readers = elsewhere
            self._tellers = Children(setup, 1)  # a look at each file is not worth the way
        else:
            self._parsers = self._tellers = Children(setup, parsers)
            self._readers = Children(replace(setup, nice=nice), readers)
        self.parsers, self.readers = self._parsers.size, self._readers.size
        """How many files are parsed, and the lettering of how many is read, at a time."""

    def close(self) -> None:
        """End all children; jobs under way raise StoppedError."""
        for pool in (self._parsers, self._readers, self._tellers):
            pool.close()

    def tell(self, path: Path, *, name: str) -> str:
        """Tell the media type of a file that goes by `name`. Raises SourceError, LimitError."""
        (kind,) = self._media_types([(path, name)])
        if isinstance(kind, SourceError):
            raise kind
        return kind

    def tell_many(self, files: Sequence[tuple[Path, str]]) -> dict[Path, str]:
        """Return the media types, by path, of files that can be told together."""
        try:
            kinds = self._media_types(files)
        except SourceError:
            return {}
        told = zip(files, kinds, strict=True)
        return {path: kind for (path, _), kind in told if isinstance(kind, str)}

    def _media_types(self, files: Sequence[tuple[Path, str]]) -> Sequence[str | SourceError]:
        job = jobs.TellJob(files=tuple((path.absolute(), name) for path, name in files))
        return answer_as(tuple, self._tellers.do(job))

    def parse(self, file: SourceFile, *, pages: int | None = None) -> Document:
        """Read a file, or its first `pages`. Raises SourceError or LimitError."""

        def on_reply(reply: UnderWay) -> None:
            if isinstance(reply, jobs.HowFar):
                self._on_share(file.source, reply.share)

        job = jobs.ParseJob(file=file, pages=pages)
        return answer_as(Document, self._parsers.do(job, on_reply=on_reply))

    def unpack(self, file: SourceFile, budget: UnpackingBudget, /) -> tuple[Member, ...]:
        """Store what an archive or mail holds. Raises SourceError or LimitError."""
        job = jobs.UnpackJob(file=file, folder=self._members_root, budget=budget)
        return answer_as(tuple, self._parsers.do(job))

    def letter(
        self,
        document: Document,
        file: SourceFile,
        /,
        *,
        on_page: OnPage,
        cache: OcrCache,
        unreadable: dict[str, str],
    ) -> Document:
        """Read the pending lettering, page by page. Raises SourceError or LimitError.

        What was read is put into `cache` at once, and what stands in it is not read again. The
        time limit holds for each picture; one that is over a limit, or makes its reader crash
        twice, is left out with a warning, and put into `unreadable`, which calls for parts of one
        file share.
        `on_page` and `cache` are called in the caller's thread; what they raise ends the work.
        """
        keys = cache_keys(document)
        reported = 0
        again: set[str] = set()
        while True:
            done = 0

            def on_reply(reply: UnderWay) -> None:
                nonlocal done, reported
                if isinstance(reply, jobs.OcrRead):
                    cache.put(reply.key, reply.lines)
                if not isinstance(reply, jobs.PageDone):
                    return
                done += 1
                if done > reported:
                    reported = done
                    on_page(reply.page)

            known = {key: lines for key in keys if (lines := cache.get(key)) is not None}
            failed = dict(unreadable)
            job = jobs.LetterJob(document=document, file=file, known=known, unreadable=failed)
            try:
                return answer_as(Document, self._readers.do(job, on_reply=on_reply))
            except SourceError as error:
                at = keys[done] if done < len(keys) else ""  # "": after all pictures
                if at not in again and (not at or isinstance(error, CRASHES)):
                    again.add(at)  # what a crash met is tried once more
                    continue
                given_up = len(unreadable) >= MAX_UNREADABLE or isinstance(error, KilledError)
                if not at or at in failed or given_up:
                    raise
                unreadable[at] = str(error)

    def listen(self, file: SourceFile, *, start_s: float, seconds: float) -> Samples:
        """Return some seconds of a recording's sound. Raises SourceError or LimitError."""
        job = jobs.ListenJob(file=file, start_s=start_s, seconds=seconds)
        return answer_as(np.ndarray, self._readers.do(job))

    def read_query_image(self, path: Path) -> QueryImage:
        """Return a question's picture with hash and lettering. Raises SourceError."""
        job = jobs.QueryImageJob(path=path.resolve())
        return answer_as(QueryImage, self._parsers.do(job))


class Children:
    """Workers with one setup, each lent to one job at a time."""

    def __init__(self, setup: Setup, size: int) -> None:
        self.size = size
        self._workers = [Worker(setup) for _ in range(size)]
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def do(self, job: Job, *, on_reply: OnReply = lambda _: None) -> Value:
        worker = self._idle.get()
        try:
            return worker.do(job, on_reply=on_reply)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        for worker in self._workers:
            worker.close()


DRAWN_AT_ONCE: Final = 2
"""Children that draw: a page that takes long holds up half of the others' drawings."""

MAX_SECONDS: Final = 15.0
"""Of work on one drawing: a person waits for it, and others after them."""

MAX_MB: Final = 1500
"""What one drawing may hold: a page of 24 megapixels, and the pictures that are on it."""


class DrawingProcess(Closing):
    """Implements `rag.protocols.PictureRenderer`, for several threads. Raises as `Worker.do`."""

    def __init__(self, settings: Settings) -> None:
        limited = replace(
            settings,
            file_seconds=min(MAX_SECONDS, settings.file_seconds),
            file_memory_mb=min(MAX_MB, settings.file_memory_mb),
        )
        root = settings.workspace / "assets"
        setup = Setup(settings=limited, assets_root=root, nice=0)
        self._children = Children(setup, DRAWN_AT_ONCE)

    def render(self, path: Path, page: int, *, width_px: int) -> Pixels:
        """Draw a page (from 1) so wide, or less where it would be too many pixels."""
        job = jobs.DrawJob(path=path.absolute(), page=page, width_px=width_px)
        return answer_as(np.ndarray, self._children.do(job))

    def crop(self, path: Path, bbox: BBox) -> Pixels:
        """Return a part of an encoded picture, at least one pixel wide and high."""
        job = jobs.CropJob(path=path.absolute(), bbox=bbox)
        return answer_as(np.ndarray, self._children.do(job))

    def whole_picture(self, path: Path) -> Pixels:
        """Return an encoded picture. Raises OSError where it can't be decoded."""
        try:
            return self.crop(path, FULL_PAGE)
        except SourceError as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        """End the children; drawings under way, and those that wait, raise StoppedError."""
        self._children.close()
