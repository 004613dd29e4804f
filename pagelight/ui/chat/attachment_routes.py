"""What was attached to a question becomes a file of the folder: for those who may add files."""

from __future__ import annotations

from fastapi import APIRouter, Request

from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import there
from pagelight.services.answering.attachments import UserLibrary
from pagelight.services.jobs.jobs import Jobs, Watched
from pagelight.services.rendering.page_pictures import is_id
from pagelight.ui.library.library_files import store_copy, target_of, usual_folder
from pagelight.ui.library.library_routes import writable_folder


def given_routes(
    library: UserLibrary, jobs: Jobs | Watched, *, among: tuple[str, ...] | None = None
) -> APIRouter:
    """Return the routes under `/attached`. An error for a person is 422 with `{"error"}`.

    What is added goes into the first of the collections `among`; None: beside the folders.
    """
    router = APIRouter(prefix="/attached")

    @router.post("/{doc_id}", status_code=201)
    def add(request: Request, doc_id: str) -> None:
        """Copy an attachment into the folder, under its name; the next ingest reads it."""
        doc = there(library.brought(doc_id) if is_id(doc_id) else None)
        kept, extra = there(library.bytes_of(doc_id)), library.roots.extra
        into = usual_folder(among, extra=extra)
        folder, name = writable_folder(jobs), doc.sources[0]
        target = target_of(folder, name, into=into, among=among, extra=extra)
        store_copy(kept, target)
        note(request.scope, f"{into}/{target.name}".strip("/"))

    return router
