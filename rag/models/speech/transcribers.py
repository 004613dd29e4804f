"""Who hears, by the settings: who they name, else the model of the set-up where it is ready.

A server is any that speaks OpenAI's `/v1/audio/transcriptions`; whisper.cpp's own takes the same
form at `/inference`: an address that ends so is asked as it stands. It is sent sound as WAV and
tells segments with times. The key stands in no log, error or name.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from rag.decoding import decoded
from rag.errors import ModelError, SettingsError
from rag.models.endpoint.client import CONNECT_SECONDS, Server, headers_of, read_address
from rag.models.registry.downloads import ModelStore
from rag.models.registry.model_table import MODELS
from rag.models.setup.bundled import HEARING
from rag.models.setup.model_cache import model_folder
from rag.models.speech.whisper import WEIGHTS, SmallWhisper, WhisperTranscriber, within
from rag.protocols import SOUND_HZ, Heard, Samples, Transcriber
from rag.settings import Settings


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
