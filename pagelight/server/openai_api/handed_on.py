"""An iterator that runs on a thread of its own, for a coroutine. Knows nothing of its pieces."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from typing import Any, Final, Generic, TypeVar

Piece = TypeVar("Piece")

MAX_AHEAD: Final = 100
"""Pieces that are made before anybody takes them."""


class HandedOn(Generic[Piece]):
    """Runs what `make` makes, once it is iterated. Whoever leaves ends it, at its next piece."""

    def __init__(self, make: Callable[[], Generator[Piece, None, None]]) -> None:
        self._make = make
        self._left = threading.Event()
        self._room = threading.Semaphore(MAX_AHEAD)
        self._pieces: asyncio.Queue[tuple[Piece | None, BaseException | None]] = asyncio.Queue()

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        """Yield the pieces. Raises what the iterator does."""
        loop = asyncio.get_running_loop()

        def put(piece: Piece | None, error: BaseException | None) -> None:
            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(self._pieces.put_nowait, (piece, error))

        threading.Thread(target=self._work, args=[put], name="ask", daemon=True).start()
        try:
            while True:
                piece, error = await self._pieces.get()
                if error is not None:
                    raise error
                if piece is None:
                    return
                self._room.release()
                yield piece
        finally:
            self._left.set()
            self._room.release()

    def _work(self, put: Callable[[Piece | None, BaseException | None], Any]) -> None:
        try:
            with closing(self._make()) as made:
                for piece in made:
                    self._room.acquire()
                    if self._left.is_set():
                        return
                    put(piece, None)
        except Exception as error:  # noqa: BLE001 - it is raised where the pieces are read
            put(None, error)
        else:
            put(None, None)
