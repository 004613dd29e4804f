"""What is spoken into the microphone, as words for the message box. Nothing of it is kept."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh
from pagelight.services.answering.asking import Dictation
from pagelight.ui.html.language import key
from rag.errors import PagelightError

SUFFIXES: Final = {
    "audio/webm": ".webm",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
}
"""What browsers record; what a file really is, is told by who opens it."""

NOT_RECORDED: Final = key("This is no recording of a browser.")
NOTHING_SAID: Final = key("No words were heard.")


def dictation_routes(dictation: Dictation, *, send: Callable[[int], object]) -> APIRouter:
    """Return the routes under `/dictation`. An error for a person is 422 with `{"error"}`.

    `send` counts the bytes that come, and raises QuotaError.
    """
    router = APIRouter(prefix="/dictation")

    @router.get("")
    def ready() -> Response:
        """Tell whether somebody hears."""
        return fresh({"hears": dictation.hears})

    @router.post("")
    async def hear(request: Request) -> Response:
        """Return the words of a recording: `{"words"}`."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        suffix = SUFFIXES.get(kind)
        if suffix is None:
            raise PagelightError(NOT_RECORDED)
        words = await asyncio.to_thread(_heard, dictation, await request.body(), suffix, send)
        if not words:
            raise PagelightError(NOTHING_SAID)
        return fresh({"words": words})

    return router


def _heard(dictation: Dictation, sound: bytes, suffix: str, send: Callable[[int], object]) -> str:
    send(len(sound))
    with tempfile.TemporaryDirectory(prefix="pagelight-dictated-") as folder:
        path = Path(folder) / f"dictation{suffix}"
        path.write_bytes(sound)
        return dictation.dictated(path)
