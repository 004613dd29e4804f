"""What a form sends, as names and values, and how it is answered. Knows nothing of the meaning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pagelight.server.middleware.asgi import Receive, Scope, Send

MAX_FIELDS: Final = 1000
REFUSED: Final = 422

Form = dict[str, list[str]]


async def form_of(request: Request) -> Form:
    """Return the fields of a form; none of what is no form."""
    body = await request.body()
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return {}


def one_of(form: Form, name: str) -> str:
    """Return a field's last value; empty where it is not told."""
    return form.get(name, [""])[-1]


async def answer(
    respond: Callable[[Request], Awaitable[Response]], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a request; nothing where whoever asks is gone before all of it came."""
    try:
        response = await respond(Request(scope, receive))
    except ClientDisconnect:
        return
    await response(scope, receive, send)
