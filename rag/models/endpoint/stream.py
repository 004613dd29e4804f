"""A server's stream to pieces of an answer: server-sent events of the OpenAI chat protocol.

Knows the protocol (WHATWG HTML, section 9.2, and the "chat completion chunk" of the API reference);
knows no prompt.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from rag.errors import CutOffError, ModelError
from rag.generation.tools.call_forms import line_of

if TYPE_CHECKING:
    import httpx

DONE: Final = "[DONE]"
MOST_LINE_LETTERS: Final = 1_000_000
_LIMIT: Final = "length"


class _Ended(Exception):  # noqa: N818 - it is no error
    """The server says that the answer is whole."""


def pieces_of(response: httpx.Response, *, host: str) -> Iterator[str]:
    """Yield the pieces of an answer until the server says that it is whole.

    Raises CutOffError where it ends before, and ModelError where it ends before any piece.
    """
    begun, call = False, _CalledTool()
    try:
        for event in _events(response, host):
            piece = _piece(event, host=host)
            call.read(event)
            begun = begun or bool(piece or call.name)
            if piece:
                yield piece
            _check_end(event, host=host)
    except _Ended:
        if call.name:
            yield line_of(call.name, call.arguments)
        return
    except CutOffError as cut:
        if begun:
            raise
        raise ModelError(cut.args[0], hint=cut.hint) from cut


class _CalledTool:
    """The first tool that an answer calls: it comes in pieces, and is told as a line."""

    def __init__(self) -> None:
        self.name = self.arguments = self._id = ""

    def read(self, event: dict[str, Any]) -> None:
        choice = _choice(event)
        said = choice.get("delta") or choice.get("message") or {}
        calls = said.get("tool_calls") if isinstance(said, dict) else None
        for call in calls if isinstance(calls, list) else ():
            told = call.get("function") if isinstance(call, dict) else None
            if isinstance(told, dict) and self._is_first(call):
                self.name += str(told.get("name") or "")
                values = told.get("arguments") or ""
                self.arguments += values if isinstance(values, str) else json.dumps(values)

    def _is_first(self, call: dict[str, Any]) -> bool:
        """Tell whether a piece is of the first call; some servers number all of them alike."""
        new = str(call.get("id") or "")
        self._id = self._id or new
        return not call.get("index") and new in ("", self._id)


def _events(response: httpx.Response, host: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream; raise _Ended at its end, CutOffError where none is told."""
    import httpx

    if "text/event-stream" not in response.headers.get("Content-Type", ""):
        yield _whole(response, host)
        raise _Ended
    try:
        for line in _lines(response):
            name, _, value = line.partition(":")
            if name == "data" and value.strip() == DONE:
                raise _Ended
            if name == "data":
                yield _parsed(value, host)
    except httpx.TimeoutException as error:
        raise CutOffError(f"The answer was cut off: the server at {host} fell silent.") from error
    except httpx.HTTPError as error:
        raise CutOffError(f"The answer was cut off: the server at {host} hung up.") from error
    raise CutOffError(f"The answer was cut off: the server at {host} ended it too early.")


def _lines(response: httpx.Response) -> Iterator[str]:
    """Yield lines, none endless."""
    rest = ""
    for block in response.iter_text():
        *lines, rest = (rest + block).split("\n")
        yield from (line.rstrip("\r") for line in lines)
        if len(rest) > MOST_LINE_LETTERS:
            raise CutOffError("The answer was cut off: the server sends what is no stream.")
    if rest:
        yield rest


def _whole(response: httpx.Response, host: str) -> dict[str, Any]:
    """Return an answer that came at once: some servers don't stream."""
    import httpx

    try:
        found = _parsed(response.read().decode("utf-8", "replace"), host)
    except httpx.HTTPError as error:
        raise ModelError(f"The server at {host} hung up: {error}.") from error
    return found


def _parsed(text: str, host: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CutOffError(
            f"The answer was cut off: the server at {host} sends what is no answer.",
            hint="See RAG_GENERATOR: it ends in /v1 for most servers.",
        ) from error
    return found if isinstance(found, dict) else {}


def _piece(event: dict[str, Any], *, host: str) -> str:
    """Return the words of an event; raise CutOffError where it tells of a failure."""
    if event.get("error"):
        error = event["error"]
        told = error.get("message", error) if isinstance(error, dict) else error
        raise CutOffError(f"The answer was cut off: the server at {host} failed: {told!s:.200}.")
    choice = _choice(event)
    said = choice.get("delta") or choice.get("message") or {}
    content = said.get("content") if isinstance(said, dict) else None
    return content if isinstance(content, str) else ""


def _check_end(event: dict[str, Any], *, host: str) -> None:
    reason = _choice(event).get("finish_reason")
    if reason == _LIMIT:
        raise CutOffError(
            f"The answer was cut off: {host} wrote as many tokens as it may.",
            hint="Raise RAG_ANSWER_TOKENS.",
        )
    if reason:
        raise _Ended


def _choice(event: dict[str, Any]) -> dict[str, Any]:
    choices = event.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    return first if isinstance(first, dict) else {}
