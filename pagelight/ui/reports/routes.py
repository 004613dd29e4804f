"""What the page does with verdicts: wrong answers listed, corrected, exported; good ones kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, HTTPException
from fastapi.responses import Response

from pagelight.server.middleware.headers import download, fresh, there
from pagelight.services.answering.answer_json import cited_json
from pagelight.services.answering.protocols import Library
from pagelight.services.jobs.reports import reports_json, zipped_questions
from pagelight.ui.templating import render
from rag.errors import PagelightError

RIGHT_LIMIT = 2000
SHOWN = 200


def report_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/reports")
    reports, conversations = library.reports, library.conversations

    @router.get("")
    def listed(*, good: bool = False) -> Response:
        rows = reports_json(library, own=True, good=good)
        html = render(
            "reports.html",
            rows=rows[: -SHOWN - 1 : -1],
            older=len(rows) - SHOWN,
            is_good=good,
            can_be_asked=not good and not all(row["about_a_part"] for row in rows),
            open_talks={record.id for record in conversations.records("")},
        )
        return fresh(html)

    @router.get("/export/questions.zip")
    def exported() -> Response:
        try:
            packed = zipped_questions(reports_json(library, own=True))
        except PagelightError as error:
            raise HTTPException(404, str(error)) from error
        return download(packed, "reported.zip", "application/zip")

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
