"""Where the owner of a chat without accounts comes in: by a token. Pure ASGI.

The address that is printed has it, a cookie keeps it, and programs send it as a header. Nobody
guesses 256 bits: wrong ones need not be counted. Knows one token; nothing of sessions.
"""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pagelight.server.auth import forms
from pagelight.server.auth.browser_sessions import kept, token_of
from pagelight.server.auth.entrance import own_address
from pagelight.server.middleware.asgi import PAGE, SAFE, SIGN_IN, Receive, Scope, Send, is_page
from pagelight.server.middleware.authentication import SignInRefusal, credentials
from pagelight.server.middleware.headers import FRESH
from pagelight.services.accounts.person import OWNER, Person
from pagelight.ui.html.language import key, say
from pagelight.ui.templating import render
from rag.storage.accounts.sessions import LONGEST_S

_TOKEN: Final = "token"  # noqa: S105 - the name of a parameter


def with_token(url: str, token: str) -> str:
    """Return the address of a server that lets its owner in."""
    return f"{url}{PAGE}?{urlencode({_TOKEN: token})}"


class TokenEntrance:
    """Implements `pagelight.server.middleware.guard.Admitting`."""

    needs: Final = key("A token is needed: `pagelight token` prints it.")

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def answers(self, scope: Scope) -> bool:
        """Tell whether a request is for the form, or for a page with a token in its address."""
        has_token = _TOKEN in QueryParams(scope.get("query_string", b""))
        is_visit = scope["method"] in SAFE and is_page(scope["path"])
        return scope["path"] == SIGN_IN or (has_token and is_visit)

    async def person(self, scope: Scope) -> Person | SignInRefusal:
        authorization = Headers(scope=scope).get("authorization", "")
        if authorization:
            _, given = credentials(authorization, named=False) or ("", "")
        else:
            given = token_of(scope)
        return OWNER if self._fits(given) else SignInRefusal()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await forms.answer(self._respond, scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        given = await _given(request)
        if self._fits(given):
            answer = forms.see_other(_wished(request))
            answer.headers["set-cookie"] = kept(request.scope, given, longest_s=LONGEST_S)
            return answer
        if await self.person(request.scope) == OWNER:
            return forms.see_other(_wished(request))
        wrong = say("This token does not fit.") if given else ""
        html = render(
            "accounts/sign_in.html", token=True, named=False, provider="", wrong=wrong, notice=""
        )
        return HTMLResponse(html, status_code=401 if given else 200, headers=FRESH)

    def _fits(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token)


async def _given(request: Request) -> str:
    if request.method in SAFE:
        return request.query_params.get(_TOKEN, "")
    return forms.one_of(await forms.form_of(request), "password")


def _wished(request: Request) -> str:
    """Return where somebody goes on: at the same page without the token, or where they wished."""
    if request.url.path == SIGN_IN:
        return own_address(request.query_params.get("next", PAGE))
    others = [(name, value) for name, value in request.query_params.multi_items() if name != _TOKEN]
    return request.url.path + (f"?{urlencode(others)}" if others else "")
