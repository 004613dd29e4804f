"""The command line's way in while the chat owns the workspace: JSON over the local server.

Guarded by a token that only the person's own processes can read (in the workspace's lock file).
The shapes are made in `pagelight.services.answering.answer_json`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ingest.remote.address import folder_at, shown
from pagelight.server.middleware.audit_log import note
from pagelight.services.answering.answer_json import (
    answer_json,
    documents_json,
    hits_json,
    page_json,
)
from pagelight.services.answering.asking import Days, Request, query_of, read_page, ready_documents
from pagelight.services.answering.messages import checked_turns
from pagelight.services.answering.protocols import EngineSeam, Incoming, WholeEngine
from pagelight.services.answering.table import checked_questions, rows_in_scope, table_rows
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.jobs.reports import reports_json
from rag.answer.library.collection import ListedDocument
from rag.datamodel import Answer
from rag.errors import PagelightError
from rag.storage.accounts.audit import MOST_TOLD


class AskBody(BaseModel):
    """A question. `attachments` are paths on this machine: the token's owner may read them anyway.

    `within` is a glob for the documents' paths, `since` and `until` are their days. `history` are
    messages {"role", "content"}.
    """

    model_config = ConfigDict(extra="forbid")
    question: str = ""
    attachments: list[str] = Field(default_factory=list)
    within: str = ""
    since: str = ""
    until: str = ""
    history: list[dict[str, Any]] = Field(default_factory=list)


class SearchBody(BaseModel):
    """A search."""

    model_config = ConfigDict(extra="forbid")
    query: str = ""
    image: str | None = None
    within: str = ""
    since: str = ""
    until: str = ""
    k: int = Field(default=20, ge=1, le=1000)


class DocumentsBody(BaseModel):
    """Which of all documents: `most` from number `start` (from 0) on; null: the rest of them."""

    model_config = ConfigDict(extra="forbid")
    start: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=1)


class PageBody(BaseModel):
    """A page of a document, by its number or by words on it."""

    model_config = ConfigDict(extra="forbid")
    source: str
    page: int | None = None
    quote: str = ""


class TableBody(BaseModel):
    """Questions to every document that `scope` admits."""

    model_config = ConfigDict(extra="forbid")
    questions: list[str]
    scope: str = ""
    since: str = ""
    until: str = ""


class IngestBody(BaseModel):
    """A folder on this machine, or an address. `remove_all`: every document may leave the index."""

    model_config = ConfigDict(extra="forbid")
    folder: str
    remove_all: bool = False


class AuditBody(BaseModel):
    """The last lines of who did what; of one person where `who` says whom."""

    model_config = ConfigDict(extra="forbid")
    most: int = Field(default=100, ge=1, le=MOST_TOLD)
    who: str = ""


def api_routes(engine: WholeEngine, jobs: Jobs, incoming: Incoming, *, token: str) -> APIRouter:
    """Return the routes under `/api`. An error for a person comes as status 422, `{"error"}`."""
    router = APIRouter(prefix="/api", dependencies=[Depends(_token_check(token))])

    @router.post("/ask")
    def ask(body: AskBody) -> JSONResponse:
        return _answered(lambda: _answer(engine, body, incoming))

    @router.post("/search")
    def search(body: SearchBody) -> JSONResponse:
        return _answered(lambda: _hits(engine, body, incoming))

    @router.post("/documents")
    def documents(body: DocumentsBody) -> JSONResponse:
        return _answered(
            lambda: documents_json(ready_documents(engine.index, start=body.start, most=body.most))
        )

    @router.post("/page")
    def page(body: PageBody) -> JSONResponse:
        return _answered(
            lambda: page_json(read_page(engine.index, body.source, body.page, body.quote))
        )

    @router.post("/reports")
    def reports() -> JSONResponse:
        return _answered(lambda: reports_json(engine.index))

    @router.post("/table")
    def table(body: TableBody) -> Response:
        try:
            questions = checked_questions(body.questions)
            rows = rows_in_scope(engine.index.documents(), body.scope, days=_days(body))
        except PagelightError as error:
            return JSONResponse({"error": str(error)}, status_code=422)
        return StreamingResponse(
            _table_lines(engine, questions, rows), media_type="application/x-ndjson"
        )

    @router.post("/ingest")
    def ingest(request: HttpRequest, body: IngestBody) -> JSONResponse:
        note(request.scope, body.folder)
        return _answered(lambda: _ingested(engine, jobs, body))

    @router.get("/status")
    def status() -> JSONResponse:
        return _answered(lambda: _status(engine, jobs))

    _add_audit(router, engine)
    return router


def _add_audit(router: APIRouter, engine: WholeEngine) -> None:
    @router.post("/audit")
    def audit(body: AuditBody) -> JSONResponse:
        lines = engine.index.audit.last(body.most, who=body.who)
        return _answered(lambda: [line.as_json() for line in lines])


def _table_lines(
    engine: EngineSeam, questions: Sequence[str], rows: Sequence[ListedDocument]
) -> Iterator[str]:
    """Yield JSON lines: how many documents are asked, then each row."""
    yield json.dumps({"documents": len(rows)}) + "\n"
    engine.warm()
    for row in table_rows(engine, questions, rows):
        yield json.dumps(row.as_json()) + "\n"


def _token_check(token: str) -> Callable[[str], None]:
    def check(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(403)

    return check


def _answered(work: Callable[[], Any]) -> JSONResponse:
    try:
        return JSONResponse(work())
    except PagelightError as error:
        return JSONResponse({"error": str(error)}, status_code=422)


def _last(engine: EngineSeam, body: AskBody, incoming: Incoming) -> Answer:
    earlier = checked_turns(body.history)
    query = query_of(_request(body.question, body), incoming)
    engine.warm()
    (*_, answer) = engine.ask(query, earlier)
    return answer


def _answer(engine: EngineSeam, body: AskBody, incoming: Incoming) -> dict[str, Any]:
    return answer_json(_last(engine, body, incoming), profile=engine.profile.name)


def _hits(engine: EngineSeam, body: SearchBody, incoming: Incoming) -> Any:  # noqa: ANN401 - JSON
    query = query_of(_request(body.query, body), incoming)
    engine.warm()
    return hits_json(engine.search(query, body.k), question=query.text)


def _request(text: str, body: AskBody | SearchBody) -> Request:
    if isinstance(body, AskBody):
        attachments = tuple(map(Path, body.attachments))
        return Request(text=text, attachments=attachments, within=body.within, days=_days(body))
    image = Path(body.image) if body.image else None
    return Request(text=text, image=image, within=body.within, days=_days(body))


def _days(body: AskBody | SearchBody | TableBody) -> Days:
    return Days(since=body.since, until=body.until)


def _ingested(engine: WholeEngine, jobs: Jobs, body: IngestBody) -> dict[str, Any]:
    folder = folder_at(body.folder, engine.index.workspace)
    return jobs.run(folder, remove_all=body.remove_all).as_json()


def _status(engine: EngineSeam, jobs: Jobs) -> dict[str, Any]:
    state = jobs.state
    return {
        "ready": engine.ready(),
        "status": engine.status(),
        "profile": engine.profile.name,
        "folder": None if state.folder is None else shown(state.folder),
        "ingesting": state.running,
        "error": state.error,
    }
