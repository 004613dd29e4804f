"""What the page fetches to choose what is searched."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import HTMLResponse, Response

from service.asking.seams import Library
from ui.scope.html import choices_html, names_html
from ui.scope.scope import entries_of
from ui.server.page_routes import FRESH


def scope_routes(library: Library) -> APIRouter:
    """Return the routes under `/scope`."""
    router = APIRouter(prefix="/scope")

    @router.post("")
    def choices(
        words: Annotated[str, Body()] = "", chosen: Annotated[str, Body()] = ""
    ) -> Response:
        html = choices_html(library.documents(), words=words, chosen=entries_of(chosen))
        return HTMLResponse(html, headers=FRESH)

    @router.get("/names")
    def names(words: str = "") -> Response:
        return HTMLResponse(names_html(library.documents(), words=words), headers=FRESH)

    return router
