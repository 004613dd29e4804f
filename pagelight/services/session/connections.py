"""Counts what this process asks of other machines: who uses it may know that nothing leaves."""

from __future__ import annotations

import sys
from typing import Final

_OWN: Final = ("127.", "::1", "localhost", "0.0.0.0", "::ffff:127.")  # noqa: S104 - compared with
_count = 0


def count_connections() -> None:
    """Count from now on, by an audit hook of Python's (PEP 578), which stays to the end."""
    sys.addaudithook(_hear)


def connections() -> int:
    """Return how many connections to other machines were begun."""
    return _count


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    global _count  # noqa: PLW0603 - a hook of the process, as is its count
    if event != "socket.connect":
        return
    address = arguments[1]
    host = address[0] if isinstance(address, tuple) else ""  # a path: a socket of this machine
    if isinstance(host, str) and host and not host.startswith(_OWN):
        _count += 1
