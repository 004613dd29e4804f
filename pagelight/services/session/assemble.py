"""The engine and all that reads files, put together: used by the chat and the command line."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from ingest.archives.passwords import lent
from ingest.chunking.chunker import CHUNKER_VERSION, chunk_document
from ingest.pipeline.attach import Attacher
from ingest.pipeline.passes.figure_descriptions import Describer
from ingest.pipeline.passes.hearing_pass import Transcription
from ingest.pipeline.pipeline import Ingest
from ingest.pipeline.progress import FileReport, OnProgress, Report, SharedProgress
from ingest.pipeline.writer import BY_ONE, Batches, batches_of_many
from ingest.remote.remote_disk import RemoteDisk
from ingest.sandbox.jobs import Setup
from ingest.sandbox.parser_process import DrawingProcess, ParserProcess, side_by_side
from ingest.transcription.hearing import UNHEARD
from pagelight.services.rendering.originals import Originals
from pagelight.services.rendering.page_pictures import PageViews
from pagelight.services.session.ear import Ear
from rag.datamodel import Attachment, ImageAsset, QueryImage
from rag.errors import PagelightError, SourceError, WorkspaceBusyError
from rag.models.base.device import usable_cores
from rag.models.embeddings.embedders import minilm
from rag.models.registry.model_table import memory_gb
from rag.pipeline.engine.attached import AttachedFiles
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.protocols import Embedder, Pixels
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

NOBODY_DESCRIBES: Final = (
    "Figures were not described: RAG_DESCRIBE needs a model that writes (RAG_GENERATOR)."
)


class FollowedIngest:
    """An ingest after which recordings are heard, figures described, and what is new is read.

    Each only where it is set: the last by the models in use.
    """

    def __init__(
        self,
        ingest: Ingest,
        engine: Engine,
        *,
        describe: bool,
        transcription: Transcription | None = None,
        shares: SharedProgress,
        reader: AbstractContextManager[object],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """`reader` is open while it runs; `then` is called once all is stored."""
        self._ingest = ingest
        self._engine = engine
        self._describes = describe
        self._transcription = transcription
        self._shares = shares
        self._reader = reader
        self._then = then

    def run(
        self,
        folder: Path,
        *,
        on_progress: OnProgress,
        stop: threading.Event | None = None,
        remove_all: bool = False,
    ) -> Report:
        """Run as `Ingest.run`; once `stop` is set, the rest is read after the next one.

        Raises WorkspaceBusyError where another machine reads the documents in.
        """
        index = self._engine.index
        if not (index.is_owned or index.take_over()):
            raise WorkspaceBusyError(
                "Another machine reads the documents in.", hint="Ask the server that runs there."
            )
        engine = self._engine
        with engine.reading_in(), self._reader, self._shares.listening(on_progress) as tell:
            report = self._ingest.run(folder, on_progress=tell, stop=stop, remove_all=remove_all)
            notes = (*report.notes, *self._hear(on_progress, stop))
        report = replace(report, files=tuple(map(self._as_heard, report.files)))
        if self._describes:
            notes = (*notes, *self._describe(stop))
        self._engine.read_new(stop)
        self._then()
        return replace(report, notes=(*notes, *self._share()))

    def _share(self) -> tuple[str, ...]:
        """Tell other machines what is new; return why not, where that fails: it is tried again."""
        try:
            while self._engine.index.share():
                continue
            self._engine.index.sweep_shared()
        except PagelightError as error:
            return (f"Other machines know nothing of it yet: {error}",)
        return ()

    def _as_heard(self, file: FileReport) -> FileReport:
        """Return what became of a file, a recording as it is after the hearing."""
        if self._transcription is None or UNHEARD.isdisjoint(file.warnings):
            return file
        record = self._engine.index.file(file.source)
        document = self._engine.index.document(record.doc_id) if record and record.doc_id else None
        return replace(file, warnings=document.warnings) if document else file

    def _hear(self, on_progress: OnProgress, stop: threading.Event | None) -> tuple[str, ...]:
        """Hear the recordings; return what was not heard, and why: all else is stored by then."""
        if self._transcription is None:
            return ()
        try:
            return self._transcription.catch_up(stop, on_progress=on_progress)
        except PagelightError as error:
            return (f"Recordings were not heard: {error}",)

    def _describe(self, stop: threading.Event | None) -> tuple[str, ...]:
        """Describe the figures; return why not, where that fails: all else is stored by then."""
        engine = self._engine
        with engine.lent() as active:
            if active.writer is None:
                return (NOBODY_DESCRIBES,)
            describer = Describer(engine.index, engine.embedder, chunk_document, active.writer)
            try:
                describer.catch_up(stop)
            except PagelightError as error:
                return (f"Figures were not described: {error}",)
        return ()


class Assembly:
    """The open workspace and its readers. Reading processes start when first needed."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        *,
        disk: RemoteDisk,
        drawing: DrawingProcess,
    ) -> None:
        self.settings = settings
        self.disk = disk
        self.drawing = drawing
        self.engine = engine
        self._shares = SharedProgress()
        self._reader = self._new_reader()
        self._ear = Ear(settings)
        self._attacher = Attacher(
            engine.attached,
            self._attachment_reader,
            settings,
            hearing=lambda reader: self._ear.hearing(reader, engine.attached.index.ocr_cache),
            see=self._seen_on,
        )

    def make_ingest(self, then: Callable[[], None] = lambda: None) -> FollowedIngest:
        """Return an ingest whose files are read in child processes; `then` is called behind it.

        Those that passwords are lent to are its own, and end with it.
        """
        reader = self._new_reader() if lent() else self._reader
        lifetime = reader if lent() else nullcontext()
        embedder = self.engine.embedder
        return self._ingest_by(reader, embedder=embedder, lanes=1, lifetime=lifetime, then=then)

    def _new_reader(self) -> ParserProcess:
        settings = self.settings
        parsers, readers = side_by_side(settings, cores=usable_cores(), memory_gb=memory_gb())
        return ParserProcess(
            settings=settings,
            assets_root=settings.workspace / "assets",
            parsers=parsers,
            readers=readers,
            on_share=self._shares.looked_through,
        )

    @contextmanager
    def make_ray_ingest(self) -> Iterator[FollowedIngest]:
        """Lend an ingest whose work is done by a Ray cluster; raises PagelightError without one.

        It reads and embeds; what comes of it is divided and stored here.
        """
        from ingest.distributed.pool import A_CALL, RayEmbedder, RayPool  # noqa: PLC0415 - only where it is asked for

        root = self.settings.workspace.resolve() / "assets"
        setup = Setup(settings=self.settings, assets_root=root, nice=0)
        pool = RayPool(setup, minilm)
        with ParserProcess(
            settings=self.settings,
            assets_root=root,
            elsewhere=pool,
            on_share=self._shares.looked_through,
        ) as reader:
            yield self._ingest_by(
                reader,
                embedder=RayEmbedder(self.engine.embedder, pool),
                lanes=pool.size,
                batches=batches_of_many(A_CALL),
                lifetime=nullcontext(),
            )

    def _ingest_by(
        self,
        reader: ParserProcess,
        *,
        embedder: Embedder,
        lanes: int,
        batches: Batches = BY_ONE,
        lifetime: AbstractContextManager[object],
        then: Callable[[], None] = lambda: None,
    ) -> FollowedIngest:
        ingest = Ingest(
            self.engine.index,
            embedder,
            chunk_document,
            reader,
            self.settings,
            lanes=lanes,
            batches=batches,
            sight=self.engine.active.sight,
            photographs=self.engine.photographs,
            disk=self.disk,
        )
        return FollowedIngest(
            ingest,
            self.engine,
            describe=self.settings.describe,
            transcription=self._transcription_by(reader),
            shares=self._shares,
            reader=lifetime,
            then=then,
        )

    def _seen_on(self, image: ImageAsset) -> str:
        """Return in a line what an attached picture shows; "" where nothing tells."""
        photographs = self.engine.photographs
        try:
            pixels = self.engine.attached.index.assets.pixels(image)
            return photographs.line_of(pixels) if photographs else ""
        except (OSError, PagelightError) as error:
            logger.warning("an attached picture was not looked at: %s", error)
            return ""

    def _transcription_by(self, reader: ParserProcess) -> Transcription | None:
        hearing = self._ear.hearing(reader, self.engine.index.ocr_cache)
        if hearing is None:
            return None
        return Transcription(
            index=self.engine.index,
            embedder=self.engine.embedder,
            chunker=chunk_document,
            hearing=hearing,
            disk=self.disk,
        )

    def read_image(self, path: Path) -> QueryImage:
        """Read a picture that the folder is searched by. Raises SourceError."""
        return self._reader.read_query_image(path)

    def attach(self, path: Path, *, name: str = "", whole: bool = True) -> Attachment:
        """Read a file that a question is about, as `Attacher.attach`."""
        return self._attacher.attach(path, name=name, whole=whole)

    def attached_before(self, doc_id: str, name: str) -> Attachment:
        """Return a file of an earlier question. Raises SourceError where it is gone."""
        path = self.engine.attached.bytes_of(doc_id)
        if not path.is_file():
            raise SourceError(f"{name} is no longer kept.", hint="Attach it again.")
        return self._attacher.attach(path, name=name, whole=False)

    @property
    def hears(self) -> bool:
        """Whether somebody hears, so that words can be dictated."""
        return self._ear.is_ready

    def dictated(self, path: Path) -> str:
        """Return what is said in a recording, as `Ear.dictated`."""
        return self._ear.dictated(path, self._attacher.reader())

    def begin(self, path: Path) -> None:
        """Begin to read a file while the question is still being written. Raises nothing."""
        self._attacher.begin(path)

    def _attachment_reader(self) -> ParserProcess:
        """Return a reader of its own: a person waits, and an ingest may hold the others."""
        return ParserProcess(
            settings=self.settings,
            assets_root=self.engine.attached.index.workspace / "assets",
            nice=0,
        )

    def close(self) -> None:
        self._attacher.close()
        self._reader.close()
        self.drawing.close()
        self.engine.close()


def assemble(settings: Settings, *, secondary: bool = False) -> Assembly:
    """Open the workspace; loads no model and starts no process yet.

    `secondary`: another process owns it, as `WorkspaceIndex` says.
    """
    disk = RemoteDisk(settings.workspace, max_mb=settings.fetched_mb)
    drawing = DrawingProcess(settings)
    engine = build_engine(
        settings,
        chunker_version=CHUNKER_VERSION,
        drawer_of=partial(_page_views, disk, drawing),
        read_picture=drawing.whole_picture,
        secondary=secondary,
    )
    return Assembly(settings, engine, disk=disk, drawing=drawing)


def _page_views(
    disk: RemoteDisk, drawing: DrawingProcess, index: WorkspaceIndex, attached: AttachedFiles
) -> PageViews:

    def pixels_of(image: ImageAsset) -> Pixels:
        kept = attached.holding(image.id) if index.assets.find(image.id) is None else None
        return (kept or index).assets.pixels(image)

    return PageViews(
        lambda doc_id: index.document(doc_id) or attached.document(doc_id),
        pixels_of,
        Originals(
            lambda: index.roots,
            index.workspace,
            came_with=attached.bytes_of,
            fetch=disk.keep,
        ),
        drawing,
    )
