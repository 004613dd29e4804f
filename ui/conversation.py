"""One conversation: a message comes in, growing bubbles go out. Knows nothing of Gradio.

The object lives on the server for as long as its tab and is changed in place: what was said
before a Stop stays said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rag.datamodel import Answer, Query, QueryImage, Turn
from rag.errors import PagelightError
from ui.places import Shelf, places_of
from ui.render import answer_html, error_html, question_html, turn_of, waiting_html
from ui.seams import Engine, ReadImage

logger = logging.getLogger(__name__)

SEARCHING: Final = "Looking through the documents …"
BUG: Final = "Something went wrong in Pagelight itself. The terminal shows where."
STOPPED: Final = "Stopped."

Message = dict[str, Any]
"""A bubble, as the chat component takes it: role and content."""


@dataclass(slots=True)
class Conversation:
    """What was said: bubbles to show, and turns for later questions to refer to."""

    messages: list[Message] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


class Replier:
    """Answers messages. One for the whole program; conversations come in as arguments."""

    def __init__(self, engine: Engine, *, shelf: Shelf, read_image: ReadImage) -> None:
        self._engine = engine
        self._shelf = shelf
        self._read_image = read_image

    def reply(
        self, conversation: Conversation, text: str, images: list[str]
    ) -> Iterator[list[Message]]:
        """Yield the conversation's bubbles as they grow; nothing for an empty message."""
        text = text.strip()
        if not text and not images:
            return
        _say_question(conversation, text, images)
        conversation.messages.append(_bubble(waiting_html(self._waiting_text())))
        try:
            yield conversation.messages
            yield from self._answer(conversation, text, images)
        except GeneratorExit:
            _mark_stopped(conversation)
            raise
        except PagelightError as error:
            conversation.messages[-1] = _bubble(error_html(str(error)))
            yield conversation.messages
        except Exception:
            logger.exception("a question failed by a bug")
            conversation.messages[-1] = _bubble(error_html(BUG))
            yield conversation.messages

    def _waiting_text(self) -> str:
        return SEARCHING if self._engine.ready() else self._engine.status() or SEARCHING

    def _answer(
        self, conversation: Conversation, text: str, images: list[str]
    ) -> Iterator[list[Message]]:
        query = Query(text=text, image=self._image(images))
        key = self._shelf.new_key()
        for answer in self._engine.ask(query, tuple(conversation.turns)):
            self._shelf.put(key, places_of(answer))
            if answer.complete:
                conversation.turns.append(turn_of(text, answer))
            if _has_words(answer):
                conversation.messages[-1] = _bubble(answer_html(answer, key=key))
                yield conversation.messages

    def _image(self, images: list[str]) -> QueryImage | None:
        return self._read_image(Path(images[0])) if images else None


def _has_words(answer: Answer) -> bool:
    return answer.complete or bool(answer.text.strip())


def _say_question(conversation: Conversation, text: str, images: list[str]) -> None:
    conversation.messages += [
        {"role": "user", "content": {"path": image, "alt_text": "Picture of the question"}}
        for image in images[:1]
    ]
    if text:
        conversation.messages.append({"role": "user", "content": question_html(text)})


def _bubble(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _mark_stopped(conversation: Conversation) -> None:
    last = conversation.messages[-1]["content"] if conversation.messages else ""
    if "waiting" in last.partition(">")[0]:
        conversation.messages[-1] = _bubble(waiting_html(STOPPED))
