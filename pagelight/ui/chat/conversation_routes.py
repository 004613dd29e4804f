"""What the page fetches and changes of the kept conversations: list, name, deletion, export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import HTMLResponse, Response

from pagelight.server.middleware.headers import FRESH
from pagelight.services.answering.protocols import Library
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.answers.answer_figures import figure_reader
from pagelight.ui.chat.conversation_export import as_json, as_zip, file_name
from pagelight.ui.chat.conversation_list import list_html
from rag.storage.conversations.conversations import ConversationRecord, Conversations

NAME_LIMIT = 1000


def conversation_routes(
    store: Conversations, library: Library, pages: Pages, *, delete: Callable[[str], object]
) -> APIRouter:
    """Return the routes under `/conversations`; `delete` does so, and stops what is answered."""
    router = APIRouter(prefix="/conversations")
    read_figure = figure_reader(library, pages)

    @router.get("")
    def listed(words: str = "") -> Response:
        now = datetime.now().astimezone()
        html = list_html(store.records(words), words=words, now=now)
        return HTMLResponse(html, headers=FRESH)

    @router.get("/{conversation_id}.json")
    def exported(conversation_id: str) -> Response:
        record = _known(store, conversation_id)
        text = as_json(record, store.get(record.id))
        return _download(text.encode("utf-8", "replace"), f"{file_name(record)}.json", "json")

    @router.get("/{conversation_id}.zip")
    def packed(conversation_id: str) -> Response:
        record = _known(store, conversation_id)
        data = as_zip(record, store.get(record.id), read_figure)
        return _download(data, f"{file_name(record)}.zip", "zip")

    @router.post("/{conversation_id}/name")
    def rename(
        conversation_id: str, name: Annotated[str, Body(embed=True, max_length=NAME_LIMIT)]
    ) -> Response:
        if not store.rename(conversation_id, name):
            raise HTTPException(404)
        return Response(status_code=204)

    @router.post("/{conversation_id}/{action}")
    def act(conversation_id: str, action: Literal["delete", "restore"]) -> Response:
        (delete if action == "delete" else store.restore)(conversation_id)
        return Response(status_code=204)

    return router


def _known(store: Conversations, conversation_id: str) -> ConversationRecord:
    record = store.record(conversation_id)
    if record is None:
        raise HTTPException(404)
    return record


def _download(data: bytes, name: str, kind: str) -> Response:
    headers = {**FRESH, "content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=f"application/{kind}", headers=headers)
