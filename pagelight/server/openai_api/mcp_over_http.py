"""The server of tools at `/mcp`: the Model Context Protocol over HTTP, in the chat's own server.

The tools are those of `pagelight mcp`, over what this person may see. Who asks was settled at the
door; nothing is kept between two requests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from pagelight.server.middleware.asgi import Receive, Scope, Send
from pagelight.services.answering.protocols import AnyEngine, Incoming
from pagelight.services.session.mcp_server import mcp_server
from pagelight.services.session.session import SeamSession

PATH = "/mcp"

_GUARDED = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""Whose address a request names is settled by `pagelight.server.middleware.guard`."""


class McpOverHttp:
    """One person's server of tools. Answers while `living` runs."""

    def __init__(self, engine: AnyEngine, incoming: Incoming) -> None:
        self._session = SeamSession(engine, incoming)
        self._app: ASGIApp | None = None

    def lend(self) -> AbstractContextManager[SeamSession]:
        """Implements `pagelight.services.session.mcp_server.Lends`."""
        return nullcontext(self._session)

    @asynccontextmanager
    async def living(self, _app: object) -> AsyncIterator[None]:
        """Answer until the block ends: the life of the application that has the routes."""
        server = mcp_server(self)
        app = server.streamable_http_app(
            streamable_http_path=PATH, stateless_http=True, transport_security=_GUARDED
        )
        async with app.router.lifespan_context(app):
            self._app = app
            yield
        self._app = None

    def routes(self) -> APIRouter:
        router = APIRouter()

        @router.api_route(PATH, methods=["GET", "POST", "DELETE"])
        async def mcp(request: Request) -> Response:
            if request.method != "POST":  # nothing is told that was not asked for
                return Response(status_code=405, headers={"allow": "POST"})
            if self._app is None:
                return JSONResponse({"error": "Pagelight is not there yet, or is ending."}, 503)
            return _Handled(self._app)

        return router


class _Handled(Response):
    """An answer that the protocol's own library gives."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
