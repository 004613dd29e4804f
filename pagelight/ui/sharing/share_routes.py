"""What the page does to share a conversation, and what a link leads to."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, Response

from pagelight.server.middleware.addresses import SHARED
from pagelight.server.middleware.headers import FRESH
from pagelight.ui.sharing.shared_page import not_shared_html, shared_html
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.shares import SharedConversation, Shares


def share_routes(shares: Shares, own: Conversations) -> APIRouter:
    """Return the routes `/shares`, of one's `own` conversations, and `/shared`, of anybody's."""
    router = APIRouter()

    @router.post("/shares/{conversation_id}")
    def share(conversation_id: str) -> Response:
        token = shares.put(conversation_id)
        if token is None:
            raise HTTPException(404)
        return JSONResponse({"path": f"{SHARED}{token}"}, headers=FRESH)

    @router.delete("/shares/{conversation_id}")
    def withdraw(conversation_id: str) -> Response:
        shares.withdraw(conversation_id)
        return Response(status_code=204)

    @router.get(f"{SHARED}{{token}}")
    def shared(token: str) -> Response:
        found = shares.opened(token)
        if found is None:
            return HTMLResponse(not_shared_html(), status_code=404, headers=FRESH)
        return HTMLResponse(shared_html(found), headers=FRESH)

    @router.get("/conversations/{conversation_id}.html")
    def printed(conversation_id: str) -> Response:
        """Return a page without scripts, which a browser prints, or saves as PDF."""
        told = SharedConversation(exchanges=tuple(own.get(conversation_id)), left_out=0)
        if not told.exchanges:
            raise HTTPException(404)
        return HTMLResponse(shared_html(told), headers=FRESH)

    return router
