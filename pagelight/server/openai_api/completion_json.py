"""Answers in the shapes of OpenAI's chat completions, whole and in chunks.

What that form has no place for stands under `pagelight`. The shapes are public: change them only
with a line in the CHANGELOG.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from pagelight.server.openai_api.completion_request import MODEL
from pagelight.server.openai_api.completion_text import content_of, link, plain
from pagelight.services.answering.answer_json import answer_json
from pagelight.services.answering.places import Place, places_of
from rag.datamodel import Answer


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
        cited = zip(answer.citations, places_of(answer), strict=True)
        return [self._annotation(place, citation.span, answer.text) for citation, place in cited]

    def _annotation(self, place: Place, span: tuple[int, int], text: str) -> dict[str, Any]:
        start, end = (len(plain(text[:at])) for at in span)
        cited = {
            "start_index": start,
            "end_index": end,
            "url": link(place, base=self.base),
            "title": place.label,
        }
        return {"type": "url_citation", "url_citation": cited}

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
