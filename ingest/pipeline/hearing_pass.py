"""Recordings without subtitles, heard by a model: what is said becomes text with its seconds.

Slow, so it comes after all reading: it goes on where it was stopped. Knows the index; how one
recording is heard is told by `ingest.transcription`.
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass
from functools import partial
from typing import Final

from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.parsers.media.subtitles import length_s
from ingest.pipeline.passes import source_file
from ingest.pipeline.progress import OnProgress, Tracker
from ingest.pipeline.writer import store_again
from ingest.sandbox.worker import StoppedError
from ingest.transcription.hearing import Hearing, is_unheard
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
    hearing: Hearing
    disk: Disk = LOCAL_DISK

    def catch_up(
        self, stop: threading.Event | None = None, *, on_progress: OnProgress = lambda _: None
    ) -> tuple[str, ...]:
        """Hear what is not yet, recording by recording; return what could not be heard, and why.

        Once `stop` is set, ends at once; what was heard is kept, and the next call goes on there.
        Raises ModelError where the model can't be used.
        """
        stop = stop or threading.Event()
        documents = (self.index.document(r.id) for r in self.index.documents() if r.id)
        lengths_s = {
            document.id: min(self.hearing.max_s, length_s(document) or 0.0)
            for document in documents
            if document and not document.pending and is_unheard(document)
        }
        if not lengths_s:
            return ()
        tracker = Tracker(on_progress)
        total_s = sum(lengths_s.values())
        minutes = math.ceil(total_s / 60)
        tracker.begin("hearing", files=len(lengths_s), work=total_s, pages=minutes)
        failed = []
        begun_s = told_s = 0.0  # of all recordings, one after the other

        def tell(heard_s: float, *, files: int = 0) -> None:
            nonlocal told_s
            minutes = int(heard_s / 60) - int(told_s / 60)
            tracker.advance(files=files, pages=minutes, work=heard_s - told_s)
            told_s = heard_s

        def at(source: str, start_s: float, end_s: float, second: float) -> None:
            tracker.now(source)
            tell(min(start_s + second, end_s))

        try:
            for document in filter(None, map(self.index.document, lengths_s)):
                source, end_s = document.sources[0], begun_s + lengths_s[document.id]
                try:
                    file = source_file(self.index, document, disk=self.disk)
                    with self.disk.open_for_reading(file.path):
                        heard = self.hearing.document(
                            document, file, stop, on_second=partial(at, source, begun_s, end_s)
                        )
                except SourceError as error:
                    failed.append(FAILED.format(source=source, reason=error))
                else:
                    store_again(heard, self.index, self.embedder, stop)
                begun_s = end_s
                tell(end_s, files=1)
        except StoppedError:
            logger.info("the hearing of recordings was stopped")
        finally:
            tracker.end("done")
        return tuple(failed)
