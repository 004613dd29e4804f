"""One conversation: a message comes in, growing bubbles go out. Knows nothing of Gradio.

The object lives on the server for as long as its tab and is changed in place: what was said
before a Stop stays said.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rag.answer.reading import READ_HITS
from rag.datamodel import NO_FILTERS, Answer, Filters, Hit, Query, Turn
from rag.errors import PagelightError
from ui.answer_tools import again_tools, tools_of
from ui.asking import ready_documents
from ui.places import Shelf
from ui.region import Region, Regions
from ui.render import (
    answer_html,
    error_html,
    question_html,
    stopped_html,
    turn_of,
    waiting_html,
)
from ui.scope import filters_of, named_in, told
from ui.seams import Engine, Incoming

if TYPE_CHECKING:
    from ui.conversations import Keeper

logger = logging.getLogger(__name__)

SEARCHING: Final = "Looking through the documents …"
BUG: Final = "Something went wrong in Pagelight itself. The terminal shows where."
STOPPED: Final = "Stopped."
PARTLY: Final = "Only a part of the documents was searched."
NOTHING: Final = "No document fits what was chosen to be searched."
READING: Final = "Documents are still being read: ask again when that is done."

_EDIT: Final = '<button type="button" class="edit-question">Edit</button>'

Message = dict[str, Any]
"""A bubble, as the chat component takes it: role and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came with one message: words, a picture, the name of a part of a page, a scope.

    `picture` is the id of a stored picture, of a conversation that was opened again.
    """

    text: str = ""
    images: tuple[str, ...] = ()
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.text or self.images or self.picture or self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An exchange, and how many messages and turns stand before it."""

    asked: Asked
    messages: int
    turns: int


@dataclass(slots=True)
class Conversation:
    """What was said: bubbles to show, and turns for later questions to refer to.

    `growing` is the bubble that an answer is being written into, None between questions; `latest`
    is that answer as far as it has come. `id` is empty until something is asked.
    """

    messages: list[Message] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    growing: Message | None = None
    id: str = ""
    begun: list[Begun] = field(default_factory=list)
    latest: Answer | None = None

    @property
    def is_growing(self) -> bool:
        return self.growing is not None

    def begin(self, asked: Asked, *, waiting: str, region: Region | None = None) -> Message:
        """Add a question, and the bubble that its answer will grow in."""
        self.begun.append(
            Begun(asked=asked, messages=len(self.messages), turns=len(self.turns)),
        )
        for image in asked.images:
            picture = {"path": image, "alt_text": "Picture of the question"}
            self.messages.append({"role": "user", "content": picture})
        if asked.text or region or asked.picture:
            self.messages.append({"role": "user", "content": self._question(asked, region)})
        self.growing = {"role": "assistant", "content": waiting_html(waiting)}
        self.latest = None
        self.messages.append(self.growing)
        return self.growing

    def _question(self, asked: Asked, region: Region | None) -> str:
        """Return the bubble; the class tells the page which conversation this is."""
        html = question_html(
            asked.text, region=region, picture=asked.picture, scope=told(asked.scope)
        )
        edit = _EDIT if asked.text else ""
        return f'<div class="asked talk-{self.id}">{html}{edit}</div>' if self.id else html

    def stop(self) -> None:
        """Leave the answer as far as it has come; what comes later for it is dropped."""
        if self.growing is not None and "waiting" in self.growing["content"].partition(">")[0]:
            self.growing["content"] = stopped_html(STOPPED, tools=again_tools(self))
        self.growing = None

    def back_to(self, position: int) -> Asked | None:
        """Drop the exchange at `position` (from 0) and all after it; return what it asked."""
        if not 0 <= position < len(self.begun):
            return None
        begun = self.begun[position]
        del self.messages[begun.messages :], self.turns[begun.turns :], self.begun[position:]
        self.growing = None
        return begun.asked


