"""Lets an app answer each request in its language. Pure ASGI."""

from __future__ import annotations

from starlette.datastructures import Headers

from pagelight.server.middleware.asgi import App, Receive, Scope, Send
from pagelight.ui.html.language import chosen, speaking


class Speaking:
    """Wraps an app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(language_of(scope)):
            await self._app(scope, receive, send)


def language_of(scope: Scope) -> str:
    """Return the language that a request asks for."""
    headers = Headers(scope=scope)
    return chosen(cookie=headers.get("cookie", ""), accepted=headers.get("accept-language", ""))
