"""What a trusted proxy tells of a request: its host, its scheme, and who asks. Pure ASGI.

A proxy that ends TLS asks us under another name than the browser asked it; it says so in
`X-Forwarded-Host`, `-Proto` and `-For`. Anybody can send these, so they count from the addresses
that a setting names, and are taken away from all requests. uvicorn reads all but the host.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any, Final

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pagelight.server.middleware.asgi import FORWARDED, App, Receive, Scope, Send
from rag.errors import SettingsError

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
