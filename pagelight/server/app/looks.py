"""The page's styles and scripts, in their order, and what lets a browser install it as an app."""

from __future__ import annotations

import re
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.ui.html.language import say, spoken

MANIFEST: Final = "/app.webmanifest"
SIZES: Final = (192, 512)

STYLES: Final = "shell/style chat/chat library/library source/source shell/panels".split()
SCRIPTS: Final = (
    "shell/language shell/tab shell/shown shell/events chat/frame source/behaviour "
    "answers/quotes chat/questions source/region chat/conversations library/library library/adding "
    "chat/scope library/table answers/reports chat/suggest answers/tools "
    "shell/settings shell/keys source/document answers/pins "
    "chat/entered chat/dictate source/player".split()
)
"""In this order: the first ones speak, and tell the others."""

IMPORTED: Final = "shell/dom shell/server shell/state source/moments chat/address".split()
"""What the scripts import: fetched with them, not after them."""

_BASE: Final = '<base href="/">'
"""The page lies at other addresses too; what Gradio names below it does not."""

# The manifest is fetched as who signed in. Styles come before Gradio's own are asked for.
HEAD: Final = (
    _BASE
    + "".join(f'<link rel="stylesheet" href="/looks/{name}.css">' for name in STYLES)
    + "".join(f'<link rel="modulepreload" href="/looks/{name}.js">' for name in IMPORTED)
    + f'<link rel="manifest" href="{MANIFEST}" crossorigin="use-credentials">'
    + '<script src="/words.js" defer></script>'
    + "".join(f'<script type="module" src="/looks/{name}.js"></script>' for name in SCRIPTS)
)

_NAME: Final = re.compile(r"[a-z]+\.(?P<kind>css|js)")
_ROOM: Final = re.compile(r"[a-z]+")
_TYPES: Final = {"css": "text/css", "js": "text/javascript"}
"""Every style and script in a room of `pagelight.ui.static` is served; nothing else of it."""


def looks_routes() -> APIRouter:
    """Return the routes of styles and scripts."""
    router = APIRouter()

    @router.get("/looks/{room}/{name}")
    def looks(room: str, name: str) -> Response:
        found = _NAME.fullmatch(name)
        if found is None or not _ROOM.fullmatch(room):
            raise HTTPException(404)
        return _answer(_files().joinpath(room, name), found["kind"])

    return router


def _files() -> Traversable:
    return resources.files("pagelight.ui.static")


def _answer(file: Traversable, kind: str) -> Response:
    if not file.is_file():
        raise HTTPException(404)
    text = file.read_text(encoding="utf-8")
    return Response(text, media_type=_TYPES[kind], headers={"cache-control": "no-cache"})


def installing_routes() -> APIRouter:
    router = APIRouter()

    @router.get(MANIFEST)
    def manifest() -> Response:
        return JSONResponse(_manifest(), media_type="application/manifest+json", headers=FRESH)

    @router.get("/icons/{size}.png")
    def icon(size: int) -> Response:
        if size not in SIZES:
            raise HTTPException(404)
        drawn = resources.files("pagelight.ui.static").joinpath("shell", f"icon-{size}.png")
        kept = {"cache-control": "private, max-age=86400"}
        return Response(drawn.read_bytes(), media_type="image/png", headers=kept)

    return router


def _manifest() -> dict[str, Any]:
    icons = [
        {"src": f"/icons/{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} | purpose
        for size in SIZES
        for purpose in ({"purpose": "any"}, {"purpose": "maskable"})
    ]
    return {
        "name": "Pagelight",
        "short_name": "Pagelight",
        "description": say("Ask your documents"),
        "lang": spoken(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f7f9",
        "theme_color": "#ffffff",
        "icons": icons,
    }
