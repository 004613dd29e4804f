"""What the page fetches to choose what is searched."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import HTMLResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import Library
from pagelight.ui.scope.html import choices_html
from pagelight.ui.scope.names import KnownNames
from pagelight.ui.scope.scope import entries_of


def scope_routes(library: Library) -> APIRouter:
    """Return the routes under `/scope`."""
    router = APIRouter(prefix="/scope")
    known = KnownNames(library)

    @router.post("")
    def choices(
        words: Annotated[str, Body()] = "", chosen: Annotated[str, Body()] = ""
    ) -> Response:
        html = choices_html(library.documents(), words=words, chosen=entries_of(chosen))
        return HTMLResponse(html, headers=FRESH)

    @router.get("/names")
    def names(words: str = "") -> Response:
        return HTMLResponse(known.now().html(words), headers=FRESH)

    @router.put("/of/{conversation_id}")
    def keep(conversation_id: str, entries: Annotated[list[str], Body()]) -> Response:
        """Let a conversation be asked of what is chosen."""
        known = entries_of("\n".join(entries))
        if not library.conversations.set_scope(conversation_id, known):
            raise HTTPException(404)
        return Response(status_code=204)

    return router
