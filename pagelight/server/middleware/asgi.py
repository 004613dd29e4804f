"""What a request is: known addresses, what its scope keeps, what a proxy tells of it, its language.

A proxy that ends TLS asks us under another name than the browser asked it; it says so in
`X-Forwarded-Host`, `-Proto` and `-For`. Anybody can send these, so they count from the addresses
that a setting names, and are taken away from all requests. uvicorn reads all but the host.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp as App
from starlette.types import Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pagelight.ui.language import chosen, speaking
from rag.errors import SettingsError

__all__ = ["App", "Message", "Receive", "Scope", "Send"]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

NONCE: Final = "pagelight.nonce"
"""Where the scope of a request for the page tells what its own scripts are marked with."""

PERSON: Final = "pagelight.person"
"""Where the scope of a request tells who asks."""

FORWARDED: Final = "pagelight.forwarded"
"""Where the scope of a request tells that a trusted proxy sent it (`middleware.forwarded`)."""


PAGE: Final = "/"
"""The page: its own scripts get a nonce. All else is data."""

_CONVERSATION: Final = re.compile("/c/([0-9a-f]{16})")
"""The page with a conversation of it, by its id."""

SHARED: Final = "/shared/"
"""What begins so is a conversation to read: it comes by mail, or from a page of other people's."""

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
PROVIDER: Final = "/sign-in/provider"
BACK: Final = "/sign-in/back"
"""From where one is sent to an OpenID provider, and where it sends one back."""

ACCOUNT: Final = "/account"
"""Where who is signed in changes their password."""

ENTRY: Final = frozenset({SIGN_IN, SIGN_OUT, PROVIDER, BACK, ACCOUNT})
"""What the entrance of accounts answers, to anybody; it knows itself who is signed in."""

PEOPLE: Final = "/people"
"""Where people are looked after: a page of forms, without scripts."""

FOLDERS: Final = "/folders"
"""Where folders are looked after: as `PEOPLE`."""

FORMS: Final = frozenset({PEOPLE, FOLDERS})

API: Final = "/api/"
"""What begins so asks for the token of the owner's own processes, not for a password."""


def conversation_at(path: str) -> str:
    """Return the id of the conversation that a path is the address of; "" where it is of none."""
    found = _CONVERSATION.fullmatch(path)
    return found[1] if found else ""


def is_page(path: str) -> bool:
    """Tell whether a path is that of the page, whatever it shows."""
    return path == PAGE or bool(conversation_at(path))


_PREFIX: Final = b"x-forwarded-"
_HOST: Final = b"x-forwarded-host"
_STANDARD: Final = b"forwarded"
_IPV4_IN_IPV6: Final = 96
"""Bits before an IPv4 address where a socket for both kinds tells it as an IPv6 one."""


def networks_of(setting: str) -> list[str]:
    """Read addresses and networks, divided by commas. Raises SettingsError."""
    try:
        networks = [
            ipaddress.ip_network(part.strip()) for part in setting.split(",") if part.strip()
        ]
    except ValueError as error:
        raise SettingsError(
            f"RAG_TRUSTED_PROXIES={setting!r}: {error}.",
            hint="Give addresses or networks, as 127.0.0.1,10.0.0.0/8.",
        ) from error
    mapped = [
        f"::ffff:{one.network_address}/{_IPV4_IN_IPV6 + one.prefixlen}"
        for one in networks
        if isinstance(one, ipaddress.IPv4Network)
    ]
    return [*map(str, networks), *mapped]


class Forwarded:
    """Wraps an app: requests of `trusted` proxies reach it as the browser sent them."""

    def __init__(self, app: App, trusted: Sequence[str]) -> None:
        self._app = app
        inner: Any = self._renamed  # uvicorn has types of its own for the same
        self._proxied = ProxyHeadersMiddleware(inner, list(trusted))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = scope["client"][0] if scope.get("client") else None
        is_trusted = peer in self._proxied.trusted_hosts
        request: Any = {**scope, FORWARDED: is_trusted}
        proxied: Any = self._proxied
        await proxied(request, receive, send)

    async def _renamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on without what was told; the last host is that of the proxy that asks us."""
        hosts = [value for name, value in scope["headers"] if name == _HOST]
        host = b",".join(hosts).rpartition(b",")[2].strip() if scope[FORWARDED] else b""
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if not name.startswith(_PREFIX) and name != _STANDARD and not (host and name == b"host")
        ]
        if host:
            headers.append((b"host", host))
        await self._app({**scope, "headers": headers}, receive, send)


class Speaking:
    """Wraps an app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(language_of(scope)):
            await self._app(scope, receive, send)


def language_of(scope: Scope) -> str:
    """Return the language that a request asks for."""
    headers = Headers(scope=scope)
    return chosen(cookie=headers.get("cookie", ""), accepted=headers.get("accept-language", ""))
