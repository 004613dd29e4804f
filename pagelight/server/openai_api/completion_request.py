"""A request in OpenAI's form to a question: its words, what was said before, its pictures.

Everything here was sent by a program and may be anything. Knows the form; knows no engine.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from pagelight.server.openai_api.completion_text import without_footnotes
from pagelight.services.answering.messages import text_of, turns
from rag.datamodel import Turn
from rag.refusal import is_refusal

MODEL: Final = "pagelight"
"""The one model that there is: whatever answers in the chat."""

MAX_IMAGES: Final = 10
NAMES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
"""The pictures that are taken, and how their files are called."""


class RequestError(Exception):
    """What can't be answered; told in OpenAI's form."""

    def __init__(self, message: str, *, status: int = 400, code: str = "", param: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param


class StreamOptions(BaseModel):
    """What a stream tells besides the words."""

    include_usage: bool = False


class SentChatMessage(BaseModel):
    """One message; parts of its content are looked at where they are used."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class CompletionBody(BaseModel):
    """What is read of a request; other fields are a language model's and say nothing here.

    `within`, `since` and `until` narrow what is searched, as in the other ways in.
    """

    model: str
    messages: list[SentChatMessage]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None)
    within: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPicture:
    """A picture of the question: `name` tells its kind."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCompletion:
    """The last message of the user, and what was said before it."""

    text: str
    history: tuple[Turn, ...]
    pictures: tuple[SentPicture, ...]


def read_body(data: bytes) -> CompletionBody:
    """Return the request. Raises RequestError for what is none, or asks for another model."""
    try:
        body = CompletionBody.model_validate(json.loads(data))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RequestError(f"{where or 'The request'}: {first['msg']}.", param=where) from error
    except (ValueError, RecursionError) as error:
        raise RequestError("The request is no JSON.") from error
    if body.model != MODEL:
        raise RequestError(
            f"There is no model {body.model[:80]!r} here. Ask {MODEL!r}.",
            status=HTTPStatus.NOT_FOUND,
            code="model_not_found",
            param="model",
        )
    if body.n not in {None, 1}:
        raise RequestError("One answer is given: leave n away, or at 1.", param="n")
    return body


def asked_of(body: CompletionBody) -> AskedCompletion:
    """Return what is asked: the last message of the user; what comes after it is left out.

    System messages are a language model's: they are no question, and change nothing.
    Raises RequestError where nothing is asked, or with what can't be read.
    """
    ends = [n for n, message in enumerate(body.messages) if message.role == "user"]
    if not ends:
        raise RequestError("No message is the user's: there is no question.", param="messages")
    content = body.messages[ends[-1]].content
    try:
        text = text_of(content).encode(errors="replace").decode()  # half a letter is none
        before = [{"role": m.role, "content": m.content or ""} for m in body.messages[: ends[-1]]]
        said = turns(before)
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(
            "A message's content is text, or a list of parts with a type.", param="messages"
        ) from error
    return AskedCompletion(
        text=text, history=tuple(map(_remembered, said)), pictures=_pictures(content)
    )


def _remembered(turn: Turn) -> Turn:
    """Return a turn as the chat remembers it: without footnotes, or an answer that was none."""
    answer = without_footnotes(turn.answer)
    return Turn(question=turn.question, answer="" if is_refusal(answer) else answer)


def _pictures(content: object) -> tuple[SentPicture, ...]:
    parts = content if isinstance(content, list) else []
    shown = [part for part in parts if part["type"] != "text"]
    if len(shown) > MAX_IMAGES:
        raise RequestError(f"A question takes {MAX_IMAGES} pictures.", param="messages")
    return tuple(_picture(part, number) for number, part in enumerate(shown, start=1))


def _picture(part: dict[str, Any], number: int) -> SentPicture:
    if part["type"] != "image_url":
        raise RequestError(
            f"A part of type {str(part['type'])[:40]!r} can't be read: text and image_url can.",
            param="messages",
        )
    given = part.get("image_url")
    url = given.get("url") if isinstance(given, dict) else given
    head, _, data = str(url).partition(",")
    if not head.startswith("data:"):
        raise RequestError(
            "Pagelight fetches nothing from an address. Send the picture itself, as a data: URL.",
            param="messages",
        )
    kind = NAMES.get(head.removeprefix("data:").removesuffix(";base64").lower())
    if kind is None or not head.endswith(";base64"):
        raise RequestError(f"A picture is {', '.join(NAMES)}, in base64.", param="messages")
    try:
        return SentPicture(
            name=f"picture-{number}.{kind}", data=base64.b64decode(data, validate=True)
        )
    except (ValueError, binascii.Error) as error:
        raise RequestError("The picture is no base64.", param="messages") from error
