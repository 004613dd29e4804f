"""The child process that reads files: takes jobs from a pipe, answers, and dies with its parent.

Started by `ingest.sandbox.parser_process`. Knows which code does which job; knows nothing of
deadlines, which its parent keeps. Loads nothing heavy before the first job that needs it.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import resource
import signal
import threading
import traceback
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.archives.passwords import lending
from ingest.sandbox import jobs
from ingest.sandbox.confinement import confine
from ingest.sandbox.jobs import GoOn, Job, Setup, Value
from ingest.sandbox.replies import packed
from ingest.sandbox.unlocking import unlocked
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, SourceError
from rag.opening import held
from rag.protocols import OcrLine, Pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.ocr.ocr import RapidOcr
    from ingest.ocr.picture_sight import PictureSight
    from rag.storage.files.members import Member
    from rag.storage.images.assets import AssetStore

_MEGABYTE: Final = 1 << 20


def main(descriptor: int) -> None:
    """Serve the parent at the other end of the pipe until it hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    confine()
    connection = Connection(descriptor)
    setup: Setup = connection.recv()
    os.nice(setup.nice)
    _limit_memory(setup.settings.file_memory_mb)
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    nods: queue.SimpleQueue[GoOn] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, waiting, nods), daemon=True).start()
    for ours in ("ingest", "rag"):
        logging.getLogger(ours).addHandler(_TellingHandler(connection))
    workshop = _Workshop(setup, connection, nods)
    with lending(setup.passwords):
        connection.send_bytes(packed(workshop.reply(waiting.get())))
        gc.freeze()  # what is imported stays: looking through it took 7 % of the time of 693 pages
        while True:
            connection.send_bytes(packed(workshop.reply(waiting.get())))


def _receive(
    connection: Connection, waiting: queue.SimpleQueue[Job], nods: queue.SimpleQueue[GoOn]
) -> None:
    """Take in jobs; the pipe's end means that the parent is gone, even in the midst of a job."""
    while True:
        try:
            message: Job | GoOn = connection.recv()
        except (EOFError, OSError):
            os._exit(0)
        nods.put(message) if isinstance(message, GoOn) else waiting.put(message)


