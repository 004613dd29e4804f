"""Recordings without subtitles, heard by a model: what is said becomes text with its seconds.

Slow, so it comes after all reading: it goes on where it was stopped, and no stretch of a recording
is heard twice by one model. Sound is heard in windows that end where it is quiet. Knows the index
and who hears; knows no codec and no model.
"""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from ingest.chunking.cutting import ChunkDocument
from ingest.discovery.discover import LOCAL_DISK, Disk
from ingest.parsers.media.subtitles import NOTHING_HEARD, Cue, length_s, with_words
from ingest.pipeline.ocr_pass import source_file
from ingest.pipeline.progress import OnProgress, Tracker
from ingest.pipeline.writer import store_again
from ingest.sandbox.worker import StoppedError
from rag.datamodel import FULL_PAGE, Document, SourceFile
from rag.errors import SourceError
from rag.protocols import SOUND_HZ, Embedder, Heard, OcrLine, Samples, Segment, Transcriber
from rag.storage.workspace.store import WorkspaceIndex

SILENT_LEVEL: Final = 0.003
"""Loudest step (root mean square) of a stretch in which nobody speaks: about -50 dB."""

STEP_S: Final = 0.1
LOOKED_BACK_SHARE: Final = 0.2
"""Of a window, so much at its end is searched for a quiet place to end at."""


def is_silent(samples: Samples) -> bool:
    """Say whether nothing is heard."""
    levels = _levels(samples)
    return not len(levels) or float(levels.max()) < SILENT_LEVEL


def quiet_end_s(samples: Samples) -> float:
    """Return the second near the end of a full window at which it is quietest."""
    levels = _levels(samples)
    if not len(levels):
        return len(samples) / SOUND_HZ
    first = int(len(levels) * (1 - LOOKED_BACK_SHARE))
    return (first + int(np.argmin(levels[first:])) + 0.5) * STEP_S


def _levels(samples: Samples) -> Samples:
    """Return the root mean square of each whole step."""
    step = round(STEP_S * SOUND_HZ)
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    return np.asarray(np.sqrt((whole**2).mean(axis=1)), dtype=np.float32)


logger = logging.getLogger(__name__)

HEARD: Final = "what is said was heard by {model}, and may be misheard"
HEARD_NOTHING: Final = "in it {model} heard nobody speak"
FAILED: Final = "What is said in {source} was not heard: {reason}"


class Listen(Protocol):
    """`ingest.sandbox.parser_process.ParserProcess.listen`."""

    def __call__(self, file: SourceFile, *, start_s: float, seconds: float) -> Samples: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """Keeps the recordings of an index transcribed, up to second `max_s` of each."""

    index: WorkspaceIndex
    embedder: Embedder
    chunker: ChunkDocument
    transcriber: Transcriber
    listen: Listen
    max_s: float
    disk: Disk = LOCAL_DISK

    def catch_up(
        self,
        stop: threading.Event | None = None,
        *,
        on_progress: OnProgress = lambda _: None,
    ) -> tuple[str, ...]:
        """Hear what is not yet, recording by recording; return what could not be heard, and why.

        Once `stop` is set, ends after the stretch at hand; what was heard is kept, and the next
        call goes on there. Raises ModelError where the model can't be used.
        """
        stop = stop or threading.Event()
        waiting = self._waiting()
        progress = _HeardMinutes(waiting, on_progress, max_s=self.max_s)
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
            if document and not document.pending and NOTHING_HEARD in document.warnings
        }

    def _heard(
        self, document: Document, stop: threading.Event, progress: _HeardMinutes
    ) -> Document:
        cues = [
            Cue(text=each.text, start_s=each.start_s, end_s=each.end_s)
            for each in self._segments(document, stop, progress)
        ]
        said = (HEARD if cues else HEARD_NOTHING).format(model=self.transcriber.model_id)
        warnings = (said if text == NOTHING_HEARD else text for text in document.warnings)
        return with_words(replace(document, warnings=tuple(warnings)), cues)

    def _segments(
        self, document: Document, stop: threading.Event, progress: _HeardMinutes
    ) -> Iterator[Segment]:
        """Yield what is said, window by window; a window ends where it is quiet."""
        file = source_file(self.index, document, disk=self.disk)
        start_s: float | None = 0.0
        with self.disk.open_for_reading(file.path):
            while start_s is not None and start_s < self.max_s:
                if stop.is_set():
                    raise StoppedError
                progress.at(document, start_s)
                heard, end_s = self._window(file, start_s)
                for each in heard.segments:
                    began_s, ended_s = start_s + each.start_s, start_s + each.end_s
                    yield Segment(text=each.text, start_s=began_s, end_s=ended_s)
                start_s = end_s

    def _window(self, file: SourceFile, start_s: float) -> tuple[Heard, float | None]:
        """Return what is said from a second on, now or before, and where the next window begins."""
        model = self.transcriber.model_id.replace(":", "-")
        key = f"heard:{model}:{file.sha256}:{start_s:.2f}"
        known = self.index.lettering_cache.get(key)
        if known is None:
            heard, end_s = self._new_window(file, start_s)
            line = OcrLine(text=_packed(heard, end_s), bbox=FULL_PAGE, confidence=1.0)
            self.index.lettering_cache.put(key, [line])
            return heard, end_s
        return _unpacked(known[0].text)

    def _new_window(self, file: SourceFile, start_s: float) -> tuple[Heard, float | None]:
        window_s = self.transcriber.window_s
        samples = self.listen(file, start_s=start_s, seconds=window_s)
        end_s = None
        if len(samples) >= round(window_s * SOUND_HZ):
            quiet_s = quiet_end_s(samples)
            samples, end_s = samples[: round(quiet_s * SOUND_HZ)], start_s + quiet_s
        heard = Heard() if is_silent(samples) else self.transcriber.hear(samples)
        logger.info("heard %d segments from %.0f s on", len(heard.segments), start_s)
        return heard, end_s


class _HeardMinutes:
    """How far the hearing has come, in minutes of sound. `lengths_s`: by document."""

    def __init__(
        self, lengths_s: Mapping[str, float], on_progress: OnProgress, *, max_s: float
    ) -> None:
        self._lengths_s = {key: min(max_s, value) for key, value in lengths_s.items()}
        self._tracker = Tracker(on_progress)
        self._done_s = self._told_s = 0.0
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
        minutes = int(heard_s / 60) - int(self._told_s / 60)
        self._tracker.advance(files=files, pages=minutes, work=heard_s - self._told_s)
        self._told_s = heard_s


def _packed(heard: Heard, end_s: float | None) -> str:
    segments: Sequence[object] = [[s.text, s.start_s, s.end_s] for s in heard.segments]
    return json.dumps({"end_s": end_s, "language": heard.language, "segments": segments})


def _unpacked(text: str) -> tuple[Heard, float | None]:
    told = json.loads(text)
    segments = (Segment(text=t, start_s=a, end_s=b) for t, a, b in told["segments"])
    return Heard(segments=tuple(segments), language=told["language"]), told["end_s"]
