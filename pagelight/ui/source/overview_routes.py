"""What the page fetches of overviews: a file's, its questions, and what could be asked next."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import Library
from pagelight.ui.source.overviews import Overviews
from pagelight.ui.templating import render
from rag.datamodel import Document


def overview_routes(library: Library, overviews: Overviews) -> APIRouter:
    router = APIRouter()

    def known(doc_id: str) -> Document:
        doc = library.document(doc_id)
        if doc is None or not any(record.id == doc_id for record in library.documents()):
            raise HTTPException(404)
        return doc

    @router.get("/overview/{doc_id}")
    def overview(doc_id: str) -> Response:
        doc = known(doc_id)
        html = render(
            "source/overview.html",
            doc=doc,
            sentences=overviews.sentences(doc),
            figures=sum(element.role == "figure" for element in doc.elements),
            tables=sum(element.role == "table" for element in doc.elements),
        )
        return HTMLResponse(html, headers=FRESH)

    @router.get("/overview/{doc_id}/questions")
    def questions(doc_id: str) -> Response:
        return _suggested(overviews.questions(known(doc_id)))

    @router.get("/follow-ups/{conversation_id}/{exchange_id}")
    def follow_ups(conversation_id: str, exchange_id: str) -> Response:
        exchange = library.conversations.exchange(conversation_id, exchange_id)
        if exchange is None or exchange.answer is None:
            raise HTTPException(404)
        return _suggested(overviews.follow_ups(exchange.question, exchange.answer))

    return router


def _suggested(questions: Sequence[tuple[str, str]]) -> Response:
    return HTMLResponse(render("chat/suggestions.html", questions=questions), headers=FRESH)
