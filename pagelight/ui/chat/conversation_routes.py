"""What the page fetches and changes of the kept conversations: list, name, deletion, copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

from babel.dates import format_skeleton, format_time
from fastapi import APIRouter, Body
from fastapi.responses import PlainTextResponse, Response
from markupsafe import Markup

from pagelight.server.middleware.headers import FRESH, download, fresh, there
from pagelight.ui.answers.answer_forms import copied
from pagelight.ui.chat.conversation_export import as_json, as_markdown, as_zip, file_name
from pagelight.ui.html.language import spoken
from pagelight.ui.pins.saved import saved_as
from pagelight.ui.source.figures import ReadFigure
from pagelight.ui.templating import render
from rag.storage.conversations.conversations import ConversationRecord, Conversations

NAME_LIMIT: Final = 1000
SHOWN: Final = 200
_LOCALES: Final = {"en": "en_GB"}
"""Of languages whose dates and times have several forms: days before months, 24 hours."""


def conversation_routes(
    store: Conversations, read: ReadFigure, *, delete: Callable[[str], object]
) -> APIRouter:
    """Return the routes of one's own conversations; `delete` stops what is answered, too."""
    router = APIRouter()
    _add_files(router, store, read)

    @router.get("/conversations")
    def listed(words: str = "") -> Response:
        return fresh(list_html(store.records(words), words=words, now=datetime.now().astimezone()))

    @router.post("/conversations/{conversation_id}/name", status_code=204)
    def rename(
        conversation_id: str, name: Annotated[str, Body(embed=True, max_length=NAME_LIMIT)]
    ) -> None:
        there(store.rename(conversation_id, name) or None)

    @router.post("/conversations/{conversation_id}/{action}", status_code=204)
    def act(conversation_id: str, action: Literal["delete", "restore"]) -> None:
        (delete if action == "delete" else store.restore)(conversation_id)

    @router.get("/answers/{conversation_id}/{exchange_id}.md")
    def copy(conversation_id: str, exchange_id: str) -> Response:
        exchange = there(store.exchange(conversation_id, exchange_id))
        return PlainTextResponse(copied(there(exchange.answer)), headers=FRESH)

    return router


def _add_files(router: APIRouter, store: Conversations, read: ReadFigure) -> None:
    """Add the forms in which a conversation is taken along."""

    @router.get("/conversations/{conversation_id}.{form}")
    def saved(conversation_id: str, form: Literal["json", "md", "zip", "docx", "pdf"]) -> Response:
        record = there(store.record(conversation_id))
        exchanges = store.get(record.id)
        if form == "json":
            data, kind = as_json(record, exchanges).encode("utf-8", "replace"), "application/json"
        elif form == "md":
            data, kind = as_markdown(record, exchanges), "text/markdown"
        elif form == "zip":
            data, kind = as_zip(record, exchanges, read), "application/zip"
        else:
            data, kind = saved_as(form, record.name, [(each, "") for each in exchanges], read)
        return download(data, f"{file_name(record)}.{form}", kind)


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
