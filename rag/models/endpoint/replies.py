"""What a server sends back: the pieces of an answer, left at any time, and refusals.

Some servers say nothing until they have read the prompt, and nothing while they think; who has
left by then is not to be worked for. Knows the protocol; knows no prompt.
"""

from __future__ import annotations

import asyncio
import json
import queue
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from rag.errors import CutOffError, ModelError, PagelightError
from rag.generation.tools.calls import line_of
from rag.models.endpoint.client import Server
from rag.models.prompting import taken

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError


async def pieces_of(events: AsyncIterator[Any], *, host: str) -> AsyncGenerator[str, None]:
    """Yield the pieces of an answer until the server says that it is whole.

    Raises CutOffError where it ends before, and ModelError where it ends before any piece.
    """
    from openai import APIError

    begun, call, reason = False, _ToolCall(), None
    cut: CutOffError | None
    cause: Exception | None = None
    try:
        async for event in events:
            choices = _field(event, "choices")
            choice = choices[0] if isinstance(choices, list) and choices else None
            said = _field(choice, "delta") or _field(choice, "message")
            call.read(said)
            content = _field(said, "content")
            if isinstance(content, str) and content:
                begun = True
                yield content
            if reason := _field(choice, "finish_reason"):
                break
    except (APIError, ValueError) as error:
        cut, cause = _cut_off(error, host), error
    else:
        cut = _ended(reason, host)
    if cut is not None:
        raise (cut if begun or call.name else ModelError(cut.message, hint=cut.hint)) from cause
    if call.name:
        yield line_of(call.name, call.arguments)


def _ended(reason: object, host: str) -> CutOffError | None:
    if reason == "length":
        return CutOffError(
            f"The answer was cut off: {host} wrote as many tokens as it may.",
            hint="Raise RAG_ANSWER_TOKENS.",
        )
    early = f"The answer was cut off: the server at {host} ended it too early."
    return None if reason else CutOffError(early)


def _cut_off(error: Exception, host: str) -> CutOffError:
    from openai import APIConnectionError, APIError, APITimeoutError

    cut = f"The answer was cut off: the server at {host}"
    match error:
        case APITimeoutError():
            why = "fell silent"
        case APIConnectionError():
            why = "hung up"
        case APIError():
            why = f"failed: {error.message:.200}"
        case _:
            hint = "See RAG_GENERATOR: it ends in /v1 for most servers."
            return CutOffError(f"{cut} sends what is no answer.", hint=hint)
    return CutOffError(f"{cut} {why}.")


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
            yield from taken(pieces)
            reading.result()
        finally:
            reading.cancel()


MAX_LETTERS: Final = 300
MAX_WAIT_S: Final = 10.0
"""So long a server that is too busy is waited for, before each further try."""

LIMIT: Final = "max_tokens"
OTHER_LIMIT: Final = "max_completion_tokens"
"""What OpenAI's models that reason take in its place."""

SETTINGS: Final = (LIMIT, OTHER_LIMIT, "temperature")
"""What a server may refuse of a request, and be asked without."""

_TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS: Final = 3
_TOO_LONG: Final = re.compile(
    r"context.{0,20}(length|size|window)|maximum context|max_model_len|too long|too many tokens"
    r"|exceed\w{0,8} .{0,40}(context|tokens)|prompt .{0,20}exceed",
    re.IGNORECASE,
)
_TOOLS: Final = re.compile(r"\b(?:tools?|functions?|tool_choice)\b", re.IGNORECASE)
_IMAGES: Final = re.compile(
    r"image|multi-?modal|vision|mmproj|content.{0,30}(string|str\b)", re.IGNORECASE
)
_MAX_IMAGES: Final = re.compile(r"at most (\d{1,2}) images?\b|image=(\d{1,2})\b", re.IGNORECASE)
"""vLLM with `--limit-mm-per-prompt`."""

_UNSUPPORTED: Final = re.compile(r"unsupported|not support", re.IGNORECASE)
_NO_MODEL: Final = re.compile(
    r"model.{0,80}(not found|does not exist|unknown|no such|not available)|no such model"
    r"|(unknown|invalid) model|not a valid model",
    re.IGNORECASE,
)


