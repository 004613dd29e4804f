"""A recording heard in windows that end where it is quiet; no stretch of it twice by one model.

Where it has subtitles, what these leave out is a second source beside them.

Knows who hears and what was heard before; knows no codec, no model and no index.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np

from ingest.ocr.pending import OcrCache
from ingest.parsers.media.subtitles import NOTHING_HEARD, SUBTITLED, Cue, with_words
from ingest.sandbox.worker import StoppedError
from rag.datamodel import FULL_PAGE, Document, SourceFile
from rag.protocols import SOUND_HZ, Heard, OcrLine, Samples, Segment, Transcriber
from rag.text import content_stems

logger = logging.getLogger(__name__)

SILENT_LEVEL: Final = 0.003
"""Loudest step (root mean square) of a stretch in which nobody speaks: about -50 dB."""

STEP_S: Final = 0.1
LOOKED_BACK_SHARE: Final = 0.2
"""Of a window, so much at its end is searched for a quiet place to end at."""

LOOK_S: Final = 0.2
"""Between looks at whether to stop, while a window is heard: that may take ten seconds."""

GRACE_S: Final = 3.0
"""After a stop, a window that is heard so soon is kept."""

BY_MACHINE: Final = "what is said was heard by "
HEARD: Final = BY_MACHINE + "{model}, and may be misheard"
NOBODY_SPEAKS: Final = " heard nobody speak"
HEARD_NOTHING: Final = "in it {model}" + NOBODY_SPEAKS
HEARD_BETWEEN: Final = "what its subtitles leave out was heard by {model}, and may be misheard"

NEAR_S: Final = 4.0
"""Subtitles are shown so much before and after their words, at most."""

WRITTEN: Final = 0.5
"""What was heard stands in the subtitles where such a share of its words does: models mishear."""

MIN_WORDS: Final = 3
"""Fewer words that say something are a filler, or made up."""

UNHEARD: Final = frozenset({NOTHING_HEARD, SUBTITLED})
"""What is told of recordings that are yet to be heard."""

Stretch = tuple[Heard, float | None]
"""What is said in a window, and where the next begins; None: it was the last."""


def is_unheard(document: Document) -> bool:
    """Say whether no model heard it yet."""
    return not UNHEARD.isdisjoint(document.warnings)


def is_wordless(document: Document) -> bool:
    """Say whether what is said in it is neither written nor was heard."""
    return NOTHING_HEARD in document.warnings


def is_by_machine(document: Document) -> bool:
    """Say whether all its words were heard by a model."""
    return any(text.startswith(BY_MACHINE) for text in document.warnings)


def is_note(warning: str) -> bool:
    """Say whether a warning tells where words are from, and of nothing that lacks."""
    is_between = warning == SUBTITLED or warning.startswith(HEARD_BETWEEN.partition("{")[0])
    return is_between or is_hearing(warning)


def is_hearing(warning: str) -> bool:
    """Say whether a warning tells that a model heard all of the recording."""
    return warning.startswith(BY_MACHINE) or warning.endswith(NOBODY_SPEAKS)


def words_heard(document: Document) -> str:
    """Return what a model heard in a recording; "" for any other document."""
    if not is_by_machine(document):
        return ""
    turns = (e for e in document.elements if e.role == "paragraph" and e.provenances)
    return " ".join(e.text for e in turns if e.provenances[0].end_s is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Hears recordings up to second `max_s` of each; what was heard is kept in `cache`."""

    transcriber: Transcriber
    listen: Callable[..., Samples]  # of a file, `start_s` and `seconds`: ParserProcess.listen
    cache: OcrCache
    max_s: float

    def document(
        self,
        document: Document,
        file: SourceFile,
        stop: threading.Event | None = None,
        *,
        on_second: Callable[[float], None] = lambda _: None,
    ) -> Document:
        """Return a recording with what is said in it, or what its subtitles leave out of that.

        `on_second` is told where each window begins. Raises StoppedError within `GRACE_S` of a
        stop, SourceError, and ModelError where the model can't be used.
        """
        heard = list(self.stretches(file, stop or threading.Event(), on_second))
        cues = [Cue(**asdict(each)) for part in heard for each in part.segments]
        model = self.transcriber.model_id
        languages = Counter(part.language for part in heard if part.language)
        if not is_wordless(document):
            extra = list(unwritten(cues, document))
            said = HEARD_BETWEEN.format(model=model) if extra else ""
            return with_words(_with_warning(document, SUBTITLED, said), extra)
        said = (HEARD if cues else HEARD_NOTHING).format(model=model)
        language = max(languages, key=languages.__getitem__, default=document.language)
        told = replace(_with_warning(document, NOTHING_HEARD, said), language=language)
        return with_words(told, cues)

    def stretches(
        self, file: SourceFile, stop: threading.Event, on_second: Callable[[float], None]
    ) -> Iterator[Heard]:
        """Yield what is said window by window, by the seconds of the recording."""
        start_s: float | None = 0.0
        ear = ThreadPoolExecutor(1, thread_name_prefix="hearing")
        try:
            while start_s is not None and start_s < self.max_s:
                if stop.is_set():
                    raise StoppedError
                on_second(start_s)
                heard, end_s = self._window(file, start_s, stop, ear)
                later = (
                    replace(each, start_s=start_s + each.start_s, end_s=start_s + each.end_s)
                    for each in heard.segments
                )
                yield replace(heard, segments=tuple(later))
                start_s = end_s
        finally:
            ear.shutdown(wait=False, cancel_futures=True)

    def _window(
        self, file: SourceFile, start_s: float, stop: threading.Event, ear: ThreadPoolExecutor
    ) -> Stretch:
        model = self.transcriber.model_id.replace(":", "-")
        key = f"heard:{model}:{file.sha256}:{start_s:.2f}"
        if (known := self.cache.get(key)) is not None:
            return _unpacked(known[0].text)
        heard, end_s = _unless(stop, ear.submit(self._new_window, file, start_s))
        line = OcrLine(text=_packed(heard, end_s), bbox=FULL_PAGE, confidence=1.0)
        self.cache.put(key, [line])
        return heard, end_s

    def _new_window(self, file: SourceFile, start_s: float) -> Stretch:
        window_s = self.transcriber.window_s
        samples = self.listen(file, start_s=start_s, seconds=window_s)
        end_s = None
        if len(samples) >= round(window_s * SOUND_HZ):
            quiet_s = quiet_end_s(samples)
            samples, end_s = samples[: round(quiet_s * SOUND_HZ)], start_s + quiet_s
        heard = Heard() if is_silent(samples) else self.transcriber.hear(samples)
        logger.info("heard %d segments from %.0f s on", len(heard.segments), start_s)
        return heard, end_s


