"""What the page fetches beside the chat: sources, pages, pictures, and the page's looks.

Every route takes ids, looks them up in the index, and answers 404 for what it does not hold; no
path of a request reaches the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Annotated, Final, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import FileResponse, HTMLResponse, Response

from rag.datamodel import Document
from service.asking.places import Place
from service.asking.seams import EngineSeam
from service.work.jobs import Jobs
from ui.http.headers import FRESH, KEPT
from ui.source import sources
from ui.source.figures import box_named
from ui.source.find import MOST_LETTERS, found_in
from ui.source.outline import outline_html
from ui.source.pages import Pages, encoded, is_id
from ui.source.region import Regions, chip_html

FindPlaces = Callable[[str], tuple[Place, ...]]
"""Returns the places of a key; none for one that is unknown."""

LOOKS: Final = {
    "style.css": "text/css",
    "source.css": "text/css",
    "pictures.css": "text/css",
    "conversations.css": "text/css",
    "given.css": "text/css",
    "library.css": "text/css",
    "scope.css": "text/css",
    "table.css": "text/css",
    "reports.css": "text/css",
    "shown.js": "text/javascript",
    "events.js": "text/javascript",
    "start.css": "text/css",
    "keys.css": "text/css",
    "document.css": "text/css",
    "pieces.js": "text/javascript",
    "behaviour.js": "text/javascript",
    "quotes.js": "text/javascript",
    "region.js": "text/javascript",
    "conversations.js": "text/javascript",
    "library.js": "text/javascript",
    "adding.js": "text/javascript",
    "start.js": "text/javascript",
    "scope.js": "text/javascript",
    "table.js": "text/javascript",
    "reports.js": "text/javascript",
    "suggest.js": "text/javascript",
    "summary.js": "text/javascript",
    "copying.js": "text/javascript",
    "theme.js": "text/javascript",
    "keys.js": "text/javascript",
    "document.js": "text/javascript",
    "sharing.js": "text/javascript",
}


def page_routes(
    engine: EngineSeam,
    *,
    places: FindPlaces,
    pages: Pages,
    regions: Regions,
    may_add: Callable[[str], bool] = lambda _: False,
) -> APIRouter:
    """Return the routes that every browser uses.

    `may_add` tells whether a document (its id) may be added to the folder.
    """
    router = APIRouter()
    _add_sources(router, engine, places=places, pages=pages, may_add=may_add)
    _add_regions(router, regions)
    _add_pictures(router, engine, pages=pages)
    _add_looks(router)
    return router


def action_routes(jobs: Jobs) -> APIRouter:
    """Return the route that steers what is read."""
    router = APIRouter()

    @router.post("/action/{action}")
    def act(action: Literal["refresh", "remove-all", "cancel", "pause", "continue"]) -> Response:
        match action:
            case "refresh":
                jobs.start()
            case "remove-all":
                jobs.start(remove_all=jobs.state.emptied)
            case "pause":
                jobs.pause()
            case "continue":
                jobs.go_on()
            case "cancel":
                jobs.cancel()
        return Response(status_code=204)

    return router


def _add_sources(
    router: APIRouter,
    engine: EngineSeam,
    *,
    places: FindPlaces,
    pages: Pages,
    may_add: Callable[[str], bool],
) -> None:
    @router.get("/source/{key}/{position}")
    def source(key: str, position: int) -> Response:
        found = places(key)
        if not 0 <= position < len(found):
            return _fragment(sources.message_html(sources.FORGOTTEN), status=404)
        place = found[position]
        doc = engine.index.document(place.chunk.doc_id)
        if doc is None:
            return _fragment(sources.message_html(sources.REMOVED), status=404)
        count = len(found)
        words = engine.telling_words(place.question, place.chunk)
        html = sources.place_html(
            place,
            doc,
            pages,
            position=position,
            count=count,
            words=words,
            adds=may_add(doc.id),
        )
        return _fragment(html)

    @router.get("/quote/{key}/{position}")
    def quote(key: str, position: int) -> Response:
        found = places(key)
        if not 0 <= position < len(found):
            raise HTTPException(404)
        return _fragment(sources.card_html(found[position]))

    @router.get("/document/{doc_id}/{page}")
    def document(doc_id: str, page: int) -> Response:
        doc = _with_page(engine, doc_id, page)
        return _fragment(sources.page_html(doc, page, pages, adds=may_add(doc_id)))

    @router.get("/outline/{doc_id}/{page}")
    def outline(doc_id: str, page: int) -> Response:
        return _fragment(outline_html(_with_page(engine, doc_id, page), page=page))

    @router.get("/found/{doc_id}/{page}/{position}")
    def found(
        doc_id: str,
        page: int,
        position: int,
        words: Annotated[str, Query(max_length=MOST_LETTERS)],
    ) -> Response:
        """The place at `position` where the words stand, round and round; else the page again."""
        doc = _with_page(engine, doc_id, page)
        places = found_in(doc, words)
        if not places:
            told = sources.NOT_FOUND if words.strip() else ""
            return _fragment(sources.page_html(doc, page, pages, told=told))
        at = position % len(places)
        return _fragment(sources.found_html(places, doc, pages, position=at))


def _add_regions(router: APIRouter, regions: Regions) -> None:
    @router.get("/region/{name:path}")
    def region(name: str) -> Response:
        found = regions.find(name)
        if found is None:
            raise HTTPException(404)
        return _fragment(chip_html(found))


def _add_pictures(router: APIRouter, engine: EngineSeam, *, pages: Pages) -> None:
    @router.get("/page/{doc_id}/{page}.png")
    def page_picture(doc_id: str, page: int, w: int = 1600) -> Response:
        drawn = pages.picture(_known(engine, doc_id), page, width_px=w)
        if drawn is None:
            raise HTTPException(404)
        return FileResponse(drawn.path, media_type="image/png", headers=KEPT)

    @router.get("/crop/{doc_id}/{page}/{box}.png")
    def crop(doc_id: str, page: int, box: str) -> Response:
        bbox = box_named(box)
        pixels = pages.crop(_known(engine, doc_id), page, bbox) if bbox else None
        if pixels is None:
            raise HTTPException(404)
        return Response(encoded(pixels), media_type="image/png", headers=KEPT)

    @router.get("/asset/{image_id}")
    def asset(image_id: str) -> Response:
        found = engine.index.assets.find(image_id)
        if found is None:
            raise HTTPException(404)
        path, media_type = found
        return FileResponse(path, media_type=media_type, headers=KEPT)


def _add_looks(router: APIRouter) -> None:
    @router.get("/looks/{name}")
    def looks(name: str) -> Response:
        if name not in LOOKS:
            raise HTTPException(404)
        text = resources.files("ui.static").joinpath(name).read_text(encoding="utf-8")
        return Response(text, media_type=LOOKS[name], headers={"cache-control": "no-cache"})


def _with_page(engine: EngineSeam, doc_id: str, page: int) -> Document:
    doc = _known(engine, doc_id)
    if doc.page_count and not 1 <= page <= doc.page_count:
        raise HTTPException(404)
    return doc


def _known(engine: EngineSeam, doc_id: str) -> Document:
    doc = engine.index.document(doc_id) if is_id(doc_id) else None
    if doc is None:
        raise HTTPException(404)
    return doc


def _fragment(html: str, *, status: int = 200) -> Response:
    return HTMLResponse(html, status_code=status, headers=FRESH)
