"""The engine and all that reads and hears files, put together: for the chat and the commands."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Final

from ingest.archives.passwords import lent
from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.discovery.discover import FoundFile, identify
from ingest.ocr.pending import OcrCache
from ingest.pipeline.attach import Attacher
from ingest.pipeline.hearing_pass import Transcription
from ingest.pipeline.pipeline import Ingest
from ingest.pipeline.progress import SharedProgress
from ingest.pipeline.writer import EMBEDDED_AT_ONCE, EMBEDDED_BY_MANY
from ingest.remote.remote_disk import RemoteDisk
from ingest.sandbox.jobs import Setup
from ingest.sandbox.parser_process import DrawingProcess, ParserProcess, side_by_side
from ingest.transcription.hearing import Hearing
from pagelight.services.jobs.jobs import FollowedIngest
from pagelight.services.rendering.originals import Originals
from pagelight.services.rendering.page_pictures import PageViews
from rag.datamodel import Attachment, ImageAsset, version_fields
from rag.errors import PagelightError, SourceError
from rag.models.base.computing import usable_cores
from rag.models.embedders import minilm
from rag.models.registry.model_table import memory_gb
from rag.models.speech import transcriber_of
from rag.pipeline.engine.attached import AttachedFiles
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.protocols import Embedder, OcrLine, Pixels, Transcriber
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)


DICTATED_S: Final = 300.0
"""Longest dictation: a person waits, and a question has few words."""


class Ear:
    """Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._transcriber: Transcriber | None = None

    @property
    def is_ready(self) -> bool:
        """Whether somebody hears: where the settings name nobody that can, nobody does."""
        try:
            return self._who() is not None
        except PagelightError:
            return False

    def hearing(
        self, reader: ParserProcess, cache: OcrCache, *, max_s: float | None = None
    ) -> Hearing | None:
        """Return how recordings are heard that `reader` decodes; None while nobody hears."""
        who, usual_s = self._who(), self._settings.recording_hours * 3600
        if who is None:
            return None
        longest_s = usual_s if max_s is None else max_s
        return Hearing(transcriber=who, listen=reader.listen, cache=cache, max_s=longest_s)

    def dictated(self, path: Path, reader: ParserProcess) -> str:
        """Return what is said in a file. Raises SourceError, and ModelError."""
        hearing = self.hearing(reader, _Nothing(), max_s=DICTATED_S)
        if hearing is None:
            raise SourceError("No model hears.", hint="Run: pagelight models fetch hearing")
        found = FoundFile(
            path=str(path.resolve()),
            source=path.name,
            root=str(path.resolve().parent),
            **version_fields(path.stat()),
        )
        file = identify(found, settings=self._settings, tell=reader.tell)
        heard = hearing.stretches(file, threading.Event(), lambda _: None)
        return " ".join(each.text for part in heard for each in part.segments)

    def _who(self) -> Transcriber | None:
        with self._lock:
            if self._transcriber is None:
                self._transcriber = transcriber_of(self._settings, os.environ)
            return self._transcriber


class _Nothing:
    def get(self, key: str) -> list[OcrLine] | None: ...
    def put(self, key: str, lines: list[OcrLine]) -> None: ...


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
            # A reader of its own: a person waits, and an ingest may hold the others.
            lambda: ParserProcess(
                settings=settings,
                assets_root=engine.attached.index.workspace / "assets",
                nice=0,
            ),
            settings,
            hearing=lambda reader: self._ear.hearing(reader, engine.attached.index.ocr_cache),
            see=self._seen_on,
        )
        self.read_image = self._reader.read_query_image
        """Reads a picture that the folder is searched by. Raises SourceError."""
        self.attach, self.begin = self._attacher.attach, self._attacher.begin
        """Read a file that a question is about, and begin to while it is still being written."""

    def make_ingest(self, then: Callable[[], None] = lambda: None) -> FollowedIngest:
        """Return an ingest that reads in child processes: in its own where passwords are lent."""
        reader = self._new_reader() if lent() else self._reader
        lifetime = reader if lent() else nullcontext()
        return self._ingest_by(reader, lifetime=lifetime, then=then)

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
        """Lend an ingest that reads and embeds on a Ray cluster. Raises PagelightError."""
        from ingest.ray_cluster import RayEmbedder, RayPool  # noqa: PLC0415 - only where it is asked for

        root = self.settings.workspace.resolve() / "assets"
        setup = Setup(settings=self.settings, assets_root=root, nice=0)
        pool = RayPool(setup, minilm)
        with ParserProcess(
            settings=self.settings,
            assets_root=root,
            elsewhere=pool,
            on_share=self._shares.looked_through,
        ) as reader:
            embedder = RayEmbedder(self.engine.embedder, pool)
            yield self._ingest_by(
                reader,
                embedder=embedder,
                lanes=pool.size,
                gathered=EMBEDDED_BY_MANY,
                patient=True,
            )

    def _ingest_by(
        self,
        reader: ParserProcess,
        *,
        embedder: Embedder | None = None,
        lanes: int = 1,
        gathered: int = EMBEDDED_AT_ONCE,
        patient: bool = False,
        lifetime: AbstractContextManager[object] | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> FollowedIngest:
        engine = self.engine
        ingest = Ingest(
            engine.index,
            embedder or engine.embedder,
            reader,
            self.settings,
            lanes=lanes,
            gathered=gathered,
            patient=patient,
            sight=engine.active.sight,
            photographs=engine.photographs,
            disk=self.disk,
        )
        hearing = self._ear.hearing(reader, engine.index.ocr_cache)
        return FollowedIngest(
            ingest=ingest,
            engine=engine,
            transcription=Transcription(
                index=engine.index,
                embedder=engine.embedder,
                hearing=hearing,
                disk=self.disk,
            )
            if hearing
            else None,
            shares=self._shares,
            lifetime=lifetime or nullcontext(),
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

    def close(self) -> None:
        self._attacher.close()
        self._reader.close()
        self.drawing.close()
        self.engine.close()


def assemble(settings: Settings, *, secondary: bool = False) -> Assembly:
    """Open the workspace, without models and processes yet; as its owner, or `secondary`."""
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
