"""What an ASGI application is made of, and what is kept in the scope of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

NONCE: Final = "pagelight.nonce"
"""Where the scope of a request for the page tells what its own scripts are marked with."""

PERSON: Final = "pagelight.person"
"""Where the scope of a request tells who asks."""

FORWARDED: Final = "pagelight.forwarded"
"""Where the scope of a request tells that a trusted proxy sent it (`middleware.forwarded`)."""
