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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ingest.archives.containers import unpack
from ingest.archives.outlook import COMPOUND_FILE
from ingest.archives.passwords import lending, lent
from ingest.discovery.discover import ClosedFileError
from ingest.discovery.media_type import media_type_of
from ingest.sandbox import jobs
from ingest.sandbox.confinement import confine
from ingest.sandbox.jobs import GoOn, Job, Setup, Value, packed
from rag.datamodel import Document, SourceFile
from rag.errors import PagelightError, SourceError
from rag.opening import held, name_of
from rag.protocols import OcrLine, Pixels
from rag.storage.files.members import MemberStore

if TYPE_CHECKING:
    from ingest.ocr.ocr import RapidOcr
    from ingest.ocr.picture_sight import PictureSight
    from rag.storage.images.assets import AssetStore

_MEGABYTE: Final = 1 << 20
_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024

Tell = Callable[[jobs.Reply], None]


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

    def tell(reply: jobs.Reply) -> None:
        connection.send_bytes(packed(reply))

    for ours in ("ingest", "rag"):
        logging.getLogger(ours).addHandler(_TellingHandler(tell))
    workshop = _Workshop(setup, tell, nods)
    with lending(setup.passwords):
        tell(workshop.reply(waiting.get()))
        gc.freeze()  # what is imported stays: looking through it took 7 % of the time of 693 pages
        while True:
            tell(workshop.reply(waiting.get()))


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

    def __init__(self, setup: Setup, tell: Tell, nods: queue.SimpleQueue[GoOn]) -> None:
        self._setup = setup
        self._settings = setup.settings
        self._tell = tell
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
                store = MemberStore(job.folder)
                with _held(job.file) as file:
                    return unpack(file, store=store, settings=self._settings, budget=job.budget)
            case jobs.ListenJob():
                from ingest.parsers.media.recording import read_sound  # noqa: PLC0415

                with _held(job.file) as file:
                    return read_sound(file, start_s=job.start_s, seconds=job.seconds)
            case jobs.DrawJob():
                return _drawn(job)
            case jobs.CropJob():
                return _cropped(job, megapixels=self._settings.image_megapixels)

    @cached_property
    def _assets(self) -> AssetStore:
        from rag.storage.images.assets import AssetStore  # noqa: PLC0415

        return AssetStore(self._setup.assets_root, megapixels=self._settings.image_megapixels)

    @cached_property
    def _ocr(self) -> RapidOcr:
        from ingest.ocr.ocr import RapidOcr  # noqa: PLC0415

        return RapidOcr(device=self._settings.device)

    @cached_property
    def _sight(self) -> PictureSight:
        from ingest.ocr.picture_sight import PictureSight  # noqa: PLC0415

        return PictureSight()

    def _parse(self, job: jobs.ParseJob) -> Document:
        from ingest.parsers.base.how_far import telling  # noqa: PLC0415
        from ingest.parsers.registry import parser_for  # noqa: PLC0415

        settings = self._settings
        if job.pages is not None:
            settings = replace(settings, page_limit=min(job.pages, settings.page_limit))
        parser = parser_for(job.file.media_type, settings=settings)
        if parser is None:
            raise SourceError(f"Files of type {job.file.media_type} are not read.")
        with _held(job.file) as file, telling(lambda share: self._tell(jobs.HowFar(share=share))):
            return parser.parse(file, self._assets)

    def _letter(self, job: jobs.LetterJob) -> Document:
        from ingest.ocr.document_ocr import letter  # noqa: PLC0415
        from ingest.parsers.pdf.opening import PdfRenderer  # noqa: PLC0415

        def page_done(page: int | None) -> None:
            self._tell(jobs.PageDone(page=page))
            self._nods.get()  # wait until more may be read

        with _held(job.file) as file:
            return letter(
                job.document,
                file,
                ocr=self._ocr,
                renderer=PdfRenderer(),
                assets=self._assets,
                unreadable=job.unreadable,
                cache=_TellingCache(dict(job.known), self._tell),
                settings=self._settings,
                sight=self._sight,
                on_page=page_done,
            )


def _media_type(path: Path, name: str) -> str | SourceError:
    try:
        with held(path) as at, _unlocked(at) as opened:
            return media_type_of(opened, name=name)
    except OSError as error:
        return ClosedFileError.of(error)
    except SourceError as error:
        return error


@contextmanager
def _held(file: SourceFile) -> Iterator[SourceFile]:
    """Lend the file as it is now. Raises SourceError where another thing has come in its place."""
    with ExitStack() as stack:
        try:
            at = stack.enter_context(held(Path(file.path), below=Path(file.root)))
        except OSError as error:
            raise ClosedFileError.of(error) from error
        opened = stack.enter_context(_unlocked(at))
        yield replace(file, held=str(opened))


@contextmanager
def _unlocked(path: Path) -> Iterator[Path]:
    """Lend a copy without a password; the file itself where it has none, or none fits."""
    if not lent():
        yield path
        return
    with path.open("rb") as stream:
        head = stream.read(_PDF_WITHIN)
    is_office = head.startswith(COMPOUND_FILE)  # archives take passwords themselves
    unlock = _is_office_unlocked if is_office else _is_pdf_unlocked
    with TemporaryDirectory() as folder:
        copy = Path(folder) / name_of(path)
        has_own = is_office or _PDF in head
        yield copy if has_own and any(unlock(path, copy, word) for word in lent()) else path


def _is_office_unlocked(path: Path, copy: Path, password: str) -> bool:
    import msoffcrypto  # noqa: PLC0415 - only where passwords are lent
    from msoffcrypto.exceptions import DecryptionError, FileFormatError  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as stream, copy.open("wb") as plain:
            file = msoffcrypto.OfficeFile(stream)
            if not file.is_encrypted():
                return False
            file.load_key(password=password)
            file.decrypt(plain)
    except (DecryptionError, FileFormatError):
        return False
    return True


def _is_pdf_unlocked(path: Path, copy: Path, password: str) -> bool:
    import pypdfium2 as pdfium  # noqa: PLC0415 - only where passwords are lent
    from pypdfium2.raw import FPDF_REMOVE_SECURITY  # noqa: PLC0415 - as above

    from ingest.parsers.pdf.letters.words import PDFIUM  # noqa: PLC0415 - as above

    with PDFIUM:
        try:
            doc = pdfium.PdfDocument(path, password=password)
        except (pdfium.PdfiumError, OSError):
            return False
        try:
            doc.save(copy, flags=FPDF_REMOVE_SECURITY)
        finally:
            doc.close()
    return True


def _drawn(job: jobs.DrawJob) -> Pixels:
    from ingest.parsers.pdf.opening import PdfRenderer  # noqa: PLC0415

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

    def __init__(self, tell: Tell) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(jobs.Warned(logger=record.name, text=record.getMessage()))


class _TellingCache:
    """The `OcrCache` of lettering: knows what the parent sent, tells it what is new."""

    def __init__(self, known: dict[str, list[OcrLine]], tell: Tell) -> None:
        self._known = known
        self._tell = tell
        self.get = known.get

    def put(self, key: str, lines: list[OcrLine]) -> None:
        self._known[key] = lines
        self._tell(jobs.OcrRead(key=key, lines=lines))
