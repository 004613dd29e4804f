"""The server's door: who may ask, and what a browser may do with the answers. Pure ASGI.

Listening on 127.0.0.1 does not keep a web page out: a foreign site can point its own name at this
machine (DNS rebinding) or send requests from the person's browser. So the Host must be ours, the
Origin must be the Host, and the page may run only its own scripts and reach only its own server.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
PAGE: Final = "/"
"""The one address that is a page: its scripts get a nonce. All else is data."""

_DATA_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_PLAIN: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


def page_policy(nonce: str) -> str:
    """Return the content security policy of the page. Gradio sets styles inline, but no scripts."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class Guard:
    """Wraps an app. `hosts` None: any Host is ours (only together with a password)."""

    def __init__(self, app: App, *, hosts: Iterable[str] | None, password: str = "") -> None:
        self._app = app
        self._hosts = None if hosts is None else LOOPBACK | {host.lower() for host in hosts}
        self._password = password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        if not self._is_ours(headers):
            await _refuse(send, 403, "This address is not Pagelight's.")
        elif not self._is_known(scope["path"], headers):
            await _refuse(send, 401, "A password is needed.", ask=True)
        else:
            sealed = _PageSeal(send) if scope["path"] == PAGE else _DataSeal(send)
            await self._app(scope, receive, sealed)

    def _is_ours(self, headers: dict[str, str]) -> bool:
        host = headers.get("host", "").lower()
        if self._hosts is not None and _without_port(host) not in self._hosts:
            return False
        origin = headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host:
            return False
        foreign = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
        return not foreign or headers.get("sec-fetch-mode") == "navigate"

    def _is_known(self, path: str, headers: dict[str, str]) -> bool:
        """The API has its own token; everything else needs the password, if there is one."""
        if not self._password or path.startswith("/api/"):
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        try:
            password = base64.b64decode(given).partition(b":")[2]
        except ValueError:
            return False
        return scheme.lower() == "basic" and secrets.compare_digest(
            password, self._password.encode()
        )


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() else host


async def _refuse(send: Send, status: int, why: str, *, ask: bool = False) -> None:
    headers = [*_PLAIN, (b"content-type", b"text/plain; charset=utf-8")]
    if ask:
        headers.append((b"www-authenticate", b'Basic realm="Pagelight", charset="UTF-8"'))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": why.encode()})


class _DataSeal:
    """Sends on, with headers that keep data from being anything else."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = (b"content-security-policy", _DATA_POLICY.encode())
            message = {**message, "headers": [*message["headers"], *_PLAIN, policy]}
        await self._send(message)


class _PageSeal:
    """Collects the page, gives its own scripts the nonce of this answer, and sends it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            return  # extensions, of test clients for one, are of no use here
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        nonce = secrets.token_urlsafe(18)
        body = self._body.replace(b"<script", b'<script nonce="' + nonce.encode() + b'"')
        headers = [(k, v) for k, v in self._start["headers"] if k != b"content-length"]
        headers += [*_PLAIN, (b"content-length", str(len(body)).encode())]
        headers += [(b"content-security-policy", page_policy(nonce).encode())]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
