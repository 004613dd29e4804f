"""Who hears, by the settings: who they name, else the model of the set-up where it is ready.

Whisper (Radford et al., arXiv:2212.04356) out of a folder: as CTranslate2 keeps it, in 8 bits on
processors, behind a detector of voices (silero, which faster-whisper brings) that leaves out what
nobody says: over silence the model makes words up; or as transformers saves it. Programs of a
folder are never run, pickles never read, a hub never asked.

A server is any that speaks OpenAI's `/v1/audio/transcriptions`; whisper.cpp's own takes the same
form at `/inference`: an address that ends so is asked as it stands. It is sent sound as WAV and
tells segments with times. The key stands in no log, error or name.
"""

from __future__ import annotations

import io
import threading
import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rag.decoding import decoded
from rag.errors import ModelError, SettingsError
from rag.models.base.computing import computing, spare_cores
from rag.models.base.weights import FolderWeights, reason_of
from rag.models.endpoint.client import CONNECT_SECONDS, Server, headers_of, read_address
from rag.models.registry.downloads import ModelStore
from rag.models.registry.model_table import MODELS
from rag.models.setup.bundled import HEARING, model_folder
from rag.protocols import SOUND_HZ, Heard, Samples, Segment, Transcriber
from rag.settings import Settings
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
    first_time = tokenizer.convert_tokens_to_ids("<|notimestamps|>") + 1
    signs = set(tokenizer.all_special_ids)
    words = [token for token in part["tokens"].tolist() if token < first_time]
    return str(tokenizer.decode([token for token in words if token not in signs]))


def within(length_s: float, text: str, start_s: float, end_s: float) -> Segment:
    """Return a segment whose times lie within the sound."""
    start_s = min(max(0.0, start_s), length_s)
    end_s = min(max(start_s, end_s), length_s)
    return Segment(text=" ".join(text.split()), start_s=start_s, end_s=end_s)


def transcriber_of(settings: Settings, environ: Mapping[str, str]) -> Transcriber | None:
    """Return who hears, if anybody can. Raises SettingsError, ModelError for a model that lacks."""
    named = settings.transcriber.strip()
    if not named:
        own = None if settings.embedded_models == "off" else model_folder(HEARING, environ)
        return None if own is None else SmallWhisper(own, HEARING.name)
    if named.startswith("file:"):
        folder = Path(named.removeprefix("file:")).expanduser()
        made_by_ctranslate2 = (folder / WEIGHTS).is_file()
        return SmallWhisper(folder) if made_by_ctranslate2 else WhisperTranscriber(folder)
    if named in {model.name for model in MODELS if model.part == "hearing"}:
        store = ModelStore(settings.models)
        if store.find(named) is None:
            raise ModelError(
                f"RAG_TRANSCRIBER is {named}, which is not on this machine.",
                hint=f"Run: pagelight models fetch {named}",
            )
        return WhisperTranscriber(store.path(named))
    if "://" not in named:
        raise SettingsError(
            f"RAG_TRANSCRIBER is {named!r}: no file:FOLDER, no address, no model that is listed.",
            hint="Say whisper-small, file:/models/whisper-small or http://127.0.0.1:8000/v1.",
        )
    address = read_address(named, setting="RAG_TRANSCRIBER")
    server = Server(address=address, model=settings.transcriber_model, key=settings.transcriber_key)
    return ServerTranscriber(server)


READ_SECONDS: Final = 900.0
"""A CPU may need longer than the sound takes."""

MAX_LETTERS: Final = 300
WHISPER_CPP: Final = "/inference/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    text: str = ""
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What servers tell; `segments` None: without times."""

    text: str = ""
    language: str | None = None
    segments: list[_Part] | None = None


class ServerTranscriber:
    """The `Transcriber` over one server."""

    window_s = 300.0
    """So much is sent at a time: 10 MB, under the 25 MB that OpenAI's server takes."""

    def __init__(self, server: Server) -> None:
        self.model_id = f"{server.model}@{server.address.host}"
        self._server = server

    def hear(self, samples: Samples) -> Heard:
        """Return what the server heard. Raises ModelError where it can't be asked."""
        reply, length_s = self._asked(_wav(samples)), len(samples) / SOUND_HZ
        parts = reply.segments
        if parts is None:
            parts = [_Part(text=reply.text, end=length_s)]
        found = (within(length_s, part.text, part.start, part.end) for part in parts)
        segments = tuple(segment for segment in found if segment.text)
        return Heard(segments=segments, language=reply.language or "")

    def _asked(self, data: bytes) -> _Reply:
        import httpx2

        url = self._server.address.url
        url = url.rstrip("/") if url.endswith(WHISPER_CPP) else f"{url}audio/transcriptions"
        try:
            reply = httpx2.post(
                url,
                headers=headers_of(self._server),
                files={"file": ("sound.wav", data, "audio/wav")},
                data={"model": self._server.model, "response_format": "verbose_json"},
                timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                trust_env=False,
            )
        except httpx2.HTTPError as error:
            raise self._failed(f"does not answer ({type(error).__name__})") from error
        if not reply.is_success:
            why = reply.text[:MAX_LETTERS].replace(self._server.key or "\0", "…")
            raise self._failed(f"refuses ({reply.status_code}: {why})")
        try:
            return decoded(reply.content, _Reply)
        except ValueError as error:
            raise self._failed("answers in no form that is known") from error

    def _failed(self, what: str) -> ModelError:
        return ModelError(
            f"The server that hears, {self._server.address.host}, {what}.",
            hint="Check RAG_TRANSCRIBER, RAG_TRANSCRIBER_MODEL and that the server runs.",
        )


def _wav(samples: Samples) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SOUND_HZ)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return data.getvalue()
