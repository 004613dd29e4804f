"""What is spoken into the microphone, as words for the message box. Nothing of it is kept."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from pagelight.server.middleware.headers import FRESH, refused
from pagelight.services.answering.protocols import Dictation
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
        return JSONResponse({"hears": dictation.hears}, headers=FRESH)

    @router.post("")
    async def hear(request: Request) -> Response:
        """Return the words of a recording: `{"words"}`."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        suffix = SUFFIXES.get(kind)
        if suffix is None:
            return refused(PagelightError(NOT_RECORDED))
        sound = await request.body()
        try:
            words = await asyncio.to_thread(_heard, dictation, sound, suffix, send)
        except PagelightError as error:
            return refused(error)
        if not words:
            return refused(PagelightError(NOTHING_SAID))
        return JSONResponse({"words": words}, headers=FRESH)

    return router


def _heard(dictation: Dictation, sound: bytes, suffix: str, send: Callable[[int], object]) -> str:
    send(len(sound))
    with tempfile.TemporaryDirectory(prefix="pagelight-dictated-") as folder:
        path = Path(folder) / f"dictation{suffix}"
        path.write_bytes(sound)
        return dictation.dictated(path)
