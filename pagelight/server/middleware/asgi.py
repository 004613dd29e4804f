"""What an ASGI application is made of, and what is kept in the scope of a request."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp as App
from starlette.types import Message, Receive, Scope, Send

__all__ = ["FORWARDED", "NONCE", "PERSON", "SAFE", "App", "Message", "Receive", "Scope", "Send"]

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

NONCE: Final = "pagelight.nonce"
"""Where the scope of a request for the page tells what its own scripts are marked with."""

PERSON: Final = "pagelight.person"
"""Where the scope of a request tells who asks."""

FORWARDED: Final = "pagelight.forwarded"
"""Where the scope of a request tells that a trusted proxy sent it (`middleware.forwarded`)."""
