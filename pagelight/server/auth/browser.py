"""What a browser sends of who it is, and by forms: cookies, sessions, names and values.

No script reads the cookie (RFC 6265bis), and no other site's form sends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.authentication import Authenticator
from pagelight.server.middleware.headers import FRESH, fresh
from pagelight.services.accounts.person import User
from pagelight.ui.language import explained, say
from rag.errors import PagelightError
from rag.storage.accounts import Sessions, fits

_BROWSERS: Final = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
"""What stands in a browser's words of itself; each says that it is like those below it, too."""


class BrowserSessions:
    """The sessions of all browsers. Threads wait for ledger and users file: both may hang."""

    def __init__(self, authenticator: Authenticator, sessions: Sessions) -> None:
        self._authenticator = authenticator
        self._sessions = sessions

    def begin(self, user: User, request: Request) -> str:
        """Begin a session of who signed in; return its token, which is kept nowhere else."""
        return self._sessions.begin(
            user.person.name,
            secret=user.password,
            address=address_of(request.scope),
            agent=request.headers.get("user-agent", ""),
        )

    async def end(self, token: str) -> None:
        """End the session of a token, if there is one."""

        def end() -> None:
            session = self._sessions.find(token)
            if session is not None:
                self._sessions.end(session.id)

        if token:
            await asyncio.to_thread(end)

    async def user_of(self, token: str) -> User | None:
        """Return whose session a token is of; one of an older password, or of nobody, ends."""
        return await asyncio.to_thread(self._user_of, token) if token else None

    def _user_of(self, token: str) -> User | None:
        session = self._sessions.find(token)
        if session is None:
            return None
        user = self._authenticator.user(session.name)
        if user is None or not fits(session, token=token, secret=user.password):
            self._sessions.end(session.id)
            return None
        if self._sessions.is_due(session):
            self._sessions.use(session)
        return user


def address_of(scope: Scope) -> str:
    """Return from where a request came; empty where that is not told."""
    return str(scope["client"][0]) if scope.get("client") else ""


def browser_name(agent: str) -> str:
    """Return what a browser is called, by its `User-Agent`."""
    names = (name for sign, name in _BROWSERS.items() if sign in agent)
    return next(names, "") or say("A browser")


def moment(at_s: float) -> str:
    """Return a time of this machine's clock, to the minute."""
    return f"{datetime.fromtimestamp(at_s).astimezone():%Y-%m-%d %H:%M}"


AWAY: Final = "-away"
"""Ends the name of the cookie of who is away at a provider."""


def token_of(scope: Scope, what: str = "") -> str:
    """Return the token that a request brings; empty where it brings none."""
    header = Headers(scope=scope).get("cookie", "")
    return cookie_parser(header).get(_name(scope) + what, "")


def keep(answer: Response, scope: Scope, token: str, *, longest_s: float, what: str = "") -> None:
    """Let a browser keep a token; an empty one, for no time, is forgotten."""
    answer.set_cookie(
        _name(scope) + what,
        token,
        max_age=int(longest_s),
        secure=_is_https(scope),
        httponly=True,
        samesite="lax",
    )


def _name(scope: Scope) -> str:
    """Return the beginning of the cookie's name.

    Over HTTPS one that no other host can set (`__Host-`). Browsers don't tell ports apart, so over
    HTTP the port is in it: two Pagelights on one machine sign nobody out of each other.
    """
    if _is_https(scope):
        return "__Host-pagelight"
    port = Headers(scope=scope).get("host", "").rpartition(":")[2]
    return f"pagelight-{port}" if port.isascii() and port.isdigit() else "pagelight"


def _is_https(scope: Scope) -> bool:
    return bool(scope.get("scheme") == "https")


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
        return fresh(html, status=REFUSED)
    note(request.scope, about, what=done[what][1])
    return see_other(f"{request.url.path}?did={what}&to={quote(name)}")
