"""What the page fetches beside the chat: styles, scripts, sources, pages, pictures, recordings.

Every route takes ids, looks them up in the index, and answers 404 for what it does not hold; no
path of a request reaches the disk. Recordings come in ranges (RFC 7233). A browser may install the
page as an app.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from pagelight.server.middleware.headers import FRESH, KEPT, fresh, there
from pagelight.services.answering.asking import AnyEngine
from pagelight.services.answering.places import MAX_LETTERS, Place, found_in
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.rendering.page_pictures import Pages, encoded, is_id
from pagelight.ui.language import catalogue, say, spoken
from pagelight.ui.source import panel as sources
from pagelight.ui.source.crops import Regions, box_named, chip_html
from pagelight.ui.source.panel import outline_html
from pagelight.ui.source.reading import LongTables, cited_rows
from pagelight.ui.source.recording import is_recording, webvtt
from rag.datamodel import Document
from rag.storage.workspace.store import WorkspaceIndex

MANIFEST: Final = "/app.webmanifest"
SIZES: Final = (192, 512)

STYLES: Final = "shell/style chat/chat source/source shell/panels".split()
SCRIPTS: Final = (
    "shell/language shell/tab shell/state chat/frame source/behaviour chat/questions "
    "source/region chat/conversations library/library library/adding chat/scope library/table "
    "answers/kept answers/tools shell/settings shell/keys source/document chat/box "
    "source/player".split()
)
"""In this order: the first ones speak, and tell the others."""

IMPORTED: Final = "shell/dom shell/server".split()
"""What the scripts import: fetched with them, not after them."""

_BASE: Final = '<base href="/">'
"""The page lies at other addresses too; what Gradio names below it does not."""

_TYPES: Final = {".css": "text/css", ".js": "text/javascript"}


def head() -> str:
    """Return the head of the page: styles in one file, scripts; kept by their version."""
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
def _looks() -> dict[str, bytes]:
    """Return every style and script in a room of `pagelight.ui.static`: nothing else is served."""
    rooms = (room for room in resources.files("pagelight.ui.static").iterdir() if room.is_dir())
    return {
        f"{room.name}/{file.name}": file.read_bytes()
        for room in rooms
        for file in room.iterdir()
        if file.name.endswith(tuple(_TYPES))
    }


@cache
def version() -> str:
    """Return another text for other looks."""
    return hashlib.sha256(repr(sorted(_looks().items())).encode()).hexdigest()[:16]


def looks_routes() -> APIRouter:
    """Return the routes of styles and scripts, and of what lets the page be installed."""
    router = APIRouter()

    @router.get("/looks/{asked}/{name:path}")
    def looks(asked: str, name: str) -> Response:
        if name == "page.css":
            found = b"\n".join(_looks()[f"{style}.css"] for style in STYLES)
        else:
            found = there(_looks().get(name))
        kept = KEPT if asked == version() else FRESH
        return Response(found, media_type=_TYPES[f".{name.rpartition('.')[2]}"], headers=kept)

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


FindPlaces = Callable[[str], tuple[Place, ...]]
"""Returns the places of a key; none for one that is unknown."""

LATEST_S: Final = 1_000_000
"""No address names a later second: eleven days."""

MAX_ROWS: Final = 10**9
MAX_CITED_LETTERS: Final = 2_000
"""Letters that name the cited rows of a page of rows."""


def page_routes(
    engine: AnyEngine,
    *,
    places: FindPlaces,
    pages: Pages,
    regions: Regions,
    may_add: Callable[[str], bool] = lambda _: False,
    kept: WorkspaceIndex,
) -> APIRouter:
    """Return the routes of every browser; `may_add` tells whether a document may be added."""
    router = APIRouter()
    _add_sources(router, engine, places=places, pages=pages, may_add=may_add, kept=kept)
    _add_pictures(router, engine, pages=pages)
    add_recordings(router, engine, pages=pages)

    @router.get("/rows/{doc_id}/{position}/{row}")
    def rows(
        doc_id: str,
        position: int,
        row: Annotated[int, InPath(ge=0, le=MAX_ROWS)],
        cited: Annotated[str, Query(max_length=MAX_CITED_LETTERS)] = "",
    ) -> Response:
        """The page that holds a row of the table that is the element at `position`."""
        doc = _known(engine, doc_id)
        if not 0 <= position < len(doc.elements):
            raise HTTPException(404)
        return fresh(there(LongTables(doc, kept).page(position, row, cited_rows(cited))))

    @router.get("/region/{name:path}")
    def region(name: str) -> Response:
        return fresh(chip_html(there(regions.find(name))))

    @router.get("/words.js")
    def words() -> Response:
        """The page's words in the language of who reads, for its scripts."""
        message = {"language": spoken(), "words": catalogue(spoken())}
        text = f"globalThis.pagelightWords = {json.dumps(message)};"
        return Response(text, media_type="text/javascript", headers=FRESH)

    return router


def reading_routes(jobs: Jobs) -> APIRouter:
    """Return the route that has the folder read: for who adds to it."""
    router = APIRouter()
    router.add_api_route("/action/refresh", _done(jobs.start), methods=["POST"])
    return router


def action_routes(jobs: Jobs) -> APIRouter:
    """Return the routes that steer what is read."""
    router = APIRouter()
    for name, act in (
        ("remove-all", lambda: jobs.start(remove_all=jobs.state.emptied)),
        ("pause", jobs.pause),
        ("continue", jobs.go_on),
        ("cancel", jobs.cancel),
    ):
        router.add_api_route(f"/action/{name}", _done(act), methods=["POST"])
    return router


