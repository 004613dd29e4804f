"""What the empty screen fetches: questions that can be asked with a click."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.jobs.suggestions import Suggestions
from pagelight.ui.html.escape import escaped


def suggestion_routes(suggestions: Suggestions) -> APIRouter:
    """Return the route `/suggestions`; its header `x-more` tells that more may come."""
    router = APIRouter()

    @router.get("/suggestions")
    def suggested() -> Response:
        questions, is_more = suggestions.current()
        html = "".join(
            f'<button type="button" data-suggested="{escaped(q)}">{escaped(q)}</button>'
            for q in questions
        )
        return HTMLResponse(html, headers={**FRESH, **({"x-more": "1"} if is_more else {})})

    return router
