"""What a server's refusals mean, and what to do about each. Knows the protocol's errors alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from rag.errors import ModelError, PagelightError

if TYPE_CHECKING:
    import httpx

MOST_BYTES: Final = 64_000
"""Of an error that are read."""

MOST_LETTERS: Final = 300
MOST_WAIT_S: Final = 10.0
"""So long a server that is too busy is waited for, before each further try."""

TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_UNAUTHORIZED: Final = (401, 403)
_NOT_FOUND: Final = 404
_TOO_LARGE: Final = 413
_REDIRECTS: Final = range(300, 400)
_TOO_LONG: Final = re.compile(
    r"context.{0,20}(length|size|window)|maximum context|max_model_len|too long|too many tokens"
    r"|exceed\w{0,8} .{0,40}(context|tokens)|prompt .{0,20}exceed",
    re.IGNORECASE,
)
_TOOLS: Final = re.compile(r"\b(?:tools?|functions?|tool_choice)\b", re.IGNORECASE)
_PICTURES: Final = re.compile(
    r"image|multi-?modal|vision|mmproj|content.{0,30}(string|str\b)", re.IGNORECASE
)
_MOST_PICTURES: Final = re.compile(r"at most (\d{1,2}) images?\b|image=(\d{1,2})\b", re.IGNORECASE)
"""vLLM with `--limit-mm-per-prompt`."""

_UNSUPPORTED: Final = re.compile(r"unsupported|not support", re.IGNORECASE)
_NO_MODEL: Final = re.compile(
    r"model.{0,80}(not found|does not exist|unknown|no such|not available)|no such model"
    r"|(unknown|invalid) model|not a valid model",
    re.IGNORECASE,
)


class UnreachableError(Exception):
    """The server is away or too busy: another try may help. `wait_s` is what it asked for."""

    def __init__(self, message: str, *, hint: str, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.wait_s = wait_s


class RefusedPartError(PagelightError):
    """The server takes a request without a `part`: "pictures", "tools", or a setting's name.

    Of pictures it may take `most`.
    """

    def __init__(self, message: str, *, part: str, most: int = 0) -> None:
        super().__init__(message)
        self.part = part
        self.most = most


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a request held beside words: a refusal may speak of it."""

    pictures: int = 0
    tools: bool = False
    settings: tuple[str, ...] = ()


PLAIN: Final = Sent()


class TooLongError(ModelError):
    """The question and its sources are longer than the server's model reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal: the HTTP status, what the server says of it, the seconds that it asks to wait."""

    status: int
    message: str
    wait_s: float

    @classmethod
    def read(cls, response: httpx.Response, *, key: str) -> Refusal:
        """Read a refusal, at most `MOST_BYTES` of it; a key that stands in it is blotted out."""
        message = _message(_beginning(response)).replace(key or "\0", "…")
        return cls(
            status=response.status_code,
            message=" ".join(message.split())[:MOST_LETTERS].rstrip("."),
            wait_s=_seconds(response.headers.get("Retry-After", "")),
        )


def explained(
    told: Refusal, *, host: str, model: str, sent: Sent
) -> ModelError | UnreachableError | RefusedPartError:
    """Return what a refusal means of what was sent."""
    part = _refused_part(told, sent)
    if part is not None:
        return part
    if told.status in TRY_AGAIN and not _asked_wrongly(told):
        return _busy(told, host=host)
    return _lasting(told, host=host, model=model)


def _refused_part(told: Refusal, sent: Sent) -> RefusedPartError | None:
    """Return which part of what was sent is refused, if one is."""
    if sent.tools and _TOOLS.search(told.message):
        return RefusedPartError("The model takes no tools.", part="tools")
    for name in sent.settings:
        if _UNSUPPORTED.search(told.message) and f"'{name}'" in told.message:
            return RefusedPartError(f"The model takes no {name}.", part=name)
    if not (sent.pictures and _PICTURES.search(told.message)):
        return None
    fewer = _MOST_PICTURES.search(told.message)
    most = int(fewer[1] or fewer[2]) if fewer else 0
    return RefusedPartError(
        f"The model takes {most} pictures.", part="pictures", most=min(most, sent.pictures - 1)
    )


