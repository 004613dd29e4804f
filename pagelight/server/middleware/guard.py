"""The server's door: who may ask, and what a browser may do with the answers. Pure ASGI.

Listening on 127.0.0.1 does not keep a web page out: a foreign site can point its own name at this
machine (DNS rebinding) or send requests from the person's browser. So the Host must be ours, the
Origin must be the Host, and the page may run only its own scripts and reach only its own server.
"""

from __future__ import annotations

import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pagelight.server.middleware import paths
from pagelight.server.middleware.asgi import FORWARDED, NONCE, PERSON, SAFE
from pagelight.server.middleware.authentication import SignInRefusal
from pagelight.server.middleware.headers import (
    DATA_POLICY,
    FORM_POLICY,
    WITH_FORMS,
    Seal,
    page_policy,
    refuse,
)
from pagelight.services.accounts.person import OWNER, Person
from pagelight.ui.language import key, known, say
from rag.errors import PagelightError

if TYPE_CHECKING:
    from pagelight.server.auth.entrance import Entrance, TokenEntrance

logger = logging.getLogger(__name__)

CHECKED_S: Final = 10.0
"""So often it is asked anew; what streams here is never silent for much longer."""

Entrances: TypeAlias = "Entrance | TokenEntrance"
"""Who is there, and the pages where one comes in and leaves."""

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """Wraps an app, and tells it who asks: `scope[PERSON]`.

    `hosts` None: any Host is ours (only together with an entrance). `entrance` None: all are the
    owner. `now` is a clock in seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str] | None,
        entrance: Entrances | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._hosts = None if hosts is None else LOOPBACK | {host.lower() for host in hosts}
        self._entrance = entrance
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not (self._is_ours(scope, headers) and _may_come(scope, headers)):
            await refuse(scope, send, 403, say("This address is not Pagelight's."))
            return
        entrance = self._entrance
        if entrance is not None and entrance.answers(scope):
            if _says_from_where(scope, headers):
                await entrance(scope, receive, Seal(send, FORM_POLICY, WITH_FORMS))
            else:
                await refuse(scope, send, 403, known(NO_ORIGIN))
            return
        if entrance is None or scope["path"].startswith(paths.API):
            # The API has its own token: that of the owner's processes.
            await self._hand_on({**scope, PERSON: OWNER}, receive, send)
            return
        try:
            person = await entrance.person(scope)
        except PagelightError as error:
            logger.warning("nobody can sign in: %s", error)
            await refuse(scope, send, 503, known(NOBODY))
            return
        if isinstance(person, SignInRefusal):
            await _turn_away(scope, send, headers, person, entrance.needs)
        elif not _says_from_where(scope, headers):
            await refuse(scope, send, 403, known(NO_ORIGIN))
        else:
            lasting = Lasting(send, partial(_is_still, person, entrance, scope), now=self._now)
            with lasting.quietly_over():
                await self._hand_on({**scope, PERSON: person}, receive, lasting)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        nonce = secrets.token_urlsafe(18)
        if paths.is_page(scope["path"]):
            sealed = Seal(send, page_policy(nonce), WITH_FORMS)
        elif scope["path"] in paths.FORMS:
            sealed = Seal(send, FORM_POLICY, WITH_FORMS)
        else:
            sealed = Seal(send, DATA_POLICY)
        await self._app({**scope, NONCE: nonce}, receive, sealed)

    def _is_ours(self, scope: Scope, headers: Headers) -> bool:
        """A proxy that is trusted asks under names that we need not know: there is a door then."""
        host = headers.get("host", "").lower()
        known = self._hosts is None or scope.get(FORWARDED, False)
        name, _, port = host.rpartition(":")
        bare = name if name and port.isdigit() else host
        if not known and bare not in (self._hosts or ()):
            return False
        scheme, _, origin = headers.get("origin", "").lower().partition("://")
        return "origin" not in headers or _bare(origin, scheme) == _bare(host, scheme)


async def _is_still(person: Person, entrance: Entrances, scope: Scope) -> bool:
    try:
        return await entrance.person(scope) == person
    except PagelightError:
        return False


def _bare(host: str, scheme: str) -> str:
    return host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, "\0"))


def _may_come(scope: Scope, headers: Headers) -> bool:
    """Tell whether a request comes from a page of ours, or follows a link that may lead here."""
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"}:
        return True
    is_link = headers.get("sec-fetch-mode") == "navigate" and scope["method"] in {"GET", "HEAD"}
    path = scope["path"]
    return is_link and (
        paths.is_page(path) or path in {paths.SIGN_IN, paths.BACK} or path.startswith(paths.SHARED)
    )


def _says_from_where(scope: Scope, headers: Headers) -> bool:
    """Tell whether a request that may change something is no other site's, for sure.

    A browser sends cookies by itself, and with them its origin: which was looked at by then. Who
    sends a password with each request is no browser that is led by somebody else.
    """
    names_origin = "origin" in headers or "authorization" in headers
    is_own_page = headers.get("sec-fetch-site") == "same-origin"
    return scope["method"] in SAFE or names_origin or is_own_page


async def _turn_away(
    scope: Scope, send: Send, headers: Headers, refusal: SignInRefusal, needs: str
) -> None:
    """Ask for what it `needs`, or for patience; a page of ours sends to where one signs in."""
    if refusal.wait_s:
        message = too_often(refusal.wait_s)
        wait = (b"retry-after", str(math.ceil(refusal.wait_s)).encode())
        await refuse(scope, send, 429, message, wait)
    elif _is_visit(scope, headers):
        query = scope["query_string"].decode("latin-1")
        wished = quote(scope["path"], safe="/") + (f"?{query}" if query else "")
        then = f"?next={quote(wished, safe='/')}" if wished != paths.PAGE else ""
        await refuse(scope, send, 303, "", (b"location", f"{paths.SIGN_IN}{then}".encode()))
    else:
        # To a browser not by the scheme that it would open a window of its own for.
        scheme = b"Bearer" if "sec-fetch-site" in headers else b"Basic"
        how = (b"www-authenticate", scheme + b' realm="Pagelight", charset="UTF-8"')
        await refuse(scope, send, 401, known(needs), how)


def _is_visit(scope: Scope, headers: Headers) -> bool:
    mode = headers.get("sec-fetch-mode")
    is_page = mode == "navigate" if mode else "text/html" in headers.get("accept", "")
    return is_page and scope["method"] in {"GET", "HEAD"}


def too_often(wait_s: float) -> str:
    return say("Too many wrong passwords. Try again in {n} s.", n=math.ceil(wait_s))


NOBODY: Final = key("Nobody can sign in just now. The terminal shows why.")
NO_ORIGIN: Final = key("This does not say which page it comes from.")


class OverError(OSError):
    """Raised to who goes on answering after the end: as where a browser has gone."""


class Lasting:
    """Sends on what streams, until `may_stay` says no. `now` is a clock in seconds."""

    def __init__(
        self,
        send: Send,
        may_stay: Callable[[], Awaitable[bool]],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_over = False
        self._send = send
        self._may_stay = may_stay
        self._now = now
        self._checked_s = now()

    @contextmanager
    def quietly_over(self) -> Iterator[None]:
        """Let what is raised once it is over be nobody's to know."""
        try:
            yield
        except Exception:
            if not self.is_over:
                raise

    async def __call__(self, message: Message) -> None:
        goes_on = message.get("more_body", False)
        if goes_on and self._now() - self._checked_s >= CHECKED_S:
            self._checked_s = self._now()
            self.is_over = not await self._may_stay()
            if self.is_over:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if self.is_over:
            raise OverError
        await self._send(message)