class UnreachableError(ModelError):
    """The server is away or too busy: another try may help. `wait_s` is what it asked for."""

    def __init__(self, message: str, *, hint: str, wait_s: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s


class RefusedPartError(PagelightError):
    """What the server does without: a setting, "tools", or "pictures", of which it takes `most`."""

    def __init__(self, message: str, *, part: str, most: int = 0) -> None:
        super().__init__(message)
        self.part = part
        self.most = most


class TooLongError(ModelError):
    """The question and its sources are longer than the server's model reads."""


def explained(
    error: APIStatusError, server: Server, body: Mapping[str, Any]
) -> ModelError | RefusedPartError:
    """Return what a refusal means of what was sent in `body`."""
    why, status = _message(error.body, server.key), error.status_code
    if part := _refused_part(why, body):
        return part
    if status not in _TRY_AGAIN or _TOO_LONG.search(why) or _NO_MODEL.search(why):
        return _lasting(why, status, server)
    why = (
        f"The server at {server.address.host} has too much to do or failed (HTTP {status}): {why}."
    )
    wait_s = _seconds(error.response.headers.get("Retry-After", ""))
    if wait_s > MAX_WAIT_S:
        return ModelError(why, hint=f"It asks for {wait_s:.0f} seconds before the next try.")
    return UnreachableError(why, hint="Try again later.", wait_s=wait_s)


def _lasting(why: str, status: int, server: Server) -> ModelError:
    """Return what a refusal means that another try meets again."""
    host = server.address.host
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ModelError(
            f"The server at {host} refused the key (HTTP {status}).",
            hint="Set RAG_GENERATOR_KEY.",
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or _TOO_LONG.search(why):
        return TooLongError(
            f"The question and its sources are longer than the model at {host} reads: {why}.",
            hint="Lower RAG_READING_TOKENS or RAG_PICTURE_TOKENS.",
        )
    is_not_found = status == HTTPStatus.NOT_FOUND
    if _NO_MODEL.search(why) or (is_not_found and "model" in why.lower()):
        return ModelError(
            f"The server at {host} has no model {server.model!r}: {why}.",
            hint="Say another: RAG_GENERATOR_MODEL=NAME.",
        )
    if is_not_found:
        return ModelError(
            f"The server at {host} has no chat at this address (HTTP {status}).",
            hint="Does RAG_GENERATOR lack /v1 at its end?",
        )
    if status // 100 == _REDIRECTS:
        why = "it sends elsewhere, where your passages are not sent"
    return ModelError(f"The server at {host} refused (HTTP {status}): {why}.")


def _refused_part(why: str, body: Mapping[str, Any]) -> RefusedPartError | None:
    if "tools" in body and _TOOLS.search(why):
        return RefusedPartError("The model takes no tools.", part="tools")
    for name in SETTINGS:
        if name in body and _UNSUPPORTED.search(why) and f"'{name}'" in why:
            return RefusedPartError(f"The model takes no {name}.", part=name)
    images = str(body.get("messages")).count("'type': 'image_url'")
    if not (images and _IMAGES.search(why)):
        return None
    fewer = _MAX_IMAGES.search(why)
    most = min(int(fewer[1] or fewer[2]) if fewer else 0, images - 1)
    return RefusedPartError(f"The model takes {most} pictures.", part="pictures", most=most)


def unreachable(error: APIConnectionError, host: str) -> ModelError:
    """Return what it means that no answer began."""
    import httpx2

    cause = error.__cause__
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        why = re.sub(r"^\[Errno -?\d+\] ", "", str(cause)).lower() or "no answer in time"
        return UnreachableError(
            f"There is no server at {host} ({why}).", hint="Start it, or see RAG_GENERATOR."
        )
    if isinstance(cause, httpx2.TimeoutException):
        return ModelError(
            f"The server at {host} took the question and did not begin to answer.",
            hint="Lower RAG_READING_TOKENS, or give it a smaller model.",
        )
    return UnreachableError(
        f"The server at {host} hung up: {cause}.", hint="See what it says, and try again."
    )


def _message(body: object, key: str) -> str:
    """Return what a body says, without the key; its shape differs between servers."""
    for name in ("error", "detail", "message"):
        if isinstance(body, dict) and name in body:
            body = body[name]
    text = re.sub(r"<[^<>]*>", " ", body) if isinstance(body, str) else json.dumps(body)
    return " ".join(text.replace(key or "\0", "…").split())[:MAX_LETTERS].rstrip(".")


def _seconds(text: str) -> float:
    """Return the seconds of a Retry-After, which may be a date; 0 where it is absent or none."""
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # a date without its zone has no difference to ours
        return 0.0
