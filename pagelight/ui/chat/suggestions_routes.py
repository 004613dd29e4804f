"""What the empty screen fetches: what can be asked with a click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.asking import ready_documents
from pagelight.services.answering.protocols import Library
from pagelight.ui.templating import render
from rag.answer.wishes.summary_wish import summary_request

SHOWN: Final = 4


def suggestion_routes(library: Library, examples: Sequence[str]) -> APIRouter:
    """Return the route `/suggestions`: the examples, or summaries of the longest documents."""
    router = APIRouter()

    @router.get("/suggestions")
    def suggested() -> Response:
        longest = sorted(ready_documents(library), key=lambda doc: -doc.chunk_count)[:SHOWN]
        summaries = [summary_request("short", named=doc.sources[0]) for doc in longest]
        html = render("chat/suggestions.html", questions=examples or summaries)
        return HTMLResponse(html, headers=FRESH)

    return router
