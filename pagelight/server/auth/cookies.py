"""The cookie that a browser is known by: no script reads it, and no other site's form sends it.

Knows names and attributes (RFC 6265bis); knows nothing of sessions.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from pagelight.server.middleware.asgi import Scope

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
