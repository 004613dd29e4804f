"""What lets a browser install the page as an app: manifest, icons, and a page for when it is away.

The page is the server's: without it there is one sentence, which the browser keeps. Icons are drawn
here.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, Response
from PIL import Image, ImageDraw

from pagelight.server.middleware.headers import FRESH
from pagelight.ui.html.language import say, spoken

OFFLINE: Final = "/offline"
MANIFEST: Final = "/app.webmanifest"
SIZES: Final = (192, 512)
_INK, _PAPER, _GLOW = "#1c2430", "#ffffff", "#ffc93c"
_FINE: Final = 4
"""Drawn so many times as large, and made smaller: smooth edges."""

_STYLE: Final = (
    ":root{color-scheme:light dark}body{margin:0;min-height:100dvh;display:grid;place-items:center;"
    "font:17px/1.6 ui-sans-serif,system-ui,sans-serif;text-align:center}main{padding:24px;"
    "max-width:32em}"
)


def installing_routes() -> APIRouter:
    router = APIRouter()

    @router.get(MANIFEST)
    def manifest() -> Response:
        return JSONResponse(_manifest(), media_type="application/manifest+json", headers=FRESH)

    @router.get("/icons/{size}.png")
    def icon(size: int) -> Response:
        if size not in SIZES:
            raise HTTPException(404)
        kept = {"cache-control": "private, max-age=86400"}
        return Response(drawn_icon(size), media_type="image/png", headers=kept)

    @router.get(OFFLINE)
    def offline() -> Response:
        return HTMLResponse(offline_html(), headers=FRESH)

    return router


def _manifest() -> dict[str, object]:
    icons = [
        {
            "src": f"/icons/{size}.png",
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in SIZES
        for purpose in ("any", "maskable")
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
        "theme_color": _PAPER,
        "icons": icons,
    }


@cache
def drawn_icon(size: int) -> bytes:
    """Return a page with a lit line as a PNG; the middle, which every mask leaves, holds it."""
    unit = size * _FINE / 100
    icon = Image.new("RGB", (size * _FINE, size * _FINE), _INK)
    draw = ImageDraw.Draw(icon)
    draw.rounded_rectangle((31 * unit, 24 * unit, 69 * unit, 76 * unit), 6 * unit, fill=_PAPER)
    draw.rounded_rectangle((38 * unit, 45 * unit, 62 * unit, 55 * unit), 3 * unit, fill=_GLOW)
    buffer = io.BytesIO()
    icon.resize((size, size), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


def offline_html() -> str:
    told = say("Pagelight does not answer. Is it still running?")
    return (
        f'<!DOCTYPE html><html lang="{spoken()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Pagelight</title><style>{_STYLE}</style></head><body><main><h1>Pagelight</h1>"
        f'<p>{told}</p><p><a href="/">{say("Try again")}</a></p></main></body></html>'
    )
