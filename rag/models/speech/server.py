"""A server that hears: any that speaks OpenAI's `/v1/audio/transcriptions`.

whisper.cpp's own server takes the same form at `/inference`: an address that ends so is asked as it
stands. Sends sound as WAV and reads segments with times. The key stands in no log, error or name.
"""

from __future__ import annotations

import io
import wave
from typing import Any, Final

import numpy as np

from rag.errors import ModelError
from rag.models.endpoint.client import CONNECT_SECONDS, Server, headers_of
from rag.protocols import SOUND_HZ, Heard, Samples, Segment

WINDOW_S: Final = 300.0
"""So much is sent at a time: 10 MB, under the 25 MB that OpenAI's server takes."""

READ_SECONDS: Final = 900.0
"""A CPU may need longer than the sound takes."""

MAX_LETTERS: Final = 300
WHISPER_CPP: Final = "/inference/"


class ServerTranscriber:
    """The `Transcriber` over one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def model_id(self) -> str:
        return f"{self._server.model}@{self._server.address.host}"

    @property
    def window_s(self) -> float:
        return WINDOW_S

    def hear(self, samples: Samples) -> Heard:
        """Return what the server heard. Raises ModelError where it can't be asked."""
        reply_json = self._asked(_wav(samples))
        length_s = len(samples) / SOUND_HZ
        parts = reply_json.get("segments")
        if isinstance(parts, list):
            found = [_segment(part, length_s) for part in parts if isinstance(part, dict)]
        else:  # a server that tells no times
            found = [_segment({"text": reply_json.get("text", ""), "end": length_s}, length_s)]
        language = reply_json.get("language")
        return Heard(
            segments=tuple(segment for segment in found if segment.text),
            language=language if isinstance(language, str) else "",
        )

    def _asked(self, data: bytes) -> dict[str, Any]:
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
            reply_json = reply.json()
        except ValueError as error:
            raise self._failed("answers in no form that is known") from error
        if not isinstance(reply_json, dict):
            raise self._failed("answers in no form that is known")
        return reply_json

    def _failed(self, what: str) -> ModelError:
        return ModelError(
            f"The server that hears, {self._server.address.host}, {what}.",
            hint="Check RAG_TRANSCRIBER, RAG_TRANSCRIBER_MODEL and that the server runs.",
        )


def _segment(part: dict[str, Any], length_s: float) -> Segment:
    start_s = min(max(0.0, _number(part.get("start"))), length_s)
    end_s = min(max(start_s, _number(part.get("end"))), length_s)
    return Segment(text=" ".join(str(part.get("text", "")).split()), start_s=start_s, end_s=end_s)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _wav(samples: Samples) -> bytes:
    """Return the sound as 16-bit WAV."""
    data = io.BytesIO()
    with wave.open(data, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SOUND_HZ)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return data.getvalue()
