"""How far a parser has come with a file that takes minutes, told to whoever reads the file.

Knows neither parsers nor who listens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

REPORT_EVERY_S: Final = 0.5
ROWS_A_LOOK: Final = 1000

Row = TypeVar("Row")

_teller: ContextVar[Callable[[float], None] | None] = ContextVar("teller", default=None)


@contextmanager
def telling(tell: Callable[[float], None], *, every_s: float = REPORT_EVERY_S) -> Iterator[None]:
    """Let what is read in the block tell its share by `tell`, at most every so many seconds."""
    last_s = float("-inf")  # the first share at once

    def seldom(share: float) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= every_s:
            last_s = time.monotonic()
            tell(share)

    token = _teller.set(seldom)
    try:
        yield
    finally:
        _teller.reset(token)


def looked_through(share: float) -> None:
    """Say that so much of the file is looked through, from 0 to 1."""
    tell = _teller.get()
    if tell is not None:
        tell(min(1.0, max(0.0, share)))


def rows_looked_through(rows: Iterable[Row], share: Callable[[int], float]) -> Iterator[Row]:
    """Yield the rows of a long table; `share` says how far it is, with so many rows read."""
    for number, row in enumerate(rows):
        if number % ROWS_A_LOOK == 0:
            looked_through(share(number))
        yield row
