"""What the page fetches and changes of pinned answers: the gathered ones, notes, the document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.places import answer_key
from pagelight.services.answering.protocols import Library
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.answers.render import answer_html
from pagelight.ui.html.language import say
from pagelight.ui.pins.saved import saved_as
from pagelight.ui.source.figures import figure_reader
from pagelight.ui.templating import render
from rag.storage.conversations.pins import MAX_NOTE_LETTERS


def pin_routes(library: Library, pages: Pages) -> APIRouter:
    router = APIRouter(prefix="/pins")
    pins, read = library.pins, figure_reader(library, pages)

    @router.get("")
    def gathered() -> Response:
        shown = []
        for pin in pins.all():
            key, answer = answer_key(pin.conversation_id, pin.exchange.id), pin.exchange.answer
            shown.append((pin, answer_html(answer, key=key) if answer else ""))
        html = render("pins.html", pins=shown, max_letters=MAX_NOTE_LETTERS)
        return HTMLResponse(html, headers=FRESH)

    @router.get("/page.docx")
    @router.get("/page.pdf")
    def saved(request: Request) -> Response:
        form = Path(request.url.path).suffix
        parts = [(pin.exchange, pin.note) for pin in pins.all()]
        data, kind = saved_as(form, say("Pinned answers"), parts, read)
        named = {"content-disposition": f'attachment; filename="pinned-answers{form}"'}
        return Response(data, media_type=kind, headers=FRESH | named)

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        return JSONResponse(pins.of(conversation_id), headers=FRESH)

    @router.post("/{conversation_id}/{exchange_id}")
    def pin(conversation_id: str, exchange_id: str) -> Response:
        exchange = library.conversations.exchange(conversation_id, exchange_id)
        if exchange is None or exchange.answer is None:
            raise HTTPException(404)
        pins.put(conversation_id, exchange)
        return Response(status_code=204)

    @router.put("/{conversation_id}/{exchange_id}")
    def note(
        conversation_id: str,
        exchange_id: str,
        note: Annotated[str, Body(embed=True, max_length=MAX_NOTE_LETTERS)],
    ) -> Response:
        if not pins.note(conversation_id, exchange_id, note):
            raise HTTPException(404)
        return Response(status_code=204)

    @router.delete("/{conversation_id}/{exchange_id}")
    def unpin(conversation_id: str, exchange_id: str) -> Response:
        pins.withdraw(conversation_id, exchange_id)
        return Response(status_code=204)

    return router