class Replier:
    """Answers messages. One for the whole program; conversations come in as arguments."""

    def __init__(
        self,
        engine: Engine,
        *,
        shelf: Shelf,
        incoming: Incoming,
        regions: Regions | None = None,
        keeper: Keeper | None = None,
        is_reading: Callable[[], bool] = bool,
    ) -> None:
        """`is_reading` tells whether documents are being read just now."""
        self._engine = engine
        self._shelf = shelf
        self._incoming = incoming
        self._regions = regions
        self._keeper = keeper
        self._is_reading = is_reading

    def reply(
        self,
        conversation: Conversation,
        text: str,
        images: list[str],
        *,
        as_is: bool = False,
        region: str = "",
        scope: Sequence[str] = (),
    ) -> Iterator[list[Message]]:
        """Yield the conversation's bubbles as they grow; nothing for an empty message.

        Nothing either while an answer grows; once it is stopped its bubbles end without a word.
        `as_is` asks without what was said before, so that nothing of it is read into the text.
        `region` names the part of a page that is asked about, `scope` what is searched.
        """
        asked = Asked(
            text=text.strip(),
            images=tuple(images[:1]),
            region=region.strip(),
            scope=tuple(scope),
        )
        yield from self._reply(conversation, asked, as_is=as_is)

    def again(
        self, conversation: Conversation, position: int, text: str = ""
    ) -> Iterator[list[Message]]:
        """Ask the question at `position` (from 0) again, with other words if any are given.

        What came after it is dropped.
        """
        asked = conversation.back_to(position)
        if asked is not None:
            changed = replace(asked, text=text.strip() or asked.text)
            yield from self._reply(conversation, changed, as_is=False)

    def stop(self, conversation: Conversation) -> None:
        """Stop the answer that is being written, and keep it as far as it has come."""
        bubble, latest = conversation.growing, conversation.latest
        conversation.stop()
        if bubble is None or latest is None:
            return
        if not latest.complete:
            latest = replace(latest, notes=(*latest.notes, STOPPED), complete=True)
            self._end(conversation, conversation.begun[-1].asked.text, latest)
        bubble["content"] = self._html(conversation, latest, key=self._shelf.new_key())

    def reopened(self, conversation_id: str) -> Conversation:
        """Return a kept conversation as it was; an empty one where it is unknown."""
        if self._keeper is None:
            return Conversation()
        return self._keeper.reopened(conversation_id)

    def _reply(
        self, conversation: Conversation, asked: Asked, *, as_is: bool
    ) -> Iterator[list[Message]]:
        if asked.empty or conversation.is_growing:
            return
        if self._keeper is not None:
            conversation.id = conversation.id or self._keeper.new_id()
        earlier = () if as_is else tuple(conversation.turns)
        text, asked = self._scoped(asked)
        part = self._regions.find(asked.region) if self._regions else None
        bubble = conversation.begin(asked, waiting=self._waiting_text(), region=part)
        self._keep(conversation, None)
        contents = self._contents(conversation, replace(asked, text=text), earlier)
        try:
            yield from _growing(conversation, bubble, contents)
        finally:
            if conversation.growing is bubble:  # the page went away
                self.stop(conversation)

    def _scoped(self, asked: Asked) -> tuple[str, Asked]:
        """Return the words to search, and the message with its scope: files named with @ first."""
        if "@" not in asked.text:
            return asked.text, asked
        sources = (source for doc in self._engine.index.documents() for source in doc.sources)
        text, named = named_in(asked.text, sources)
        return text, replace(asked, scope=named or asked.scope)

    def _waiting_text(self) -> str:
        return SEARCHING if self._engine.ready() else self._engine.status() or SEARCHING

    def _contents(
        self, conversation: Conversation, asked: Asked, earlier: tuple[Turn, ...]
    ) -> Iterator[str]:
        """Yield what the bubble shows: the growing answer, or what went wrong."""
        try:
            yield from self._answer(conversation, asked, earlier)
        except PagelightError as error:
            yield error_html(str(error), tools=again_tools(conversation))
        except Exception:
            logger.exception("a question failed by a bug")
            yield error_html(BUG, tools=again_tools(conversation))

    def _answer(
        self, conversation: Conversation, asked: Asked, earlier: tuple[Turn, ...]
    ) -> Iterator[str]:
        key, bubble = self._shelf.new_key(), conversation.growing
        for answer in self._engine.ask(self._query(asked), earlier):
            if not (answer.complete or answer.text.strip()):
                yield waiting_html(reading_told(answer.hits) or SEARCHING)
                continue
            if conversation.growing is not bubble:  # stopped meanwhile
                return
            conversation.latest = told_answer = self._with_limits(answer)
            if answer.complete:
                self._end(conversation, asked.text, told_answer)
            yield self._html(conversation, told_answer, key=key)

    def _end(self, conversation: Conversation, text: str, answer: Answer) -> None:
        """Add a whole answer to the last question, whose words are `text`."""
        conversation.turns.append(turn_of(text, answer))
        self._keep(conversation, answer)

    def _html(self, conversation: Conversation, answer: Answer, *, key: str) -> str:
        self._shelf.put_answer(key, answer)
        tools = tools_of(answer, conversation) if conversation.id else ""
        return answer_html(answer, key=key, tools=tools)

    def _with_limits(self, answer: Answer) -> Answer:
        """Say, where nothing was found, that not all was searched."""
        if answer.answered:
            return answer
        only = replace(answer.query.filters, collections=None)
        part = (PARTLY if self._holds(only) else NOTHING,) if only != NO_FILTERS else ()
        reading = (READING,) if self._is_reading() else ()
        return replace(answer, notes=(*answer.notes, *part, *reading))

    def _holds(self, only: Filters) -> bool:
        """Tell whether any document is among those that were chosen."""
        return any(
            only.admit(source=source, media_type=record.media_type, day=record.day)
            for record in ready_documents(self._engine.index)
            for source in record.sources
        )

    def _keep(self, conversation: Conversation, answer: Answer | None) -> None:
        if self._keeper is not None:
            self._keeper.keep(conversation, answer)

    def _query(self, asked: Asked) -> Query:
        """Read the picture and the part of a page that came with the words."""
        files = [
            *asked.images,
            *([str(self._keeper.picture(asked.picture))] if asked.picture and self._keeper else []),
        ]
        attachments = tuple(self._incoming.attach(Path(file), whole=False) for file in files)
        region = None
        if asked.region and self._regions:
            region = self._regions.chunk(asked.region)
        return Query(
            text=asked.text, attachments=attachments, region=region, filters=filters_of(asked.scope)
        )


def _growing(
    conversation: Conversation, bubble: Message, contents: Iterator[str]
) -> Iterator[list[Message]]:
    """Yield the bubbles, at last as they stay; nothing more once the answer is stopped."""
    yield conversation.messages
    for content in contents:
        if conversation.growing is not bubble:
            return
        bubble["content"] = content
        yield conversation.messages
    if conversation.growing is bubble:
        conversation.growing = None
        yield conversation.messages


def reading_told(hits: Sequence[Hit]) -> str:
    """Say which documents are read for the answer: the likeliest by name; "" for none."""
    sources = list(dict.fromkeys(hit.chunk.source for hit in hits[:READ_HITS]))
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f"Reading {sources[0]}{more} …" if sources else ""
