"""What a server's refusals mean, and what to do about each. Knows the protocol's errors alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from rag.errors import ModelError, PagelightError
from rag.models.endpoint.client import Server

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError

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
