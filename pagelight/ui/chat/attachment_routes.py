"""What was attached to a question becomes a file of the folder: for those who may add files."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import refused
from pagelight.services.answering.attachments import UserLibrary
from pagelight.services.jobs.jobs import Jobs, Watched
from pagelight.services.rendering.page_pictures import is_id
from pagelight.ui.library.library_files import store_copy, target_of, usual_folder
from pagelight.ui.library.library_routes import writable_folder
from rag.errors import PagelightError


def given_routes(
    library: UserLibrary, jobs: Jobs | Watched, *, among: tuple[str, ...] | None = None
) -> APIRouter:
    """Return the routes under `/attached`. An error for a person is 422 with `{"error"}`.

    What is added goes into the first of the collections `among`; None: beside the folders.
    """
    router = APIRouter(prefix="/attached")

    @router.post("/{doc_id}")
    def add(request: Request, doc_id: str) -> Response:
        """Copy an attachment into the folder, under its name; the next ingest reads it."""
        doc = library.brought(doc_id) if is_id(doc_id) else None
        kept = library.bytes_of(doc_id) if doc else None
        if doc is None or kept is None:
            raise HTTPException(404)
        try:
            extra = library.roots.extra
            into = usual_folder(among, extra=extra)
            target = target_of(
                writable_folder(jobs), doc.sources[0], into=into, among=among, extra=extra
            )
            store_copy(kept, target)
        except PagelightError as error:
            return refused(error)
        note(request.scope, f"{into}/{target.name}".strip("/"))
        return Response(status_code=201)

    return router
