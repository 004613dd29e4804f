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

from rag.datamodel import Query, QueryImage, Turn
from rag.errors import PagelightError
from ui.places import Shelf, places_of
from ui.region import Region, Regions
from ui.render import (
    answer_html,
    error_html,
    question_html,
    stopped_html,
    turn_of,
    waiting_html,
)
from ui.seams import Engine, ReadImage

logger = logging.getLogger(__name__)

SEARCHING: Final = "Looking through the documents …"
BUG: Final = "Something went wrong in Pagelight itself. The terminal shows where."
STOPPED: Final = "Stopped."

Message = dict[str, Any]
"""A bubble, as the chat component takes it: role and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came with one message: words, a picture, the name of a part of a page."""

    text: str = ""
    images: tuple[str, ...] = ()
    region: str = ""


@dataclass(slots=True)
class Conversation:
    """What was said: bubbles to show, and turns for later questions to refer to.

    `growing` is the bubble that an answer is being written into, None between questions.
    """

    messages: list[Message] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    growing: Message | None = None

    def begin(
        self, text: str, images: list[str], *, waiting: str, region: Region | None = None
    ) -> Message:
        """Add a question, and the bubble that its answer will grow in."""
        for image in images[:1]:
            picture = {"path": image, "alt_text": "Picture of the question"}
            self.messages.append({"role": "user", "content": picture})
        if text or region:
            self.messages.append({"role": "user", "content": question_html(text, region=region)})
        self.growing = {"role": "assistant", "content": waiting_html(waiting)}
        self.messages.append(self.growing)
        return self.growing

    def stop(self) -> None:
        """Leave the answer as far as it has come; what comes later for it is dropped."""
        if self.growing is not None and "waiting" in self.growing["content"].partition(">")[0]:
            self.growing["content"] = stopped_html(STOPPED)
        self.growing = None


class Replier:
    """Answers messages. One for the whole program; conversations come in as arguments."""

    def __init__(
        self,
        engine: Engine,
        *,
        shelf: Shelf,
        read_image: ReadImage,
        regions: Regions | None = None,
    ) -> None:
        self._engine = engine
        self._shelf = shelf
        self._read_image = read_image
        self._regions = regions

    def reply(
        self,
        conversation: Conversation,
        text: str,
        images: list[str],
        *,
        as_is: bool = False,
        region: str = "",
    ) -> Iterator[list[Message]]:
        """Yield the conversation's bubbles as they grow; nothing for an empty message.

        `as_is` asks without what was said before, so that nothing of it is read into the text.
        `region` names the part of a page that is asked about.
        """
        message = Asked(text=text.strip(), images=tuple(images[:1]), region=region.strip())
        if message == Asked():
            return
        part = self._regions.find(message.region) if self._regions else None
        bubble = conversation.begin(message.text, images, waiting=self._waiting_text(), region=part)
        yield conversation.messages
        earlier = () if as_is else tuple(conversation.turns)
        for content in self._contents(conversation, message, earlier):
            if conversation.growing is not bubble:  # stopped meanwhile
                return
            bubble["content"] = content
            yield conversation.messages
        conversation.growing = None

    def _waiting_text(self) -> str:
        return SEARCHING if self._engine.ready() else self._engine.status() or SEARCHING

    def _contents(
        self, conversation: Conversation, message: Asked, earlier: tuple[Turn, ...]
    ) -> Iterator[str]:
        """Yield what the bubble shows: the growing answer, or what went wrong."""
        try:
            yield from self._answer(conversation, message, earlier)
        except PagelightError as error:
            yield error_html(str(error))
        except Exception:
            logger.exception("a question failed by a bug")
            yield error_html(BUG)

    def _answer(
        self, conversation: Conversation, message: Asked, earlier: tuple[Turn, ...]
    ) -> Iterator[str]:
        key = self._shelf.new_key()
        for answer in self._engine.ask(self._query(message), earlier):
            self._shelf.put(key, places_of(answer))
            if answer.complete:
                conversation.turns.append(turn_of(message.text, answer))
            if answer.complete or answer.text.strip():
                yield answer_html(answer, key=key)

    def _query(self, message: Asked) -> Query:
        """Read the picture and the part of a page that came with the words."""
        image: QueryImage | None = None
        if message.images:
            image = self._read_image(Path(message.images[0]))
        region = None
        if message.region and self._regions:
            region = self._regions.chunk(message.region)
        return Query(text=message.text, image=image, region=region)
