"""What the page fetches and changes of the library: the list, documents, and files that come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from rag.errors import PagelightError
from service.asking.seams import Library
from service.work.jobs import Jobs, Watchable
from ui.http.headers import FRESH
from ui.library.library import arrived_json, library_html, rows_of
from ui.library.library_files import Shelving, is_writable, store, target_of
from ui.library.status import nothing_html

REFUSED = 422

MOST_ASKED = 20_000
"""Files that are asked for at once."""


def library_routes(library: Library, jobs: Watchable, *, limit_mb: int) -> APIRouter:
    """Return the routes under `/library` that look at it."""
    router = APIRouter(prefix="/library")

    @router.get("")
    def listed(
        words: str = "",
        state: str = "",
        shown: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> Response:
        rows = rows_of(library.documents(), library.left_out.sources())
        if not rows and not jobs.state.running:
            return HTMLResponse(nothing_html(jobs.state), headers=FRESH)
        steered = jobs.state.steered
        html = library_html(rows, words=words, state=state, shown=shown, steered=steered)
        return HTMLResponse(html, headers=FRESH)

    @router.get("/room")
    def room() -> Response:
        body = {"writable": is_writable(jobs.state.folder), "limit_mb": limit_mb}
        return JSONResponse(body, headers=FRESH)

    @router.post("/arrived")
    def arrived(sources: Annotated[list[str], Body(embed=True, max_length=MOST_ASKED)]) -> Response:
        """Return what became of files: how many can be asked about, and why others can't."""
        return JSONResponse(arrived_json(library.documents(), sources), headers=FRESH)

    return router


def shelving_routes(library: Library, jobs: Jobs, *, limit_mb: int) -> APIRouter:
    """Return the routes that change the library. An error for a person is 422 with `{"error"}`."""
    router = APIRouter(prefix="/library")
    shelving = Shelving(library, jobs)

    @router.post("/{action}")
    def act(
        action: Literal["again", "remove"], source: Annotated[str, Body(embed=True)]
    ) -> Response:
        try:
            (shelving.remove if action == "remove" else shelving.read_again)(source)
        except PagelightError as error:
            return _refused(error)
        return Response(status_code=204)

    @router.put("/files/{file_name:path}")
    async def put(file_name: str, request: Request, into: str = "") -> Response:
        try:
            target = target_of(writable_folder(jobs), file_name, into=into)
            announced = int(request.headers.get("content-length") or 0)
            await store(target, request.stream(), limit_mb=limit_mb, announced_bytes=announced)
        except PagelightError as error:
            return _refused(error)
        return Response(status_code=201)

    return router


def writable_folder(jobs: Watchable) -> Path:
    """Return the folder of documents. Raises PagelightError where it may not be written."""
    folder = jobs.state.folder
    if folder is None or not is_writable(folder):
        raise PagelightError("The folder of documents may not be written.")
    return folder


def _refused(error: PagelightError) -> Response:
    return JSONResponse({"error": str(error)}, status_code=REFUSED, headers=FRESH)
