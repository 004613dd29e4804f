"""A server's stream of chat completion chunks to pieces of an answer. Knows no prompt.

The library checks no types, and servers leave fields out: each may be missing, or another thing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Final

from rag.errors import CutOffError, ModelError
from rag.generation.tools.call_forms import line_of

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
    """Yield the first choice of each event."""
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
