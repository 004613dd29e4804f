"""Whisper out of a folder: sound to words with times. Radford et al., arXiv:2212.04356.

As CTranslate2 keeps it, in 8 bits on processors, behind a detector of voices (silero, which
faster-whisper brings) that leaves out what nobody says: over silence the model makes words up; or
as transformers saves it. Programs of a folder are never run, pickles never read, a hub never asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.errors import ModelError
from rag.models.base.loading import computing, spare_cores
from rag.models.base.weights import FolderWeights, reason_of
from rag.protocols import SOUND_HZ, Heard, Samples, Segment
from rag.text import sentence_spans

if TYPE_CHECKING:
    import torch
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
        heard = tuple(map(_of_phrase, phrases(words)))
        return Heard(segments=heard, language=about.language if heard else "")

    @cached_property
    def model(self) -> WhisperModel:
        """The library's model, loaded when first asked. Raises ModelError."""
        try:
            for name in _FILES:  # the library would ask a hub for what lacks
                (self._folder / name).stat()
            return _one_encoding()(
                str(self._folder), device="cpu", compute_type="int8", cpu_threads=spare_cores()
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"The model that hears, {self._folder}, can't be loaded ({reason_of(error)}).",
                hint="Run: pagelight models fetch hearing",
            ) from error


def _one_encoding() -> type[WhisperModel]:
    """Return the model's class, by which language and words share the costly encoding."""
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


def _of_phrase(phrase: Sequence[Word]) -> Segment:
    return Segment(
        text=" ".join("".join(word.word for word in phrase).split()),
        start_s=float(phrase[0].start),
        end_s=float(phrase[-1].end),
        probability=fmean(word.probability for word in phrase),
    )


MAX_TOKENS: Final = 224
"""Half of what the decoder holds: as Whisper was trained, the other half is for what was before."""

_LOCAL: Final[dict[str, Any]] = {"local_files_only": True, "trust_remote_code": False}


class WhisperTranscriber:
    """The `Transcriber` of a folder. Loads when first asked."""

    window_s = 30.0

    def __init__(self, folder: Path) -> None:
        self.model_id = folder.name
        self._weights = FolderWeights(
            folder=folder, part="model that hears", setting="RAG_TRANSCRIBER"
        )
        self._language = ""

    def hear(self, samples: Samples) -> Heard:
        """Return what is said; raises ModelError where the model can't be used."""
        import torch

        processor, model = self._loaded
        made = processor(samples, sampling_rate=SOUND_HZ, return_tensors="pt").input_features
        features = made.to(model.device, model.dtype)  # (1, mel bins, frames of 30 s)
        with computing(spare_cores()), torch.inference_mode():
            heard = model.generate(
                features,
                return_timestamps=True,
                return_segments=True,
                max_new_tokens=MAX_TOKENS,
                do_sample=False,
            )
            self._detect_language(processor, model, features)
        length_s = len(samples) / SOUND_HZ
        parts = (
            within(length_s, _words_of(processor.tokenizer, p), float(p["start"]), float(p["end"]))
            for p in heard["segments"][0]
        )
        segments = tuple(part for part in parts if part.text and part.start_s < length_s)
        return Heard(segments=segments, language=self._language)

    def _detect_language(self, processor: Any, model: Any, features: torch.Tensor) -> None:  # noqa: ANN401 - transformers has no types
        """Ask once which language it is: that costs as much as half of the hearing."""
        if self._language or not getattr(model.generation_config, "is_multilingual", False):
            return
        sign = processor.tokenizer.convert_ids_to_tokens(model.detect_language(features).tolist())
        self._language = sign[0].strip("<|>")

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        import torch
        from transformers import AutoModelForSpeechSeq2Seq, AutoProcessor

        device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        self._weights.files()
        with self._weights.guarded():
            processor = AutoProcessor.from_pretrained(self._weights.folder, **_LOCAL)  # type: ignore[no-untyped-call]  # as transformers has it
            model = AutoModelForSpeechSeq2Seq.from_pretrained(
                self._weights.folder, dtype=dtype, use_safetensors=True, **_LOCAL
            )
        model.generation_config.max_length = None  # `MAX_TOKENS` says it
        return processor, model.eval().to(device)


def _words_of(tokenizer: Any, part: Mapping[str, Any]) -> str:  # noqa: ANN401 - as above
    """Return what is said in a part, without the signs of time around its words."""
    first_time = tokenizer.convert_tokens_to_ids("<|notimestamps|>") + 1
    signs = set(tokenizer.all_special_ids)
    words = [token for token in part["tokens"].tolist() if token < first_time]
    return str(tokenizer.decode([token for token in words if token not in signs]))


def within(length_s: float, text: str, start_s: float, end_s: float) -> Segment:
    """Return a segment whose times lie within the sound."""
    start_s = min(max(0.0, start_s), length_s)
    end_s = min(max(start_s, end_s), length_s)
    return Segment(text=" ".join(text.split()), start_s=start_s, end_s=end_s)
