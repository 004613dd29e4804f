"""What the page fetches and changes of the kept conversations: list, name, deletion, copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from babel.dates import format_skeleton, format_time
from fastapi import APIRouter, Body, HTTPException, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from markupsafe import Markup

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import Library
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.answers.answer_forms import copied
from pagelight.ui.chat.conversation_export import as_json, as_markdown, as_zip, file_name
from pagelight.ui.html.language import spoken
from pagelight.ui.pins.saved import saved_as
from pagelight.ui.source.figures import ReadFigure, figure_reader
from pagelight.ui.templating import render
from rag.storage.conversations.conversations import ConversationRecord, Conversations

NAME_LIMIT: Final = 1000
SHOWN: Final = 200
_LOCALES: Final = {"en": "en_GB"}
"""Of languages whose dates and times have several forms: days before months, 24 hours."""


def conversation_routes(
    store: Conversations, library: Library, pages: Pages, *, delete: Callable[[str], object]
) -> APIRouter:
    """Return the routes of one's own conversations; `delete` stops what is answered, too."""
    router = APIRouter()
    _add_files(router, store, figure_reader(library, pages))

    @router.get("/conversations")
    def listed(words: str = "") -> Response:
        html = list_html(store.records(words), words=words, now=datetime.now().astimezone())
        return HTMLResponse(html, headers=FRESH)

    @router.post("/conversations/{conversation_id}/name")
    def rename(
        conversation_id: str, name: Annotated[str, Body(embed=True, max_length=NAME_LIMIT)]
    ) -> Response:
        if not store.rename(conversation_id, name):
            raise HTTPException(404)
        return Response(status_code=204)

    @router.post("/conversations/{conversation_id}/{action}")
    def act(conversation_id: str, action: Literal["delete", "restore"]) -> Response:
        (delete if action == "delete" else store.restore)(conversation_id)
        return Response(status_code=204)

    @router.get("/answers/{conversation_id}/{exchange_id}.md")
    def copy(conversation_id: str, exchange_id: str) -> Response:
        exchange = store.exchange(conversation_id, exchange_id)
        if exchange is None or exchange.answer is None:
            raise HTTPException(404)
        return PlainTextResponse(copied(exchange.answer), headers=FRESH)

    return router


def _add_files(router: APIRouter, store: Conversations, read_figure: ReadFigure) -> None:
    """Add the forms in which a conversation is taken along."""

    @router.get("/conversations/{conversation_id}.json")
    def exported(conversation_id: str) -> Response:
        record = _known(store, conversation_id)
        text = as_json(record, store.get(record.id))
        return _download(
            text.encode("utf-8", "replace"), f"{file_name(record)}.json", "application/json"
        )

    @router.get("/conversations/{conversation_id}.md")
    def written(conversation_id: str) -> Response:
        record = _known(store, conversation_id)
        text = as_markdown(record, store.get(record.id))
        return _download(text, f"{file_name(record)}.md", "text/markdown")

    @router.get("/conversations/{conversation_id}.zip")
    def packed(conversation_id: str) -> Response:
        record = _known(store, conversation_id)
        data = as_zip(record, store.get(record.id), read_figure)
        return _download(data, f"{file_name(record)}.zip", "application/zip")

    @router.get("/conversations/{conversation_id}.docx")
    @router.get("/conversations/{conversation_id}.pdf")
    def document(conversation_id: str, request: Request) -> Response:
        form = Path(request.url.path).suffix
        record = _known(store, conversation_id)
        parts = [(exchange, "") for exchange in store.get(record.id)]
        data, kind = saved_as(form, record.name, parts, read_figure)
        return _download(data, f"{file_name(record)}{form}", kind)


def list_html(records: Sequence[ConversationRecord], *, words: str, now: datetime) -> Markup:
    shown = [(record, time_text(record.changed_s, now)) for record in records[:SHOWN]]
    return render("chat/list.html", records=shown, words=words, more=len(records) - SHOWN)


def time_text(changed_s: float, now: datetime) -> str:
    """Return the time of today, the day of this year, or the month of an earlier one."""
    then = datetime.fromtimestamp(changed_s, tz=now.tzinfo)
    locale = _LOCALES.get(spoken(), spoken())
    if then.date() == now.date():
        return format_time(then, "short", locale=locale)
    return format_skeleton("MMMd" if then.year == now.year else "yMMM", then, locale=locale)


def _known(store: Conversations, conversation_id: str) -> ConversationRecord:
    record = store.record(conversation_id)
    if record is None:
        raise HTTPException(404)
    return record


def _download(data: bytes, name: str, kind: str) -> Response:
    headers = {**FRESH, "content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)