def _busy(told: Refusal, *, host: str) -> ModelError | UnreachableError:
    """Return that another try may help: not soon, where the server asks for a long wait."""
    why = f"The server at {host} has too much to do or failed (HTTP {told.status}): {told.message}."
    if told.wait_s > MOST_WAIT_S:
        return ModelError(why, hint=f"It asks for {told.wait_s:.0f} seconds before the next try.")
    return UnreachableError(why, hint="Try again later.", wait_s=told.wait_s)


def _asked_wrongly(told: Refusal) -> bool:
    """Tell whether the words of a failure say that asking again is no use."""
    return bool(_TOO_LONG.search(told.message) or _NO_MODEL.search(told.message))


def _lasting(told: Refusal, *, host: str, model: str) -> ModelError:
    """Return what a refusal means that another try meets again."""
    if told.status in _UNAUTHORIZED:
        return ModelError(
            f"The server at {host} refused the key (HTTP {told.status}).",
            hint="Set RAG_GENERATOR_KEY.",
        )
    if told.status == _TOO_LARGE or _TOO_LONG.search(told.message):
        return TooLongError(
            f"The question and its sources are longer than the model at {host} reads:"
            f" {told.message}.",
            hint="Lower RAG_READING_TOKENS or RAG_PICTURE_TOKENS.",
        )
    if told.status == _NOT_FOUND or _NO_MODEL.search(told.message):
        return _not_found(told, host=host, model=model)
    if told.status in _REDIRECTS:
        told = replace(told, message="it sends elsewhere, where your passages are not sent")
    return ModelError(f"The server at {host} refused (HTTP {told.status}): {told.message}.")


def unreachable(error: httpx.HTTPError, host: str) -> UnreachableError | ModelError:
    """Return what it means that no answer began."""
    import httpx

    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return UnreachableError(
            f"There is no server at {host} ({_cause(error)}).",
            hint="Start it, or see RAG_GENERATOR.",
        )
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return UnreachableError(
            f"The server at {host} hung up: {error}.", hint="See what it says, and try again."
        )
    if isinstance(error, httpx.TimeoutException):
        return ModelError(
            f"The server at {host} took the question and did not begin to answer.",
            hint="Lower RAG_READING_TOKENS, or give it a smaller model.",
        )
    return ModelError(f"The server at {host} can't be asked: {error}.", hint="See RAG_GENERATOR.")


def _cause(error: Exception) -> str:
    return re.sub(r"^\[Errno -?\d+\] ", "", str(error)).lower() or "no answer in time"


def _not_found(told: Refusal, *, host: str, model: str) -> ModelError:
    if _NO_MODEL.search(told.message) or "model" in told.message.lower():
        return ModelError(
            f"The server at {host} has no model {model!r}: {told.message}.",
            hint="Say another: RAG_GENERATOR_MODEL=NAME.",
        )
    return ModelError(
        f"The server at {host} has no chat at this address (HTTP {told.status}).",
        hint="Does RAG_GENERATOR lack /v1 at its end?",
    )


def _beginning(response: httpx.Response) -> str:
    import httpx

    found = b""
    try:
        for block in response.iter_bytes():
            found += block
            if len(found) >= MOST_BYTES:
                break
    except httpx.HTTPError:  # the status tells enough
        return ""
    return found[:MOST_BYTES].decode("utf-8", "replace")


def _message(body: str) -> str:
    """Return what a body says; its shape differs between servers."""
    try:
        found = json.loads(body)
    except ValueError:
        return re.sub(r"<[^<>]*>", " ", body)
    for name in ("error", "detail", "message"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    return found if isinstance(found, str) else json.dumps(found)


def _seconds(text: str) -> float:
    """Return the seconds of a Retry-After, which may be a date; 0 where it is absent or none."""
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # a date without its zone has no difference to ours
        return 0.0
