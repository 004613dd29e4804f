"""What the page does with verdicts: answers reported as wrong, corrected, or marked as good."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.answer_json import cited_json
from pagelight.services.answering.asking import Library

RIGHT_LIMIT = 2000


def report_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/reports")
    reports, conversations = library.reports, library.conversations

    @router.get("/{conversation_id}")
    def known(conversation_id: str) -> Response:
        body = {
            report.id: {"right": report.right, "absent": report.absent, "good": report.good}
            for report in reports.of(conversation_id)
        }
        return fresh(body)

    @router.post("/{conversation_id}/{exchange_id}")
    def report(conversation_id: str, exchange_id: str, *, good: bool = False) -> Response:
        exchanges = conversations.get(conversation_id, last=exchange_id)
        report_id = reports.put(
            conversation_id, exchange_id, exchanges, cited=cited_json, good=good
        )
        return fresh({"id": there(report_id)})

    @router.put("/{report_id}", status_code=204)
    def correct(
        report_id: str,
        right: Annotated[str, Body(max_length=RIGHT_LIMIT)] = "",
        *,
        absent: Annotated[bool, Body()] = False,
    ) -> None:
        there(reports.correct(report_id, right=right, absent=absent) or None)

    @router.delete("/{report_id}", status_code=204)
    def withdraw(report_id: str) -> None:
        reports.withdraw(report_id)

    return router
