"""A sentence in place of an answer: as text, and to programs that speak OpenAI's form in that."""

from __future__ import annotations

import json
from http import HTTPStatus

from ui.http.api_error import V1, error_json
from ui.http.asgi import Scope, Send
from ui.http.headers import PLAIN, SECRETIVE


async def refuse(
    scope: Scope, send: Send, status: int, why: str, *more: tuple[bytes, bytes]
) -> None:
    """Answer with why not; `more` are further headers."""
    kind, body = b"text/plain; charset=utf-8", why.encode()
    if scope["path"].startswith(V1):
        code = "invalid_api_key" if status == HTTPStatus.UNAUTHORIZED else ""
        kind, body = b"application/json", json.dumps(error_json(status, why, code=code)).encode()
    headers = [*PLAIN, SECRETIVE, (b"content-type", kind), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
