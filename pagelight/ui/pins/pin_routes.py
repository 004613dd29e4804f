"""What the page fetches and changes of pinned answers: the gathered ones, notes, documents."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import Library
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.answers.answer_figures import figure_reader
from pagelight.ui.pins.page_markdown import NAME, as_markdown_zip
from pagelight.ui.pins.pinned_html import pinned_html
from pagelight.ui.pins.pinned_page import PinnedPage, pinned_page
from rag.storage.conversations.pins import MOST_NOTE_LETTERS

Saved = Literal["docx", "pdf", "zip"]

_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def pin_routes(library: Library, pages: Pages) -> APIRouter:
    """Return the routes under `/pins`: of one's own pinned answers."""
    router = APIRouter(prefix="/pins")
    pins, read = library.pins, figure_reader(library, pages)

    @router.get("")
    def gathered() -> Response:
        return HTMLResponse(pinned_html(pins.all()), headers=FRESH)

    @router.get("/page.{kind}")
    def saved(kind: Saved) -> Response:
        data = _file(pinned_page(pins.all(), read), kind)
        headers = {**FRESH, "content-disposition": f'attachment; filename="{NAME}.{kind}"'}
        return Response(data, media_type=_TYPES[kind], headers=headers)

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        """Return the ids of the pinned exchanges of a conversation."""
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
        note: Annotated[str, Body(embed=True, max_length=MOST_NOTE_LETTERS)],
    ) -> Response:
        if not pins.note(conversation_id, exchange_id, note):
            raise HTTPException(404)
        return Response(status_code=204)

    @router.delete("/{conversation_id}/{exchange_id}")
    def unpin(conversation_id: str, exchange_id: str) -> Response:
        pins.withdraw(conversation_id, exchange_id)
        return Response(status_code=204)

    return router


def _file(page: PinnedPage, kind: Saved) -> bytes:
    """Return the page as a file; what writes it is imported here: it takes a second."""
    match kind:
        case "docx":
            from pagelight.ui.pins.page_docx import as_docx  # noqa: PLC0415

            return as_docx(page)
        case "pdf":
            from pagelight.ui.pins.page_pdf import as_pdf  # noqa: PLC0415

            return as_pdf(page)
        case "zip":
            return as_markdown_zip(page)
