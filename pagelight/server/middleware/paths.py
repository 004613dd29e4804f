"""The addresses that are known by name: of the page, of its forms, of what programs ask."""

from __future__ import annotations

import re
from typing import Final

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
