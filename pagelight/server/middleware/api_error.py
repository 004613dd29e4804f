"""Refusals: a sentence, and to programs that speak OpenAI's form in that. Knows status codes."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from pagelight.server.middleware.asgi import Scope, Send
from pagelight.server.middleware.headers import PLAIN, SECRETIVE

V1: Final = "/v1/"
"""What begins so is answered in OpenAI's form, errors too."""

_KINDS: Final = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


def error_json(status: int, message: str, *, code: str = "", param: str = "") -> dict[str, Any]:
    """Return the body of an error; `code` is for programs, `param` the field that is wrong."""
    usual = (
        "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    )
    kind = _KINDS.get(HTTPStatus(status), usual)
    return {
        "error": {"message": message, "type": kind, "param": param or None, "code": code or None}
    }


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
