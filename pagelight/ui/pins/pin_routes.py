"""What the page fetches and changes of pinned answers: the gathered ones, notes, the document."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi.responses import Response

from pagelight.server.middleware.headers import download, fresh, there
from pagelight.services.answering.asking import Library
from pagelight.services.answering.places import answer_key
from pagelight.ui.answers.render import answer_html
from pagelight.ui.html.language import say
from pagelight.ui.pins.saved import saved_as
from pagelight.ui.source.figures import ReadFigure
from pagelight.ui.templating import render
from rag.storage.conversations.personal import MAX_NOTE_LETTERS


def pin_routes(library: Library, read: ReadFigure) -> APIRouter:
    router = APIRouter(prefix="/pins")
    pins = library.pins

    @router.get("")
    def gathered() -> Response:
        shown = []
        for pin in pins.all():
            key, answer = answer_key(pin.conversation_id, pin.exchange.id), pin.exchange.answer
            shown.append((pin, answer_html(answer, key=key) if answer else ""))
        return fresh(render("pins.html", pins=shown, max_letters=MAX_NOTE_LETTERS))

    @router.get("/page.{form}")
    def saved(form: Literal["docx", "pdf"]) -> Response:
        parts = [(pin.exchange, pin.note) for pin in pins.all()]
        data, kind = saved_as(form, say("Pinned answers"), parts, read)
        return download(data, f"pinned-answers.{form}", kind)

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        return fresh(pins.of(conversation_id))

    @router.post("/{conversation_id}/{exchange_id}", status_code=204)
    def pin(conversation_id: str, exchange_id: str) -> None:
        exchange = there(library.conversations.exchange(conversation_id, exchange_id))
        there(exchange.answer)
        pins.put(conversation_id, exchange)

    @router.put("/{conversation_id}/{exchange_id}", status_code=204)
    def note(
        conversation_id: str,
        exchange_id: str,
        note: Annotated[str, Body(embed=True, max_length=MAX_NOTE_LETTERS)],
    ) -> None:
        there(pins.note(conversation_id, exchange_id, note) or None)

    @router.delete("/{conversation_id}/{exchange_id}", status_code=204)
    def unpin(conversation_id: str, exchange_id: str) -> None:
        pins.withdraw(conversation_id, exchange_id)

    return router
