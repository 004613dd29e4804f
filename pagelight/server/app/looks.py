"""The page's own styles and scripts: in which order it has them, and the routes that serve them."""

from __future__ import annotations

import re
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from pagelight.server.app.installing import MANIFEST
from pagelight.server.middleware.addresses import WORKER

STYLES: Final = (
    "shell/style source/source source/document answers/pictures chat/conversations chat/given "
    "library/library chat/scope library/table answers/reports library/start shell/keys "
    "answers/pins shell/settings source/player".split()
)
SCRIPTS: Final = (
    "shell/language shell/tab shell/shown shell/events chat/frame chat/pieces source/behaviour "
    "answers/quotes chat/questions source/region chat/conversations library/library library/adding "
    "library/start chat/scope library/table answers/reports chat/suggest answers/tools "
    "shell/theme shell/settings shell/keys source/document chat/sharing answers/pins chat/wishes "
    "shell/install chat/entered chat/dictate source/player".split()
)
"""In this order: the first ones speak, and tell the others."""

HEAD: Final = "".join(f'<link rel="stylesheet" href="/looks/{name}.css">' for name in STYLES)
_BASE: Final = '<base href="/">'
"""The page lies at other addresses too; what Gradio names below it does not."""

# The manifest is fetched as who signed in.
BEHAVIOUR: Final = (
    _BASE
    + f'<link rel="manifest" href="{MANIFEST}" crossorigin="use-credentials">'
    + '<script src="/words.js" defer></script>'
    + "".join(f'<script type="module" src="/looks/{name}.js"></script>' for name in SCRIPTS)
)

_NAME: Final = re.compile(r"[a-z]+\.(?P<kind>css|js)")
_ROOM: Final = re.compile(r"[a-z]+")
_TYPES: Final = {"css": "text/css", "js": "text/javascript"}
"""Every style and script in a room of `pagelight.ui.static` is served; nothing else of it."""


def looks_routes() -> APIRouter:
    """Return the routes of styles and scripts, and that of the page's worker."""
    router = APIRouter()

    @router.get("/looks/{room}/{name}")
    def looks(room: str, name: str) -> Response:
        found = _NAME.fullmatch(name)
        if found is None or not _ROOM.fullmatch(room):
            raise HTTPException(404)
        return _answer(_files().joinpath(room, name), found["kind"])

    @router.get(WORKER)
    def worker() -> Response:
        """The page's worker: at the root, as it may serve only what lies below it."""
        return _answer(_files().joinpath("shell", "worker.js"), "js")

    return router


def _files() -> Traversable:
    return resources.files("pagelight.ui.static")


def _answer(file: Traversable, kind: str) -> Response:
    if not file.is_file():
        raise HTTPException(404)
    text = file.read_text(encoding="utf-8")
    return Response(text, media_type=_TYPES[kind], headers={"cache-control": "no-cache"})
