"""What a trusted proxy tells of a request: its host, its scheme, and who asks. Pure ASGI.

A proxy that ends TLS asks us under another name than the browser asked it; it says so in
`X-Forwarded-Host`, `-Proto` and `-For`. Anybody can send these, so they count from the addresses
that a setting names, and are taken away from all requests.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final

from pagelight.server.middleware.asgi import FORWARDED, App, Receive, Scope, Send
from rag.errors import SettingsError

_PREFIX: Final = b"x-forwarded-"
_STANDARD: Final = b"forwarded"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(setting: str) -> tuple[Network, ...]:
    """Read addresses and networks, divided by commas. Raises SettingsError."""
    try:
        return tuple(
            ipaddress.ip_network(part.strip()) for part in setting.split(",") if part.strip()
        )
    except ValueError as error:
        raise SettingsError(
            f"RAG_TRUSTED_PROXIES={setting!r}: {error}.",
            hint="Give addresses or networks, as 127.0.0.1,10.0.0.0/8.",
        ) from error


class Forwarded:
    """Wraps an app: requests of `trusted` proxies reach it as the browser sent them."""

    def __init__(self, app: App, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = self._bare(scope)
        await self._app(scope, receive, send)

    def _bare(self, scope: Scope) -> Scope:
        """Return the request without what was told of it, which is put in place if it counts."""
        forwarded: dict[bytes, list[str]] = {}
        headers: list[tuple[bytes, bytes]] = []
        for name, value in scope["headers"]:
            if name.startswith(_PREFIX) or name == _STANDARD:
                parts = value.decode("latin-1").split(",")
                forwarded.setdefault(name, []).extend(part.strip() for part in parts)
            else:
                headers.append((name, value))
        bare = {**scope, "headers": headers}
        address = scope["client"][0] if scope.get("client") else ""
        return self._put_in_place(bare, forwarded) if self._trusts(address) else bare

    def _put_in_place(self, scope: Scope, forwarded: dict[bytes, list[str]]) -> Scope:
        """The last value of each is that of the proxy that asks us; others may be made up."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if host := forwarded.get(b"x-forwarded-host", [""])[-1]:
            headers = [(name, value) for name, value in headers if name != b"host"]
            headers.append((b"host", host.encode("latin-1")))
        scheme = forwarded.get(b"x-forwarded-proto", [""])[-1].lower()
        if scheme not in {"http", "https"}:
            scheme = scope["scheme"]
        client = self._client(forwarded.get(b"x-forwarded-for", [])) or scope["client"]
        return {**scope, "headers": headers, "scheme": scheme, "client": client, FORWARDED: True}

    def _client(self, addresses: list[str]) -> tuple[str, int] | None:
        """Return the last address that is no trusted proxy; None where none is told."""
        for address in map(_without_port, reversed(addresses)):
            if not self._trusts(address):
                return (address, 0) if address else None
        return None

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self._trusted)


def _without_port(address: str) -> str:
    """Return an address as some proxies write it, `1.2.3.4:567` or `[::1]:567`, alone."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
