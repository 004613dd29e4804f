"""Headers of answers: how long a browser may keep them, and what it may do with them; and refusals.

A refusal is a sentence, and to programs that speak OpenAI's form in that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Scope, Send

from pagelight.ui.language import explained
from rag.errors import PagelightError, QuotaError

Found = TypeVar("Found")

KEPT: Final = {"cache-control": "private, max-age=31536000, immutable"}
"""For what is named by its content."""

FRESH: Final = {"cache-control": "no-store"}

DATA_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
FORM_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PLAIN: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(self), geolocation=()"),
    # What one person's browser keeps is not for the next.
    (b"vary", b"authorization, cookie"),
)
SECRETIVE: Final = (b"referrer-policy", b"no-referrer")
WITH_FORMS: Final = (b"referrer-policy", b"same-origin")
"""A form that is sent from a page without referrers has no origin, and is refused."""


def page_policy(nonce: str) -> str:
    """Return the content security policy of the page. Gradio sets styles inline, but no scripts."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class Seal:
    """Sends on, with headers that keep an answer from being or doing more than its policy says."""

    def __init__(self, send: Send, policy: str, referrers: tuple[bytes, bytes] = SECRETIVE) -> None:
        self._send = send
        self._policy = policy
        self._referrers = referrers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = (b"content-security-policy", self._policy.encode())
            headers = [*message["headers"], *PLAIN, self._referrers, policy]
            message = {**message, "headers": headers}
        await self._send(message)


def answer_errors(app: FastAPI) -> None:
    """Let routes answer what they raise for a person: 422 with `{"error"}`, in their language."""
    app.add_exception_handler(PagelightError, _refused)
    app.add_exception_handler(QuotaError, _refused)


def _refused(_: Request, error: Exception) -> Response:
    message = explained(error) if isinstance(error, PagelightError) else str(error)
    return fresh({"error": message}, status=422)


def fresh(content: str | Mapping[str, Any] | list[Any], *, status: int = 200) -> Response:
    """Return HTML, or data as JSON, that no browser keeps."""
    kind = HTMLResponse if isinstance(content, str) else JSONResponse
    return kind(content, status_code=status, headers=FRESH)


def download(data: bytes, name: str, media_type: str) -> Response:
    """Return a file to be saved under a name of plain letters."""
    named = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=FRESH | named)


def there(found: Found | None) -> Found:
    """Return what was found. Raises HTTPException 404 for nothing."""
    if found is None:
        raise HTTPException(404)
    return found


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
