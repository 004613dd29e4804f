"""The page's styles and scripts, in their order, and what lets a browser install it as an app."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response

from pagelight.server.middleware.headers import FRESH, KEPT
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

IMPORTED: Final = (
    "shell/dom shell/server shell/state source/moments chat/address chat/brought".split()
)
"""What the scripts import: fetched with them, not after them."""

_BASE: Final = '<base href="/">'
"""The page lies at other addresses too; what Gradio names below it does not."""

_NAME: Final = re.compile(r"[a-z]+\.(css|js)")
_ROOM: Final = re.compile(r"[a-z]+")
_TYPES: Final = {"css": "text/css", "js": "text/javascript"}
"""Every style and script in a room of `pagelight.ui.static` is served; nothing else of it."""


def head() -> str:
    """Return the head of the page: its looks, by their version, so that a browser keeps them.

    Styles are one file, which is waited for; scripts give way to Gradio's, which make the page.
    """
    at = f"/looks/{version()}"
    # The manifest is fetched as who signed in.
    return (
        f'{_BASE}<link rel="stylesheet" href="{at}/page.css">'
        f'<link rel="manifest" href="{MANIFEST}" crossorigin="use-credentials">'
        '<script src="/words.js" defer></script>'
        + "".join(
            f'<link rel="modulepreload" href="{at}/{name}.js" fetchpriority="low">'
            for name in IMPORTED
        )
        + "".join(
            f'<script type="module" src="{at}/{name}.js" fetchpriority="low"></script>'
            for name in SCRIPTS
        )
    )


@cache
def version() -> str:
    """Return another text for other looks."""
    files = sorted(
        (f"{room.name}/{file.name}", file.read_bytes())
        for room in _files().iterdir()
        if room.is_dir()
        for file in room.iterdir()
        if _NAME.fullmatch(file.name)
    )
    return hashlib.sha256(repr(files).encode()).hexdigest()[:16]


def looks_routes() -> APIRouter:
    """Return the routes of styles and scripts; of another version than is asked none is kept."""
    router = APIRouter(prefix="/looks/{asked}")

    @router.get("/page.css")
    def styles(asked: str) -> Response:
        named = (style.split("/") for style in STYLES)
        return _answer("\n".join(_text(room, name, "css") for room, name in named), "css", asked)

    @router.get("/{room}/{name}.{kind}")
    def looks(asked: str, room: str, name: str, kind: str) -> Response:
        if not (_NAME.fullmatch(f"{name}.{kind}") and _ROOM.fullmatch(room)):
            raise HTTPException(404)
        return _answer(_text(room, name, kind), kind, asked)

    return router


def _files() -> Traversable:
    return resources.files("pagelight.ui.static")


def _text(room: str, name: str, kind: str) -> str:
    file = _files().joinpath(room, f"{name}.{kind}")
    if not file.is_file():
        raise HTTPException(404)
    return file.read_text(encoding="utf-8")


def _answer(text: str, kind: str, asked: str) -> Response:
    return Response(text, media_type=_TYPES[kind], headers=KEPT if asked == version() else FRESH)


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
