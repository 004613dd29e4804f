"""What a request is: what its scope keeps, what a proxy tells of it, its language.

A proxy that ends TLS asks us under another name than the browser asked it; it says so in
`X-Forwarded-Host`, `-Proto` and `-For`. Anybody can send these, so they count from the addresses
that a setting names, and are taken away from all requests. uvicorn reads all but the host.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pagelight.ui.language import chosen, speaking
from rag.errors import SettingsError

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

NONCE: Final = "pagelight.nonce"
"""Where the scope of a request for the page tells what its own scripts are marked with."""

PERSON: Final = "pagelight.person"
"""Where the scope of a request tells who asks."""

FORWARDED: Final = "pagelight.forwarded"
"""Where the scope of a request tells that a trusted proxy sent it (`Forwarded`)."""

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


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address is this machine's own, which no other reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Forwarded:
    """Wraps an app: requests of `trusted` proxies reach it as the browser sent them."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
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

    def __init__(self, app: ASGIApp) -> None:
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
