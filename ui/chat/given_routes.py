"""What was attached to a question becomes a file of the folder: for those who may add files."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, Response

from rag.errors import PagelightError
from service.asking.brought import BroughtLibrary
from service.work.jobs import Watchable
from ui.library.library_files import store_copy, target_of
from ui.library.library_routes import REFUSED, writable_folder
from ui.server.page_routes import FRESH
from ui.source.pages import is_id


def given_routes(library: BroughtLibrary, jobs: Watchable) -> APIRouter:
    """Return the routes under `/attached`. An error for a person is 422 with `{"error"}`."""
    router = APIRouter(prefix="/attached")

    @router.post("/{doc_id}")
    def add(doc_id: str) -> Response:
        """Copy an attachment into the folder, under its name; the next ingest reads it."""
        doc = library.brought(doc_id) if is_id(doc_id) else None
        kept = library.bytes_of(doc_id) if doc else None
        if doc is None or kept is None:
            raise HTTPException(404)
        try:
            store_copy(kept, target_of(writable_folder(jobs), doc.sources[0]))
        except PagelightError as error:
            return JSONResponse({"error": str(error)}, status_code=REFUSED, headers=FRESH)
        return Response(status_code=201)

    return router
