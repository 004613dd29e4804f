"""What a form sends, as names and values, and how it is answered. Knows nothing of the meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pagelight.server.middleware.asgi import Receive, Scope, Send
from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import FRESH
from pagelight.ui.html.sentences import explained
from rag.errors import PagelightError

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


def see_other(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers=FRESH)


async def answer(
    respond: Callable[[Request], Awaitable[Response]], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a request; nothing where whoever asks is gone before all of it came."""
    try:
        response = await respond(Request(scope, receive))
    except ClientDisconnect:
        return
    await response(scope, receive, send)


async def submitted(
    request: Request,
    do: Callable[[str, Form], tuple[str, str]],
    page: Callable[..., str],
    done: Mapping[str, tuple[str, str]],
) -> Response:
    """Do what a form of a page says, and lead back to the page: with why not, where it can't be.

    `do` returns what it was done to, and what is written down of it; `done` are words of each.
    """
    form = await form_of(request)
    what = one_of(form, "do")
    try:
        name, about = await asyncio.to_thread(do, what, form)
    except PagelightError as error:
        html = await asyncio.to_thread(page, wrong=explained(error))
        return HTMLResponse(html, status_code=REFUSED, headers=FRESH)
    note(request.scope, about, what=done[what][1])
    return see_other(f"{request.url.path}?did={what}&to={quote(name)}")
