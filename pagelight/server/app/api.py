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

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ingest.remote.address import folder_at, shown
from pagelight.server.middleware.audit_log import note
from pagelight.services.answering.asking import Days, Request
from pagelight.services.answering.messages import checked_turns
from pagelight.services.answering.protocols import AnyEngine, Incoming
from pagelight.services.answering.table import checked_questions, rows_in_scope, table_rows
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.jobs.reports import reports_json
from pagelight.services.session.session import SeamSession
from rag.errors import PagelightError
from rag.pipeline.engine.engine import Engine
from rag.storage.accounts.audit import MAX_LISTED
from rag.summarization.collection import ListedDocument


class Body(BaseModel):
    """What is asked: fields that are none are refused."""

    model_config = ConfigDict(extra="forbid")


class DatedBody(Body):
    """`since` and `until` are the days of the documents."""

    since: str = ""
    until: str = ""

    @property
    def days(self) -> Days:
        return Days(since=self.since, until=self.until)


class AskBody(DatedBody):
    """A question. `attachments` are paths on this machine: the token's owner may read them anyway.

    `within` is a glob for the documents' paths, `history` are messages {"role", "content"}.
    """

    within: str = ""
    question: str = ""
    attachments: list[Path] = Field(default_factory=list)
    history: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def request(self) -> Request:
        files = tuple(self.attachments)
        return Request(text=self.question, attachments=files, within=self.within, days=self.days)


class SearchBody(DatedBody):
    """A search, `within` as in a question."""

    within: str = ""
    query: str = ""
    image: Path | None = None
    k: int = Field(default=20, ge=1, le=1000)

    @property
    def request(self) -> Request:
        return Request(text=self.query, image=self.image, within=self.within, days=self.days)


class DocumentsBody(Body):
    """Which of all documents: `most` from number `start` (from 0) on; null: the rest of them."""

    start: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=1)


class PageBody(Body):
    """A page of a document, by its number or by words on it."""

    source: str
    page: int | None = None
    quote: str = ""


class TableBody(DatedBody):
    """Questions to every document that `scope` admits."""

    questions: list[str]
    scope: str = ""


class IngestBody(Body):
    """A folder on this machine, or an address. `remove_all`: every document may leave the index."""

    folder: str
    remove_all: bool = False


class AuditBody(Body):
    """The last lines of who did what; of one person where `who` says whom."""

    most: int = Field(default=100, ge=1, le=MAX_LISTED)
    who: str = ""


def api_app(engine: Engine, jobs: Jobs, incoming: Incoming, *, token: str) -> FastAPI:
    """Return what answers under `/api`. An error for a person comes as status 422, `{"error"}`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_exception_handler(
        PagelightError, lambda _, error: JSONResponse({"error": str(error)}, status_code=422)
    )
    router = APIRouter(prefix="/api", dependencies=[Depends(_token_check(token))])
    session = SeamSession(engine, incoming)

    @router.post("/ask")
    def ask(body: AskBody) -> JSONResponse:
        return JSONResponse(session.ask(body.request, checked_turns(body.history)))

    @router.post("/search")
    def search(body: SearchBody) -> JSONResponse:
        return JSONResponse(session.search(body.request, k=body.k))

    @router.post("/documents")
    def documents(body: DocumentsBody) -> JSONResponse:
        return JSONResponse(session.documents(start=body.start, most=body.most))

    @router.post("/page")
    def page(body: PageBody) -> JSONResponse:
        return JSONResponse(session.page(body.source, body.page, quote=body.quote))

    @router.post("/reports")
    def reports() -> JSONResponse:
        return JSONResponse(reports_json(engine.index))

    @router.post("/table")
    def table(body: TableBody) -> Response:
        questions = checked_questions(body.questions)
        rows = rows_in_scope(engine.index.documents(), body.scope, days=body.days)
        lines = _table_lines(engine, questions, rows)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    @router.post("/ingest")
    def ingest(request: HttpRequest, body: IngestBody) -> JSONResponse:
        note(request.scope, body.folder)
        folder = folder_at(body.folder, engine.index.workspace)
        return JSONResponse(jobs.run(folder, remove_all=body.remove_all).as_json())

    @router.get("/status")
    def status() -> JSONResponse:
        return JSONResponse(_status(engine, jobs))

    @router.post("/audit")
    def audit(body: AuditBody) -> JSONResponse:
        lines = engine.index.audit.last(body.most, who=body.who)
        return JSONResponse([line.as_json() for line in lines])

    app.include_router(router)
    return app


def _table_lines(
    engine: AnyEngine, questions: Sequence[str], rows: Sequence[ListedDocument]
) -> Iterator[str]:
    yield json.dumps({"documents": len(rows)}) + "\n"
    engine.warm()
    for row in table_rows(engine, questions, rows):
        yield json.dumps(row.as_json()) + "\n"


def _token_check(token: str) -> Callable[[str], None]:
    def check(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(403)

    return check


def _status(engine: AnyEngine, jobs: Jobs) -> dict[str, Any]:
    state = jobs.state
    return {
        "ready": engine.ready(),
        "status": engine.status(),
        "profile": engine.profile.name,
        "folder": None if state.folder is None else shown(state.folder),
        "ingesting": state.running,
        "error": state.error,
    }
