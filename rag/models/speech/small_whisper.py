"""Whisper as CTranslate2 keeps it, computed in 8 bits on processors: sound to words with times.

Before it a detector of voices (silero, which faster-whisper brings) leaves out what nobody says:
over silence the model makes words up. Radford et al., arXiv:2212.04356. No hub is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.errors import ModelError
from rag.models.base.device import spare_cores
from rag.models.base.weights import reason_of
from rag.protocols import SOUND_HZ, Heard, Samples, Segment
from rag.text import sentence_spans

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Word

WEIGHTS: Final = "model.bin"
REPEATING: Final = 2.4
"""Text that gzip makes so many times smaller repeats itself, as nobody speaks (the paper, 4.5)."""

PAUSE_S: Final = 0.7
LONGEST_S: Final = 15.0
"""A phrase ends with its sentence, at such a pause, or when it is so long."""

_FILES: Final = (WEIGHTS, "tokenizer.json")


class SmallWhisper:
    """The `Transcriber` of a folder. Loads when first asked; one call computes at a time."""

    window_s = 30.0
    """What the encoder takes at once: a shorter window costs as much."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self.model_id = name or folder.name
        self._folder = folder
        self._one = threading.Lock()

    def hear(self, samples: Samples) -> Heard:
        """Return phrases, each from its first word to its last; ModelError without a model."""
        from faster_whisper.transcribe import restore_speech_timestamps
        from faster_whisper.vad import collect_chunks, get_speech_timestamps

        voices = get_speech_timestamps(samples)
        if not voices:
            return Heard()
        spoken = np.concatenate(collect_chunks(samples, voices)[0])
        with self._one:
            segments, about = self.model.transcribe(
                spoken,
                beam_size=1,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
            )
            kept = [each for each in segments if each.compression_ratio <= REPEATING]
        timed = restore_speech_timestamps(kept, voices, SOUND_HZ)
        words = [word for segment in timed for word in segment.words or ()]
        heard = tuple(_segment(phrase) for phrase in phrases(words))
        return Heard(segments=heard, language=about.language if heard else "")

    @cached_property
    def model(self) -> WhisperModel:
        """The library's model, loaded when first asked. Raises ModelError."""
        missing = [name for name in _FILES if not (self._folder / name).is_file()]
        if missing:
            raise _unusable(self._folder, f"{missing[0]} is missing")
        try:
            return _one_encoding()(
                str(self._folder), device="cpu", compute_type="int8", cpu_threads=spare_cores()
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise _unusable(self._folder, reason_of(error)) from error


def _unusable(folder: Path, why: str) -> ModelError:
    return ModelError(
        f"The model that hears, {folder}, can't be loaded ({why}).",
        hint="Run: pagelight models fetch hearing",
    )


def _one_encoding() -> type[WhisperModel]:
    """Return the model's class, so that the language and the words are told by one encoding.

    The library encodes the beginning for each: that is most of the work.
    """
    from faster_whisper import WhisperModel

    class OneEncoding(WhisperModel):  # type: ignore[misc]  # the library has no types
        _encoded: Any = None

        def encode(self, features: Samples) -> Any:  # noqa: ANN401 - as above
            self._encoded = super().encode(features)
            return self._encoded

        def generate_segments(self, *given: Any) -> Any:  # noqa: ANN401 - as above
            first, self._encoded = self._encoded, None
            features, tokenizer, options, log_progress, _ = given
            return super().generate_segments(features, tokenizer, options, log_progress, first)

    return OneEncoding


def phrases(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Yield the words of each phrase; `words` are in order of time."""
    spans = sentence_spans("".join(word.word for word in words))
    sentences = {start for start, _ in spans}
    first = at = 0
    for n, word in enumerate(words):
        begins = at + len(word.word) - len(word.word.lstrip()) in sentences
        is_long = word.end - words[first].start > LONGEST_S
        paused = n > 0 and word.start - words[n - 1].end >= PAUSE_S
        if n > first and (begins or is_long or paused):
            yield words[first:n]
            first = n
        at += len(word.word)
    if words:
        yield words[first:]


def _segment(phrase: Sequence[Word]) -> Segment:
    text = " ".join("".join(word.word for word in phrase).split())
    return Segment(
        text=text,
        start_s=float(phrase[0].start),
        end_s=float(phrase[-1].end),
        probability=fmean(word.probability for word in phrase),
    )
