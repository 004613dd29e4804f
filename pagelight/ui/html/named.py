"""What a button below an answer is about, as its own name and value.

Of what a button carries the chat's sanitiser keeps these two, and drops `data-` attributes.
"""

from __future__ import annotations


def opens(key: str, position: int) -> str:
    """Return the attributes of what opens the `position`-th place (from 0) of a key."""
    return named("source", key, str(position))


def named(what: str, *about: str) -> str:
    """Return the attributes of a button that does `what` about ids: nothing to escape."""
    return f'name="{what}" value="{"/".join(about)}"'
