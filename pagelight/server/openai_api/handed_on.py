"""An iterator that runs on a thread of its own, for a coroutine. Knows nothing of its pieces."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, suppress
from typing import Final, TypeVar

Piece = TypeVar("Piece")

MAX_AHEAD: Final = 100
"""Pieces that are made before anybody takes them."""


async def handed_on(
    make: Callable[[], Generator[Piece, None, None]],
) -> AsyncGenerator[Piece, None]:
    """Yield the pieces of what `make` makes. Whoever leaves ends it, at its next piece.

    Raises what the iterator does.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[Piece | None, BaseException | None]] = asyncio.Queue()
    left, may_go_on = threading.Event(), threading.Semaphore(MAX_AHEAD)

    def put(piece: Piece | None, error: BaseException | None = None) -> None:
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(pieces.put_nowait, (piece, error))

    def work() -> None:
        try:
            with closing(make()) as made:
                for piece in made:
                    may_go_on.acquire()
                    if left.is_set():
                        return
                    put(piece)
        except Exception as error:  # noqa: BLE001 - it is raised where the pieces are read
            put(None, error)
        else:
            put(None)

    threading.Thread(target=work, name="ask", daemon=True).start()
    try:
        while True:
            piece, error = await pieces.get()
            if error is not None:
                raise error
            if piece is None:
                return
            may_go_on.release()
            yield piece
    finally:
        left.set()
        may_go_on.release()