def _done(act: Callable[[], object]) -> Callable[[], Response]:
    def answered() -> Response:
        act()
        return Response(status_code=204)

    return answered


def _add_sources(
    router: APIRouter,
    engine: AnyEngine,
    *,
    places: FindPlaces,
    pages: Pages,
    may_add: Callable[[str], bool],
    kept: WorkspaceIndex,
) -> None:
    panel = partial(_panel, pages, kept)

    @router.get("/source/{key}/{position}")
    def source(key: str, position: int) -> Response:
        found = places(key)
        if not 0 <= position < len(found):
            return fresh(sources.message_html(sources.FORGOTTEN), status=404)
        place = found[position]
        doc = engine.index.document(place.chunk.doc_id)
        if doc is None:
            return fresh(sources.message_html(sources.REMOVED), status=404)
        of = (position, len(found))
        return panel(doc, place.page, place=place, of=of, adds=may_add(doc.id))

    @router.get("/quote/{key}/{position}")
    def quote(key: str, position: int) -> Response:
        found = places(key)
        if not 0 <= position < len(found):
            raise HTTPException(404)
        return fresh(sources.card_html(found[position]))

    @router.get("/document/{doc_id}/{page}")
    def document(
        doc_id: str, page: int, at: Annotated[float | None, Query(ge=0, le=LATEST_S)] = None
    ) -> Response:
        """A page; of a recording, the second `at`."""
        doc = _with_page(engine, doc_id, page)
        return panel(doc, page, adds=may_add(doc_id), at_s=at)

    @router.get("/outline/{doc_id}/{page}")
    def outline(doc_id: str, page: int) -> Response:
        return fresh(outline_html(_with_page(engine, doc_id, page), page=page))

    @router.get("/found/{doc_id}/{page}/{position}")
    def found(
        doc_id: str,
        page: int,
        position: int,
        words: Annotated[str, Query(max_length=MAX_LETTERS)],
    ) -> Response:
        """The place at `position` where the words stand, round and round; else the page again."""
        doc = _with_page(engine, doc_id, page)
        places = found_in(doc, words)
        if not places:
            return panel(doc, page, notice=sources.NOT_FOUND if words.strip() else "")
        of = (position % len(places), len(places))
        place = places[of[0]]
        return panel(doc, place.page, place=place, of=of)


def _panel(
    pages: Pages,
    kept: WorkspaceIndex,
    doc: Document,
    page: int | None,
    **more: Any,  # noqa: ANN401 - as the panel has them
) -> Response:
    return fresh(sources.panel_html(doc, page, pages, tables=LongTables(doc, kept), **more))


def _add_pictures(router: APIRouter, engine: AnyEngine, *, pages: Pages) -> None:
    @router.get("/page/{doc_id}/{page}.png")
    def page_picture(doc_id: str, page: int, w: int = 1600) -> Response:
        drawn = there(pages.picture(_known(engine, doc_id), page, width_px=w))
        return FileResponse(drawn.path, media_type="image/png", headers=KEPT)

    @router.get("/thumbnail/{doc_id}")
    def thumbnail(doc_id: str) -> Response:
        return FileResponse(there(pages.thumbnail(_known(engine, doc_id))), headers=KEPT)

    @router.get("/crop/{doc_id}/{page}/{box}.png")
    def crop(doc_id: str, page: int, box: str) -> Response:
        bbox = box_named(box)
        pixels = pages.crop(_known(engine, doc_id), page, bbox) if bbox else None
        return Response(encoded(there(pixels)), media_type="image/png", headers=KEPT)

    @router.get("/asset/{image_id}")
    def asset(image_id: str) -> Response:
        path, media_type = there(engine.index.assets.find(image_id))
        return FileResponse(path, media_type=media_type, headers=KEPT)


def _with_page(engine: AnyEngine, doc_id: str, page: int) -> Document:
    doc = _known(engine, doc_id)
    if doc.page_count and not 1 <= page <= doc.page_count:
        raise HTTPException(404)
    return doc


def _known(engine: AnyEngine, doc_id: str) -> Document:
    return there(engine.index.document(doc_id) if is_id(doc_id) else None)


def add_recordings(router: APIRouter, engine: AnyEngine, *, pages: Pages) -> None:
    """Add what a player fetches; nothing is coded anew, and other documents are not told."""

    @router.get("/recording/{doc_id}.vtt")
    def captions(doc_id: str) -> Response:
        doc = _recording(engine, doc_id)
        return Response(webvtt(doc.elements), media_type="text/vtt", headers=FRESH)

    @router.api_route("/recording/{doc_id}", methods=["GET", "HEAD"])
    def recording(doc_id: str) -> Response:
        doc = _recording(engine, doc_id)
        path = there(pages.originals.find(doc))
        return _InRanges(path, lent=pages.originals.lent(doc), doc=doc)


def _recording(engine: AnyEngine, doc_id: str) -> Document:
    doc = _known(engine, doc_id)
    return there(doc if is_recording(doc) else None)


class _InRanges(FileResponse):
    """A file, or the range of it that is asked for, of the very bytes of `doc`."""

    def __init__(
        self, path: Path, *, lent: AbstractContextManager[Path | None], doc: Document
    ) -> None:
        headers = KEPT | {"etag": f'"{doc.id}"'}
        super().__init__(path, media_type=doc.media_type, headers=headers)
        self._lent = lent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._lent as path:
            if path is None:
                await Response(status_code=404)(scope, receive, send)
                return
            self.path = path
            await super().__call__(scope, receive, send)
