"""A server's stream of chat completion chunks to pieces of an answer, left at any time.

Some servers say nothing until they have read the prompt, and nothing while they think; who has
left by then is not to be worked for. Knows no prompt.
"""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any, Final

from rag.errors import CutOffError, ModelError
from rag.generation.tools.calls import line_of

_LIMIT: Final = "length"


async def pieces_of(events: AsyncIterator[Any], *, host: str) -> AsyncGenerator[str, None]:
    """Yield the pieces of an answer until the server says that it is whole.

    Raises CutOffError where it ends before, and ModelError where it ends before any piece.
    """
    begun, call, reason = False, _ToolCall(), None
    try:
        async with aclosing(_choices(events, host)) as choices:
            async for choice in choices:
                said = _field(choice, "delta") or _field(choice, "message")
                call.read(said)
                content = _field(said, "content")
                if isinstance(content, str) and content:
                    begun = True
                    yield content
                if reason := _field(choice, "finish_reason"):
                    break
        _check_end(reason, host)
    except CutOffError as cut:
        if begun or call.name:
            raise
        raise ModelError(cut.args[0], hint=cut.hint) from cut
    if call.name:
        yield line_of(call.name, call.arguments)


def _check_end(reason: object, host: str) -> None:
    if not reason:
        raise CutOffError(f"The answer was cut off: the server at {host} ended it too early.")
    if reason == _LIMIT:
        raise CutOffError(
            f"The answer was cut off: {host} wrote as many tokens as it may.",
            hint="Raise RAG_ANSWER_TOKENS.",
        )


async def _choices(events: AsyncIterator[Any], host: str) -> AsyncGenerator[object, None]:
    from openai import APIConnectionError, APIError, APITimeoutError

    cut = f"The answer was cut off: the server at {host}"
    try:
        async for event in events:
            choices = _field(event, "choices")
            if isinstance(choices, list) and choices:
                yield choices[0]
    except APITimeoutError as error:
        raise CutOffError(f"{cut} fell silent.") from error
    except APIConnectionError as error:
        raise CutOffError(f"{cut} hung up.") from error
    except APIError as error:
        raise CutOffError(f"{cut} failed: {error.message:.200}.") from error
    except ValueError as error:
        raise CutOffError(
            f"{cut} sends what is no answer.",
            hint="See RAG_GENERATOR: it ends in /v1 for most servers.",
        ) from error


class _ToolCall:
    """The first tool that an answer calls: it comes in pieces, and is told as a line."""

    def __init__(self) -> None:
        self.name = self.arguments = self._id = ""

    def read(self, said: object) -> None:
        calls = _field(said, "tool_calls")
        for call in calls if isinstance(calls, list) else ():
            function = _field(call, "function")
            if function is not None and self._is_first(call):
                self.name += str(_field(function, "name") or "")
                values = _field(function, "arguments") or ""
                self.arguments += values if isinstance(values, str) else json.dumps(values)

    def _is_first(self, call: object) -> bool:
        """Tell whether a piece is of the first call; some servers number all of them alike."""
        new = str(_field(call, "id") or "")
        self._id = self._id or new
        return not _field(call, "index") and new in ("", self._id)


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


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
