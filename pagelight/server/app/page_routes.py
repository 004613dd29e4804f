"""What the page fetches beside the chat: sources, pages, pictures, recordings in ranges (RFC 7233).

Every route takes ids, looks them up in the index, and answers 404 for what it does not hold; no
path of a request reaches the disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from pagelight.server.middleware.headers import FRESH, KEPT, fresh, there
from pagelight.services.answering.places import MAX_LETTERS, Place, found_in
from pagelight.services.answering.protocols import AnyEngine
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.rendering.page_pictures import Pages, is_id
from pagelight.services.rendering.renders import encoded
from pagelight.ui.html.language import catalogue, spoken
from pagelight.ui.source import sources
from pagelight.ui.source.figures import box_named
from pagelight.ui.source.recording import is_recording, webvtt
from pagelight.ui.source.region import Regions, chip_html
from pagelight.ui.source.rows import LongTables, cited_rows
from pagelight.ui.source.sources import outline_html
from rag.datamodel import Document
from rag.storage.workspace.store import WorkspaceIndex

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
    """Return the routes that every browser uses.

    `may_add` tells whether a document (its id) may be added to the folder.
    """
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
        doc = engine.index.document(doc_id)
        if doc is None or not 0 <= position < len(doc.elements):
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

    @router.post("/action/refresh")
    def refresh() -> Response:
        jobs.start()
        return Response(status_code=204)

    return router


def action_routes(jobs: Jobs) -> APIRouter:
    """Return the route that steers what is read."""
    router = APIRouter()

    @router.post("/action/{action}")
    def act(action: Literal["remove-all", "cancel", "pause", "continue"]) -> Response:
        match action:
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
    engine: AnyEngine,
    *,
    places: FindPlaces,
    pages: Pages,
    may_add: Callable[[str], bool],
    kept: WorkspaceIndex,
) -> None:
    @router.get("/source/{key}/{position}")
    def source(key: str, position: int) -> Response:
        found = places(key)
        if not 0 <= position < len(found):
            return fresh(sources.message_html(sources.FORGOTTEN), status=404)
        place = found[position]
        doc = engine.index.document(place.chunk.doc_id)
        if doc is None:
            return fresh(sources.message_html(sources.REMOVED), status=404)
        of, adds, tables = (position, len(found)), may_add(doc.id), LongTables(doc, kept)
        return fresh(
            sources.panel_html(doc, place.page, pages, place=place, of=of, adds=adds, tables=tables)
        )

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
        tables = LongTables(doc, kept)
        adds = may_add(doc_id)
        return fresh(sources.panel_html(doc, page, pages, adds=adds, at_s=at, tables=tables))

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
        places, tables = found_in(doc, words), LongTables(doc, kept)
        if not places:
            notice = sources.NOT_FOUND if words.strip() else ""
            return fresh(sources.panel_html(doc, page, pages, notice=notice, tables=tables))
        of = (position % len(places), len(places))
        place = places[of[0]]
        return fresh(sources.panel_html(doc, place.page, pages, place=place, of=of, tables=tables))


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


_ONE: Final = re.compile(rb"bytes=(?:(\d{1,18})-(\d{0,18})|-\d{1,18})")


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
    doc = engine.index.document(doc_id) if is_id(doc_id) else None
    if doc is None or not is_recording(doc):
        raise HTTPException(404)
    return doc


class _InRanges(FileResponse):
    """A file, or the one range of it that is asked for; what is no such range is as none (3.1)."""

    def __init__(
        self, path: Path, *, lent: AbstractContextManager[Path | None], doc: Document
    ) -> None:
        headers = KEPT | {"etag": f'"{doc.id}"'}
        super().__init__(path, media_type=doc.media_type, headers=headers)
        self._lent = lent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(k, v) for k, v in scope["headers"] if k != b"range" or _is_one(v)]
        with self._lent as path:
            if path is None:
                await Response(status_code=404)(scope, receive, send)
                return
            self.path = path
            await super().__call__({**scope, "headers": headers}, receive, send)


def _is_one(value: bytes) -> bool:
    found = _ONE.fullmatch(value.strip())
    return found is not None and not (found[2] and int(found[2]) < int(found[1]))
