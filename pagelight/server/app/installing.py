"""What lets a browser install the page as an app: manifest, icons, a page for when it is away.

The page is the server's: without it there is one sentence, which the browser keeps.
"""

from __future__ import annotations

from importlib import resources
from typing import Any, Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.ui.html.language import say, spoken
from pagelight.ui.templating import render

OFFLINE: Final = "/offline"
MANIFEST: Final = "/app.webmanifest"
SIZES: Final = (192, 512)


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

    @router.get(OFFLINE)
    def offline() -> Response:
        return HTMLResponse(render("offline.html"), headers=FRESH)

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