def _limit_memory(megabytes: int) -> None:
    """Let allocations fail above the limit. Data, not address space: libraries reserve much."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = megabytes * _MEGABYTE
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


class _Workshop:
    """Does the jobs, with tools that are made when first needed and then kept."""

    def __init__(self, setup: Setup, connection: Connection, nods: queue.SimpleQueue[GoOn]) -> None:
        self._setup = setup
        self._connection = connection
        self._nods = nods

    def reply(self, job: Job) -> jobs.Reply:
        try:
            return jobs.Done(value=self._do(job))
        except PagelightError as error:
            return jobs.Failed(error=error)
        except MemoryError:
            return jobs.OutOfMemory()
        except Exception as error:  # noqa: BLE001 - told to the parent, which raises it
            return jobs.Bug(
                summary=f"{type(error).__name__}: {error}", traceback=traceback.format_exc()
            )

    def _do(self, job: Job) -> Value:  # noqa: PLR0911 - a case for each kind
        match job:
            case jobs.ParseJob():
                return self._parse(job)
            case jobs.LetterJob():
                return self._letter(job)
            case jobs.QueryImageJob():
                from ingest.ocr.ocr import read_query_image  # noqa: PLC0415

                return read_query_image(job.path, ocr=self._ocr, assets=self._assets)
            case jobs.TellJob():
                return tuple(_media_type(path, name) for path, name in job.files)
            case jobs.UnpackJob():
                return self._unpack(job)
            case jobs.ListenJob():
                from ingest.parsers.media.container import read_sound  # noqa: PLC0415

                with _held(job.file) as file:
                    return read_sound(file, start_s=job.start_s, seconds=job.seconds)
            case jobs.DrawJob():
                return _drawn(job)
            case jobs.CropJob():
                return _cropped(job, megapixels=self._setup.settings.image_megapixels)

    @cached_property
    def _assets(self) -> AssetStore:
        from rag.storage.images.assets import AssetStore  # noqa: PLC0415

        return AssetStore(self._setup.assets_root, megapixels=self._setup.settings.image_megapixels)

    @cached_property
    def _ocr(self) -> RapidOcr:
        from ingest.ocr.ocr import RapidOcr  # noqa: PLC0415

        return RapidOcr(device=self._setup.settings.device)

    @cached_property
    def _sight(self) -> PictureSight:
        from ingest.ocr.picture_sight import PictureSight  # noqa: PLC0415

        return PictureSight()

    def _parse(self, job: jobs.ParseJob) -> Document:
        from ingest.parsers.base.how_far import telling  # noqa: PLC0415
        from ingest.parsers.registry import parser_for  # noqa: PLC0415

        settings = self._setup.settings
        if job.pages is not None:
            settings = replace(settings, page_limit=min(job.pages, settings.page_limit))
        parser = parser_for(job.file.media_type, settings=settings)
        if parser is None:
            raise SourceError(f"Files of type {job.file.media_type} are not read.")
        with _held(job.file) as file, telling(self._tell_share):
            return parser.parse(file, self._assets)

    def _tell_share(self, share: float) -> None:
        self._connection.send_bytes(packed(jobs.HowFar(share=share)))

    def _unpack(self, job: jobs.UnpackJob) -> tuple[Member, ...]:
        from ingest.archives.containers import unpack  # noqa: PLC0415
        from rag.storage.files.members import MemberStore  # noqa: PLC0415

        store = MemberStore(job.folder)
        with _held(job.file) as file:
            return unpack(file, store=store, settings=self._setup.settings, budget=job.budget)

    def _letter(self, job: jobs.LetterJob) -> Document:
        from ingest.ocr.document_ocr import letter  # noqa: PLC0415
        from ingest.parsers.pdf.render import PdfRenderer  # noqa: PLC0415

        with _held(job.file) as file:
            return letter(
                job.document,
                file,
                ocr=self._ocr,
                renderer=PdfRenderer(),
                assets=self._assets,
                unreadable=job.unreadable,
                cache=_TellingCache(dict(job.known), self._connection),
                settings=self._setup.settings,
                sight=self._sight,
                on_page=self._page_done,
            )

    def _page_done(self, page: int | None) -> None:
        """Tell of a page, and wait until more may be read."""
        self._connection.send_bytes(packed(jobs.PageDone(page=page)))
        self._nods.get()


def _media_type(path: Path, name: str) -> str | SourceError:
    from ingest.discovery.discover import ClosedFileError  # noqa: PLC0415
    from ingest.discovery.media_type import media_type_of  # noqa: PLC0415

    try:
        with held(path) as at, unlocked(at) as opened:
            return media_type_of(opened, name=name)
    except OSError as error:
        return ClosedFileError.of(error)
    except SourceError as error:
        return error


@contextmanager
def _held(file: SourceFile) -> Iterator[SourceFile]:
    """Lend the file as it is now. Raises SourceError where another thing has come in its place."""
    from ingest.discovery.discover import ClosedFileError  # noqa: PLC0415

    with ExitStack() as stack:
        try:
            at = stack.enter_context(held(Path(file.path), below=Path(file.root)))
        except OSError as error:
            raise ClosedFileError.of(error) from error
        opened = stack.enter_context(unlocked(at))
        yield replace(file, held=str(opened))


def _drawn(job: jobs.DrawJob) -> Pixels:
    from ingest.parsers.pdf.render import PdfRenderer  # noqa: PLC0415

    try:
        with held(job.path) as path:
            return PdfRenderer().render(path, job.page, width_px=job.width_px)
    except OSError as error:
        raise SourceError(f"{job.path.name} can't be opened: {error}") from error


def _cropped(job: jobs.CropJob, *, megapixels: int) -> Pixels:
    from rag.storage.images.assets import decode  # noqa: PLC0415

    try:
        pixels = decode(job.path.read_bytes(), megapixels=megapixels)
    except OSError as error:
        raise SourceError(f"{job.path.name} can't be decoded: {error}") from error
    height_px, width_px = pixels.shape[:2]
    left, top = int(job.bbox.x0 * width_px), int(job.bbox.y0 * height_px)
    right, bottom = round(job.bbox.x1 * width_px), round(job.bbox.y1 * height_px)
    return pixels[top : max(top + 1, bottom), left : max(left + 1, right)]


class _TellingHandler(logging.Handler):
    """Tells the parent what our own code warns of; its jobs' thread alone logs."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(logging.WARNING)
        self._connection = connection

    def emit(self, record: logging.LogRecord) -> None:
        warned = jobs.Warned(logger=record.name, text=record.getMessage())
        self._connection.send_bytes(packed(warned))


class _TellingCache:
    """The `OcrCache` of lettering: knows what the parent sent, tells it what is new."""

    def __init__(self, known: dict[str, list[OcrLine]], connection: Connection) -> None:
        self._known = known
        self._connection = connection

    def get(self, key: str) -> list[OcrLine] | None:
        return self._known.get(key)

    def put(self, key: str, lines: list[OcrLine]) -> None:
        self._known[key] = lines
        self._connection.send_bytes(packed(jobs.OcrRead(key=key, lines=lines)))
