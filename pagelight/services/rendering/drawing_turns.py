"""Drawings of one person: one after the other, and few that wait, so that others get theirs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rag.errors import BusyError

MAX_WAITING: Final = 6
"""A browser asks for no more at a time (HTTP/1.1)."""


class DrawingTurns:
    """Safe for several threads."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(1 + MAX_WAITING)
        self._drawing = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn. Raises BusyError where too many drawings wait."""
        if not self._places.acquire(blocking=False):
            raise BusyError(
                f"{MAX_WAITING} pages wait to be drawn already.", hint="Look again in a while."
            )
        try:
            with self._drawing:
                yield
        finally:
            self._places.release()
