"""Passwords that a person lends for the files of one run: in memory, gone with its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_lent: ContextVar[tuple[str, ...]] = ContextVar("passwords", default=())


@contextmanager
def lending(passwords: Sequence[str]) -> Iterator[None]:
    """Let what is opened in the block, by this thread, be tried with these."""
    token = _lent.set(tuple(passwords))
    try:
        yield
    finally:
        _lent.reset(token)


def lent() -> tuple[str, ...]:
    """Return the passwords that may be tried."""
    return _lent.get()
