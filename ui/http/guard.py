"""The server's door: who may ask, and what a browser may do with the answers. Pure ASGI.

Listening on 127.0.0.1 does not keep a web page out: a foreign site can point its own name at this
machine (DNS rebinding) or send requests from the person's browser. So the Host must be ours, the
Origin must be the Host, and the page may run only its own scripts and reach only its own server.
"""

from __future__ import annotations

import json
import logging
import math
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final

from rag.errors import PagelightError
from service.people.users import OWNER, Person
from ui.http.api_error import V1, error_json
from ui.http.door import Door, SignInRefusal, credentials

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
PAGE: Final = "/"
"""The one address that is a page: its own scripts get a nonce. All else is data."""

SHARED: Final = "/shared/"
"""What begins so is a conversation to read: it comes by mail, or from a page of other people's."""

NONCE: Final = "pagelight.nonce"
"""Where the scope of a request for the page tells what its own scripts are marked with."""

SIGN_OUT: Final = "/sign-out/"
"""Followed by the name of who leaves: a browser forgets a password that is refused."""

PERSON: Final = "pagelight.person"
"""Where the scope of a request tells who asks."""

FORWARDED: Final = "pagelight.forwarded"
"""Where the scope of a request tells that a trusted proxy sent it (`ui.http.forwarded`)."""

API: Final = "/api/"
"""What begins so asks for the token of the owner's own processes, not for a password."""

_DATA_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_PLAIN: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"vary", b"authorization"),  # what one person's browser keeps is not for the next
)


def page_policy(nonce: str) -> str:
    """Return the content security policy of the page. Gradio sets styles inline, but no scripts."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class Guard:
    """Wraps an app, and tells it who asks: `scope[PERSON]`.

    `hosts` None: any Host is ours (only together with a door). `door` None: all are the owner.
    """

    def __init__(self, app: App, *, hosts: Iterable[str] | None, door: Door | None = None) -> None:
        self._app = app
        self._hosts = None if hosts is None else LOOPBACK | {host.lower() for host in hosts}
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        if not (self._is_ours(scope, headers) and _may_come(scope, headers)):
            await _refuse(scope, send, 403, "This address is not Pagelight's.")
            return
        try:
            person = await self._person(scope, headers.get("authorization", ""))
        except PagelightError as error:
            logger.warning("nobody can sign in: %s", error)
            await _refuse(scope, send, 503, "Nobody can sign in just now. The terminal shows why.")
            return
        if isinstance(person, SignInRefusal):
            await _turn_away(scope, send, person)
        elif scope["path"].startswith(SIGN_OUT):
            await _sign_out(scope, send, headers.get("authorization", ""))
        else:
            await self._hand_on({**scope, PERSON: person}, receive, send)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != PAGE:
            await self._app(scope, receive, _Seal(send, _DATA_POLICY))
            return
        nonce = secrets.token_urlsafe(18)
        await self._app({**scope, NONCE: nonce}, receive, _Seal(send, page_policy(nonce)))

    async def _person(self, scope: Scope, authorization: str) -> Person | SignInRefusal:
        """Return who asks. The API has its own token: that of the owner's processes."""
        if self._door is None or scope["path"].startswith(API):
            return OWNER
        address = scope["client"][0] if scope.get("client") else ""
        return await self._door.enter(authorization, address)

    def _is_ours(self, scope: Scope, headers: dict[str, str]) -> bool:
        """A proxy that is trusted asks under names that we need not know: there is a door then."""
        host = headers.get("host", "").lower()
        known = self._hosts is None or scope.get(FORWARDED, False)
        if not known and _without_port(host) not in (self._hosts or ()):
            return False
        scheme, _, origin = headers.get("origin", "").lower().partition("://")
        return "origin" not in headers or _bare(origin, scheme) == _bare(host, scheme)


def _bare(host: str, scheme: str) -> str:
    """Return the host without the port that goes without saying."""
    return host.removesuffix({"http": ":80", "https": ":443"}.get(scheme, "\0"))


def _may_come(scope: Scope, headers: dict[str, str]) -> bool:
    """Tell whether a request comes from a page of ours, or follows a link that may lead here."""
    if headers.get("sec-fetch-site") not in {"cross-site", "same-site"}:
        return True
    is_link = headers.get("sec-fetch-mode") == "navigate" and scope["method"] in {"GET", "HEAD"}
    return is_link and (scope["path"] == PAGE or scope["path"].startswith(SHARED))


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host


async def _turn_away(scope: Scope, send: Send, refusal: SignInRefusal) -> None:
    """Ask for a password, or for patience."""
    if not refusal.wait_s:
        why = (b"www-authenticate", _BASIC)
        await _refuse(scope, send, 401, "A password is needed.", why)
        return
    seconds = math.ceil(refusal.wait_s)
    told = f"Too many wrong passwords. Try again in {seconds} s."
    await _refuse(scope, send, 429, told, (b"retry-after", str(seconds).encode()))


async def _sign_out(scope: Scope, send: Send, authorization: str) -> None:
    """Refuse the password of who leaves; send anybody else to the page."""
    given = credentials(authorization)
    if given is not None and given[0] == scope["path"].removeprefix(SIGN_OUT):
        told = "You are signed out. Close the browser."
        await _refuse(scope, send, 401, told, (b"www-authenticate", _BASIC))
    else:
        await _refuse(scope, send, 303, "", (b"location", PAGE.encode()))


_BASIC: Final = b'Basic realm="Pagelight", charset="UTF-8"'


async def _refuse(
    scope: Scope, send: Send, status: int, why: str, *more: tuple[bytes, bytes]
) -> None:
    """Answer with a sentence: as text, and to programs that speak OpenAI's form in that."""
    kind, body = b"text/plain; charset=utf-8", why.encode()
    if scope["path"].startswith(V1):
        code = "invalid_api_key" if status == HTTPStatus.UNAUTHORIZED else ""
        kind, body = b"application/json", json.dumps(error_json(status, why, code=code)).encode()
    headers = [*_PLAIN, (b"content-type", kind), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Seal:
    """Sends on, with headers that keep an answer from being or doing more than its policy says."""

    def __init__(self, send: Send, policy: str) -> None:
        self._send = send
        self._policy = policy

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = (b"content-security-policy", self._policy.encode())
            message = {**message, "headers": [*message["headers"], *_PLAIN, policy]}
        await self._send(message)
