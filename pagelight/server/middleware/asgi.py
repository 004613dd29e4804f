"""What an ASGI application is made of, what the scope of a request keeps, and known addresses."""

from __future__ import annotations

import re
from typing import Final

from starlette.types import ASGIApp as App
from starlette.types import Message, Receive, Scope, Send

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

COLLECTIONS: Final = "/collections"
"""Where collections are looked after: as `PEOPLE`."""

FORMS: Final = frozenset({PEOPLE, COLLECTIONS})

API: Final = "/api/"
"""What begins so asks for the token of the owner's own processes, not for a password."""


def conversation_at(path: str) -> str:
    """Return the id of the conversation that a path is the address of; "" where it is of none."""
    found = _CONVERSATION.fullmatch(path)
    return found[1] if found else ""


def is_page(path: str) -> bool:
    """Tell whether a path is that of the page, whatever it shows."""
    return path == PAGE or bool(conversation_at(path))
