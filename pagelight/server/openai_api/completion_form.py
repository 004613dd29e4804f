"""OpenAI's form: a request to a question, an answer to a completion, whole and in chunks.

Everything in a request was sent by a program and may be anything. An answer is Markdown: its marks
are links, its places footnotes; what documents say is never an address that is fetched. What the
form has no place for stands under `pagelight`. The shapes are public: change them only with a line
in the CHANGELOG.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from pagelight.services.answering.answer_json import answer_json
from pagelight.services.answering.asking import text_of, turns
from pagelight.services.answering.places import Place, places_of
from rag.datamodel import Answer, Turn
from rag.errors import PagelightError
from rag.refusal import NOTHING_FOUND, is_refusal

FOOT: Final = "\n\n---\n**"
"""What stands before the footnotes, and tells them from an answer that is said again later."""

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|!~()])")


def content_of(answer: Answer, *, base: str) -> str:
    """Return the whole text of a complete answer; `base` is the address of the chat."""
    said = answer.text.strip() or (NOTHING_FOUND if answer.state == "not_found" else "")
    return plain(said) + "".join(_footnotes(answer, base=base))


def plain(text: str) -> str:
    """Return text that shows no picture, which a program would fetch, and names no address.

    What `text` begins with begins the same way afterwards, so that it can be sent as it grows.
    """
    return text.replace("![", "!\\[").replace("]:", "]\\:")


def without_footnotes(text: str) -> str:
    """Return an answer of ours, as a program sends it back, without what stands below it."""
    said, foot, _ = text.rpartition(FOOT)
    return said if foot else text


def link(place: Place, *, base: str) -> str:
    """Return the address at which the chat shows the page of a place."""
    at = "" if place.start_s is None else f"?at={max(0.0, place.start_s):.1f}"
    return f"{base}#document/{place.chunk.doc_id}/{place.page or 1}{at}"


def _footnotes(answer: Answer, *, base: str) -> Iterator[str]:
    places = {place.number: place for place in reversed(places_of(answer))}
    title = "Nearest places" if answer.state == "not_found" else "Sources"
    unsupported = (" ".join(answer.text[a:b].split()) for a, b in answer.unsupported)
    unseen = (f"Not found in the sources it cites: “{sentence}”" for sentence in unsupported)
    remarks = [*answer.notes, *unseen]
    if not places and not remarks:
        return
    yield f"{FOOT}{title if places else 'Remarks'}**\n"
    for number, place in sorted(places.items()):
        yield f"\n- [{number}] {escaped_markdown(place.label)}"
    yield "".join(f"\n\n_{escaped_markdown(remark)}_" for remark in remarks)
    yield "\n" if places else ""
    for number, place in sorted(places.items()):
        yield f"\n[{number}]: {link(place, base=base)}"


def escaped_markdown(text: str) -> str:
    """Return text of one line that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


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
    """What is read of a request; other fields are a language model's and say nothing here."""

    model: str
    messages: list[SentChatMessage]
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None)
    within: str = ""
    since: str = ""
    until: str = ""

    @property
    def wants_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCompletion:
    """The last message of the user, what was said before it, and pictures by their names."""

    text: str
    history: tuple[Turn, ...]
    pictures: dict[str, bytes]


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
    """Return what is asked: the last message of the user, and before it. Raises RequestError."""
    ends = [n for n, message in enumerate(body.messages) if message.role == "user"]
    if not ends:
        raise RequestError("No message is the user's: there is no question.", param="messages")
    content = body.messages[ends[-1]].content
    try:
        text = text_of(content).encode(errors="replace").decode()  # half a letter is none
        before = [{"role": m.role, "content": m.content or ""} for m in body.messages[: ends[-1]]]
        said = turns(before)
    except (KeyError, TypeError, ValueError, PagelightError) as error:
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


def _pictures(content: object) -> dict[str, bytes]:
    parts = content if isinstance(content, list) else []
    shown = [part for part in parts if part["type"] != "text"]
    if len(shown) > MAX_IMAGES:
        raise RequestError(f"A question takes {MAX_IMAGES} pictures.", param="messages")
    return dict(_picture(part, number) for number, part in enumerate(shown, start=1))


def _picture(part: dict[str, Any], number: int) -> tuple[str, bytes]:
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
        return f"picture-{number}.{kind}", base64.b64decode(data, validate=True)
    except ValueError as error:
        raise RequestError("The picture is no base64.", param="messages") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer's name and time; `base` is the address of the chat, `profile` what answers."""

    base: str
    profile: str
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created_s: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        message = {
            "role": "assistant",
            "content": content_of(answer, base=self.base),
            "refusal": None,
            "annotations": self._annotations(answer),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        head = self._head("chat.completion")
        return head | {
            "choices": [choice],
            "usage": usage_json(answer),
            "pagelight": self._extra(answer),
        }

    def chunk(self, delta: dict[str, Any], **more: object) -> str:
        """Return an event of a stream with something new."""
        return self._event([self._choice(delta)], **more)

    def last(self, answer: Answer) -> str:
        """Return the event that ends the choice, with all that is known of the answer."""
        delta = {"annotations": self._annotations(answer)}
        return self._event([self._choice(delta, "stop")], pagelight=self._extra(answer))

    def usage(self, answer: Answer) -> str:
        return self._event([], usage=usage_json(answer))

    def _choice(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}

    def _event(self, choices: list[dict[str, Any]], **more: object) -> str:
        return event(self._head("chat.completion.chunk") | {"choices": choices} | more)

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created_s, "model": MODEL}

    def _annotations(self, answer: Answer) -> list[dict[str, Any]]:
        if answer.state == "not_found":
            return []
        annotations = []
        for citation, place in zip(answer.citations, places_of(answer), strict=True):
            start, end = (len(plain(answer.text[:at])) for at in citation.span)
            cited = {
                "start_index": start,
                "end_index": end,
                "url": link(place, base=self.base),
                "title": place.label,
            }
            annotations.append({"type": "url_citation", "url_citation": cited})
        return annotations

    def _extra(self, answer: Answer) -> dict[str, Any]:
        extra = answer_json(answer, profile=self.profile)
        if answer.state != "not_found":
            for citation, place in zip(extra["citations"], places_of(answer), strict=True):
                citation["url"] = link(place, base=self.base)
        return extra


def usage_json(answer: Answer) -> dict[str, Any]:
    """Return the tokens that the model read and wrote; 0 where none writes."""
    read, wrote = (answer.written.read_tokens, answer.written.tokens) if answer.written else (0, 0)
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}


def model_json() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def event(data: object) -> str:
    """Return a server-sent event; in ASCII, as some programs take more than line ends for one."""
    return f"data: {json.dumps(data)}\n\n"
