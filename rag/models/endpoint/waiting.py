"""An asynchronous answer for who reads it step by step, and may leave it at any time.

Some servers say nothing until they have read the prompt, and nothing while they think; who has
left by then is not to be worked for. Knows pieces of text; knows no server.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Final

LOOK_S: Final = 0.5
"""So often, while nothing comes, whoever reads may leave: an empty piece comes."""

MAX_AHEAD: Final = 1000
"""Pieces that a server may send before anybody takes them."""

PAUSE_S: Final = 0.05


def cancellable(answer: Callable[[], AsyncGenerator[str, None]]) -> Iterator[str]:
    """Yield the pieces of `answer`, which runs in an event loop on a thread of its own.

    While nothing comes an empty piece does, every `LOOK_S`. Closing this cancels the answer.
    Raises what the answer does.
    """
    from anyio.from_thread import start_blocking_portal

    pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    async def read() -> None:
        async with aclosing(answer()) as answers:
            async for piece in answers:
                while pieces.qsize() >= MAX_AHEAD:  # noqa: ASYNC110 - a thread takes them
                    await asyncio.sleep(PAUSE_S)
                pieces.put(piece)

    with start_blocking_portal(name="read") as portal:
        reading = portal.start_task_soon(read)
        reading.add_done_callback(lambda _: pieces.put(None))
        try:
            while True:
                try:
                    piece = pieces.get(timeout=LOOK_S)
                except queue.Empty:
                    piece = ""
                if piece is None:
                    return reading.result()
                yield piece
        finally:
            reading.cancel()
