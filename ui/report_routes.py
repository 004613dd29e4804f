"""What the page does with answers that are wrong: reports, corrects and withdraws them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import JSONResponse, Response

from rag.index.conversations import Conversations
from rag.index.reports import Reports
from ui.routes import FRESH

RIGHT_LIMIT = 2000


def report_routes(reports: Reports, conversations: Conversations) -> APIRouter:
    """Return the routes under `/reports`."""
    router = APIRouter(prefix="/reports")

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        """Return the reports of a conversation by their id."""
        body = {
            report.id: {"right": report.right, "absent": report.absent}
            for report in reports.of(conversation_id)
        }
        return JSONResponse(body, headers=FRESH)

    @router.post("/{conversation_id}/{position}")
    def report(conversation_id: str, position: int) -> Response:
        report_id = reports.put(conversation_id, position, conversations.get(conversation_id))
        if report_id is None:
            raise HTTPException(404)
        return JSONResponse({"id": report_id}, headers=FRESH)

    @router.put("/{report_id}")
    def correct(
        report_id: str,
        right: Annotated[str, Body(max_length=RIGHT_LIMIT)] = "",
        *,
        absent: Annotated[bool, Body()] = False,
    ) -> Response:
        if not reports.correct(report_id, right=right, absent=absent):
            raise HTTPException(404)
        return Response(status_code=204)

    @router.delete("/{report_id}")
    def withdraw(report_id: str) -> Response:
        reports.withdraw(report_id)
        return Response(status_code=204)

    return router
