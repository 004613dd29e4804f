"""What the page fetches of overviews: a file's, its questions, and what could be asked next."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.protocols import Library
from pagelight.ui.source.overviews import Overviews
from pagelight.ui.templating import render
from rag.datamodel import Document


def overview_routes(library: Library, overviews: Overviews) -> APIRouter:
    router = APIRouter()

    def known(doc_id: str) -> Document:
        is_listed = any(record.id == doc_id for record in library.documents())
        return there(library.document(doc_id) if is_listed else None)

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
        return fresh(html)

    @router.get("/overview/{doc_id}/questions")
    def questions(doc_id: str) -> Response:
        return _suggested(overviews.questions(known(doc_id)))

    @router.get("/follow-ups/{conversation_id}/{exchange_id}")
    def follow_ups(conversation_id: str, exchange_id: str) -> Response:
        exchange = there(library.conversations.exchange(conversation_id, exchange_id))
        return _suggested(overviews.follow_ups(exchange.question, there(exchange.answer)))

    return router


def _suggested(questions: Sequence[tuple[str, str]]) -> Response:
    return fresh(render("chat/suggestions.html", questions=questions))