def _with_warning(document: Document, former: str, said: str) -> Document:
    """Return a document that tells something in place of a former warning; "": nothing."""
    warnings = (said if text == former else text for text in document.warnings)
    return replace(document, warnings=tuple(filter(None, warnings)))


def _unless(stop: threading.Event, work: Future[Stretch]) -> Stretch:
    """Return what work comes to; after a stop, work that goes on is left to end behind."""
    while not stop.is_set():
        try:
            return work.result(timeout=LOOK_S)
        except TimeoutError:
            continue
    try:
        return work.result(timeout=GRACE_S)
    except TimeoutError:
        raise StoppedError from None


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


def _packed(heard: Heard, end_s: float | None) -> str:
    return json.dumps({"end_s": end_s, "heard": asdict(heard)})


def _unpacked(text: str) -> Stretch:
    fields = json.loads(text)
    segments = tuple(Segment(**each) for each in fields["heard"]["segments"])
    return Heard(segments=segments, language=fields["heard"]["language"]), fields["end_s"]


def unwritten(cues: Sequence[Cue], document: Document) -> Iterator[Cue]:
    """Yield what was heard and is not written at its time in a recording with subtitles."""
    written = [
        (place.start_s, place.end_s, frozenset(content_stems(element.text[slice(*place.span)])))
        for element in document.elements
        for place in element.provenances
        if place.span and place.start_s is not None and place.end_s is not None
    ]
    for cue in cues:
        heard = set(content_stems(cue.text))
        near = (
            stems
            for start_s, end_s, stems in written
            if start_s < cue.end_s + NEAR_S and end_s > cue.start_s - NEAR_S
        )
        shared = len(heard & frozenset().union(*near))
        if len(heard) >= MIN_WORDS and shared < WRITTEN * len(heard):
            yield cue
