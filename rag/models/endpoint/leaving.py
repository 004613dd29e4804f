"""An answer of a server that can be left at any time: before its first word, amid a thought.

Some servers say nothing until they have read the prompt, and nothing while they think; who has
left by then is not to be worked for. Knows connections; knows no prompt.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import httpx

LOOK_S: Final = 0.5
"""So often, while nothing comes, whoever reads may leave: an empty piece comes."""

MOST_AHEAD: Final = 1000
"""Pieces that a server may send before anybody takes them."""


class _LeftError(Exception):
    """Nobody waits for the answer any more."""


class AnswerConnection:
    """The connection of one answer. Any thread may hang it up; then nothing more is asked."""

    def __init__(self) -> None:
        self._left = threading.Event()
        self._socket: socket.socket | None = None

    @property
    def left(self) -> bool:
        return self._left.is_set()

    def watch(self, request: httpx.Request) -> None:
        """Know the connection that a request takes: a hook of the client, for each request."""
        self.check()
        request.extensions["trace"] = self._traced

    def check(self) -> None:
        if self.left:
            raise _LeftError

    def _traced(self, name: str, info: Mapping[str, Any]) -> None:
        """Keep the socket; httpcore tells of each step of a connection."""
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
            self.check()

    def hang_up(self) -> None:
        """End what is read on another thread: closing a socket alone wakes nobody."""
        self._left.set()
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def leaving_at_any_time(
    line: AnswerConnection, answer: Callable[[], Generator[str, None, None]]
) -> Iterator[str]:
    """Yield the pieces of `answer`, which is read over `line` on a thread of its own.

    While nothing comes an empty piece does, every `LOOK_S`. Closing this hangs up. Raises what
    `answer` does.
    """
    pieces: queue.Queue[tuple[str | None, Exception | None]] = queue.Queue(MOST_AHEAD)
    reading = threading.Thread(target=_read, args=(line, answer, pieces), name="read", daemon=True)
    reading.start()
    try:
        while True:
            try:
                piece, error = pieces.get(timeout=LOOK_S)
            except queue.Empty:
                yield ""
                continue
            if error is not None:
                raise error
            if piece is None:
                return
            yield piece
    finally:
        line.hang_up()
        reading.join(LOOK_S)


def _read(
    line: AnswerConnection,
    answer: Callable[[], Generator[str, None, None]],
    pieces: queue.Queue[tuple[str | None, Exception | None]],
) -> None:
    try:
        with closing(answer()) as told:
            for piece in told:
                _put(line, pieces, (piece, None))
    except _LeftError:
        return
    except Exception as error:  # noqa: BLE001 - it is raised where the pieces are read
        end: tuple[None, Exception | None] = (None, error)
    else:
        end = (None, None)
    with suppress(_LeftError):
        _put(line, pieces, end)


def _put(
    line: AnswerConnection,
    pieces: queue.Queue[tuple[str | None, Exception | None]],
    piece: tuple[str | None, Exception | None],
) -> None:
    """Hand a piece on, once there is room."""
    while True:
        line.check()
        try:
            pieces.put(piece, timeout=LOOK_S)
        except queue.Full:
            continue
        return
