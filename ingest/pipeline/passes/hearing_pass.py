"""Recordings without subtitles, heard by a model: what is said becomes text with its seconds.

Slow, so it comes after all reading: it goes on where it was stopped. Knows the index; how one
recording is heard is told by `ingest.transcription`.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from ingest.chunking.cutting import ChunkDocument
from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.parsers.media.subtitles import length_s
from ingest.pipeline.passes.ocr_pass import source_file
from ingest.pipeline.progress import OnProgress, Tracker
from ingest.pipeline.writer import store_again
from ingest.sandbox.worker import StoppedError
from ingest.transcription.hearing import Hearing, is_unheard
from rag.datamodel import Document
from rag.errors import SourceError
from rag.protocols import Embedder
from rag.storage.workspace.store import WorkspaceIndex

logger = logging.getLogger(__name__)

FAILED: Final = "What is said in {source} was not heard: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """Keeps the recordings of an index transcribed."""

    index: WorkspaceIndex
    embedder: Embedder
    chunker: ChunkDocument
    hearing: Hearing
    disk: Disk = LOCAL_DISK

    def catch_up(
        self,
        stop: threading.Event | None = None,
        *,
        on_progress: OnProgress = lambda _: None,
    ) -> tuple[str, ...]:
        """Hear what is not yet, recording by recording; return what could not be heard, and why.

        Once `stop` is set, ends at once; what was heard is kept, and the next call goes on there.
        Raises ModelError where the model can't be used.
        """
        stop = stop or threading.Event()
        waiting = self._waiting()
        progress = _HeardMinutes(waiting, on_progress, max_s=self.hearing.max_s)
        failed = []
        try:
            for document in filter(None, map(self.index.document, waiting)):
                try:
                    heard = self._heard(document, stop, progress)
                except SourceError as error:
                    failed.append(FAILED.format(source=document.sources[0], reason=error))
                else:
                    store_again(heard, self.index, self.embedder, self.chunker, stop)
                progress.done(document)
        except StoppedError:
            logger.info("the hearing of recordings was stopped")
        finally:
            progress.end()
        return tuple(failed)

    def _waiting(self) -> dict[str, float]:
        """Return the recordings that are to be heard, each with how long it plays, or 0."""
        documents = (self.index.document(r.id) for r in self.index.documents() if r.id)
        return {
            document.id: length_s(document) or 0.0
            for document in documents
            if document and not document.pending and is_unheard(document)
        }

    def _heard(
        self, document: Document, stop: threading.Event, progress: _HeardMinutes
    ) -> Document:
        file = source_file(self.index, document, disk=self.disk)
        with self.disk.open_for_reading(file.path):
            at = partial(progress.at, document)
            return self.hearing.document(document, file, stop, on_second=at)


class _HeardMinutes:
    """How far the hearing has come, in minutes of sound. `lengths_s`: by document."""

    def __init__(
        self, lengths_s: Mapping[str, float], on_progress: OnProgress, *, max_s: float
    ) -> None:
        self._lengths_s = {key: min(max_s, value) for key, value in lengths_s.items()}
        self._tracker = Tracker(on_progress)
        self._done_s = self._reported_s = 0.0
        if lengths_s:
            total_s = sum(self._lengths_s.values())
            minutes = math.ceil(total_s / 60)
            self._tracker.begin("hearing", files=len(lengths_s), work=total_s, pages=minutes)

    def at(self, document: Document, second: float) -> None:
        """Say that a recording is heard up to a second."""
        self._tracker.now(document.sources[0])
        self._tell(self._done_s + min(second, self._lengths_s[document.id]))

    def done(self, document: Document) -> None:
        """Say that a recording is heard, or can't be."""
        self._done_s += self._lengths_s[document.id]
        self._tell(self._done_s, files=1)

    def end(self) -> None:
        if self._lengths_s:
            self._tracker.end("done")

    def _tell(self, heard_s: float, *, files: int = 0) -> None:
        minutes = int(heard_s / 60) - int(self._reported_s / 60)
        self._tracker.advance(files=files, pages=minutes, work=heard_s - self._reported_s)
        self._reported_s = heard_s
