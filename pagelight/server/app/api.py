"""Ways in for programs: the command line's, while the chat owns the workspace, and assistants'.

The command line's is guarded by a token that only the person's own processes can read (in the
workspace's lock file). Assistants speak the Model Context Protocol over HTTP, at `/mcp`: the tools
are those of `pagelight mcp`, over what this person may see; nothing is kept between two requests.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse, Response, StreamingResponse
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.remote.address import folder_at, shown
from pagelight.server.middleware.audit_log import note
from pagelight.services.answering.asking import AnyEngine, Incoming, Request, turns
from pagelight.services.answering.table import checked_questions
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.session.mcp_server import mcp_server
from pagelight.services.session.session import OwnerSession, SeamSession
from rag.errors import PagelightError
from rag.pipeline.engine.engine import Engine
from rag.storage.accounts import MAX_LISTED


class Body(BaseModel):
    """What is asked: fields that are none are refused."""

    model_config = ConfigDict(extra="forbid")


class ScopedBody(Body):
    """Which documents: by a glob for their paths, and by their days."""

    within: str = ""
    since: str = ""
    until: str = ""

    def request(self, text: str, **files: Any) -> Request:  # noqa: ANN401 - as `Request` has them
        return Request(text=text, within=self.within, since=self.since, until=self.until, **files)


class AskBody(ScopedBody):
    """A question. `attachments` are paths on this machine: the token's owner may read them anyway.

    `history` are messages {"role", "content"}.
    """

    question: str = ""
    attachments: list[Path] = Field(default_factory=list)
    history: list[dict[str, Any]] = Field(default_factory=list)


class SearchBody(ScopedBody):
    """A search."""

    query: str = ""
    image: Path | None = None
    k: int = Field(default=20, ge=1, le=1000)


class DocumentsBody(Body):
    """Which of all documents: `most` from number `start` (from 0) on; null: the rest of them."""

    start: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=1)


class PageBody(Body):
    """A page of a document, by its number or by words on it."""

    source: str
    page: int | None = None
    quote: str = ""


class TableBody(Body):
    """Questions to every document that `scope` admits, of these days."""

    questions: list[str]
    scope: str = ""
    since: str = ""
    until: str = ""


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
    session = OwnerSession(engine, incoming)

    @router.post("/ask")
    def ask(body: AskBody) -> JSONResponse:
        asked = body.request(body.question, attachments=tuple(body.attachments))
        return JSONResponse(session.ask(asked, turns(body.history)))

    @router.post("/search")
    def search(body: SearchBody) -> JSONResponse:
        return JSONResponse(session.search(body.request(body.query, image=body.image), k=body.k))

    @router.post("/documents")
    def documents(body: DocumentsBody) -> JSONResponse:
        return JSONResponse(session.documents(start=body.start, most=body.most))

    @router.post("/page")
    def page(body: PageBody) -> JSONResponse:
        return JSONResponse(session.page(body.source, body.page, quote=body.quote))

    @router.post("/reports")
    def reports() -> JSONResponse:
        return JSONResponse(session.reports())

    @router.post("/table")
    def table(body: TableBody) -> Response:
        questions = checked_questions(body.questions)
        count, rows = session.rows(questions, body.scope, since=body.since, until=body.until)
        lines = (json.dumps(line) + "\n" for line in chain([{"documents": count}], rows))
        return StreamingResponse(lines, media_type="application/x-ndjson")

    @router.post("/ingest")
    def ingest(request: HttpRequest, body: IngestBody) -> JSONResponse:
        note(request.scope, body.folder)
        folder = folder_at(body.folder, engine.index.workspace)
        return JSONResponse(jobs.run(folder, remove_all=body.remove_all).as_json())

    @router.get("/status")
    def status() -> JSONResponse:
        state = jobs.state
        return JSONResponse(
            {
                "ready": engine.ready(),
                "status": engine.status(),
                "profile": engine.profile.name,
                "folder": None if state.folder is None else shown(state.folder),
                "ingesting": state.running,
                "error": state.error,
            }
        )

    @router.post("/audit")
    def audit(body: AuditBody) -> JSONResponse:
        return JSONResponse(session.audit(body.most, who=body.who))

    app.include_router(router)
    return app


def _token_check(token: str) -> Callable[[str], None]:
    def check(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(403)

    return check


PATH = "/mcp"

_GUARDED = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""Whose address a request names is settled by `pagelight.server.middleware.guard`."""


class McpOverHttp:
    """One person's server of tools. Answers while `living` runs."""

    def __init__(self, engine: AnyEngine, incoming: Incoming) -> None:
        self._session = SeamSession(engine, incoming)
        self._app: ASGIApp | None = None

    @asynccontextmanager
    async def living(self, _app: object) -> AsyncIterator[None]:
        """Answer until the block ends: the life of the application that has the routes."""
        server = mcp_server(lambda: nullcontext(self._session))
        app = server.streamable_http_app(
            streamable_http_path=PATH, stateless_http=True, transport_security=_GUARDED
        )
        async with app.router.lifespan_context(app):
            self._app = app
            yield
        self._app = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = Response(status_code=405, headers={"allow": "POST"})
        if scope["method"] == "POST":  # nothing is told that was not asked for
            waiting = JSONResponse({"error": "Pagelight is not there yet, or is ending."}, 503)
            answer = self._app or waiting
        await answer(scope, receive, send)
