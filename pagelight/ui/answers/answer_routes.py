"""What the page fetches of one answer: its text, to be copied."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import PlainTextResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.ui.answers.answer_forms import Form, copied
from rag.storage.conversations.conversations import Conversations


def answer_routes(store: Conversations) -> APIRouter:
    """Return the routes under `/answers`: of one's own conversations alone."""
    router = APIRouter(prefix="/answers")

    @router.get("/{conversation_id}/{exchange_id}/{form}")
    def copy(conversation_id: str, exchange_id: str, form: Form) -> Response:
        exchange = store.exchange(conversation_id, exchange_id)
        if exchange is None or exchange.answer is None:
            raise HTTPException(404)
        return PlainTextResponse(copied(exchange.answer, form), headers=FRESH)

    return router
