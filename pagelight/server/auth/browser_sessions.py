"""Whose a browser's session is: it begins at signing in, ends at leaving, and is found by a cookie.

No script reads the cookie (RFC 6265bis), and no other site's form sends it. Knows sessions and who
they may be of; nothing of pages.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser

from pagelight.server.middleware.asgi import Scope
from pagelight.server.middleware.authentication import Authenticator
from pagelight.services.accounts.person import User
from pagelight.ui.html.language import say
from rag.storage.accounts.sessions import Sessions, fits

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
        """Return whose session a token is of, as they may see by now.

        A session of an older password, or of nobody any more, ends.
        """
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


_ATTRIBUTES: Final = "Path=/; HttpOnly; SameSite=Lax"


AWAY: Final = "-away"
"""Ends the name of the cookie of who is away at a provider."""


def token_of(scope: Scope, what: str = "") -> str:
    """Return the token that a request brings; empty where it brings none."""
    header = Headers(scope=scope).get("cookie", "")
    return cookie_parser(header).get(_name(scope) + what, "")


def kept(scope: Scope, token: str, *, longest_s: float, what: str = "") -> str:
    """Return the header's value that lets a browser keep a token."""
    name, secure = _name(scope) + what, "; Secure" if _is_https(scope) else ""
    return f"{name}={token}; {_ATTRIBUTES}; Max-Age={longest_s:.0f}{secure}"


def forgotten(scope: Scope, what: str = "") -> str:
    """Return the header's value that lets a browser forget its token."""
    return kept(scope, "", longest_s=0, what=what)


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
