"""Conversations that are kept: stored as they go on, and opened again with their sources.

Knows the store and how bubbles look; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pagelight.services.answering.places import (
    Place,
    answer_key,
    cells_of,
    considered_of,
    places_of,
)
from pagelight.services.answering.protocols import Library
from pagelight.ui.answers.render import answer_html, error_html, stopped_html
from pagelight.ui.chat.answer_tools import again_tools, tools_of
from pagelight.ui.chat.attachments import given_places, is_about
from pagelight.ui.chat.bubbles import Begun, SentMessage
from pagelight.ui.chat.conversation_state import STOPPED, UNFINISHED, Conversation
from pagelight.ui.html.language import known, say
from pagelight.ui.source.region import Regions
from rag.datamodel import Answer, AnswerWishes
from rag.errors import PagelightError, SourceError
from rag.storage.conversations.conversations import Conversations, Exchange

logger = logging.getLogger(__name__)

Growing = Callable[[str, str], Answer | None]
"""Returns an answer as far as it has come, by the ids of its conversation and exchange."""


class Keeper:
    """Stores conversations and opens them. One for the whole program."""

    def __init__(
        self,
        store: Conversations,
        library: Library,
        *,
        regions: Regions | None = None,
    ) -> None:
        self._store = store
        self._library = library
        self._regions = regions

    def new_id(self) -> str:
        return self._store.new_id()

    def keep(
        self, conversation: Conversation, begun: Begun, answer: Answer | None, *, told: str = ""
    ) -> None:
        """Store an exchange as it is by now; `told` stands in place of an answer.

        A workspace that can't be written costs no answer.
        """
        try:
            exchange = Exchange(
                id=begun.id,
                question=begun.asked.text,
                attachments=begun.asked.given,
                picture=begun.asked.picture,
                region=begun.asked.region,
                scope=begun.asked.scope,
                answer=answer,
                told=told,
            )
            self._store.put(conversation.id, exchange, after=begun.after)
        except PagelightError as error:
            logger.warning("a conversation could not be kept: %s", error)

    def scope(self, conversation_id: str) -> tuple[str, ...]:
        """Return the entries that a conversation is asked of; none: everything."""
        return self._store.scope(conversation_id)

    def keep_scope(self, conversation_id: str, entries: Sequence[str]) -> None:
        """Let a conversation be asked of these entries. One that can't be written costs nothing."""
        try:
            self._store.set_scope(conversation_id, entries)
        except PagelightError as error:
            logger.warning("what a conversation is asked of could not be kept: %s", error)

    def wishes(self, conversation_id: str) -> AnswerWishes:
        """Return how the person wants the answers of a conversation."""
        return self._library.preferences.wishes(conversation_id)

    def begin(self) -> str:
        """Return the id of a conversation that begins: what was wished for the next is for it."""
        conversation_id = self.new_id()
        try:
            self._library.preferences.begin(conversation_id)
        except PagelightError as error:
            logger.warning("how answers are wanted could not be kept: %s", error)
        return conversation_id

    def versions(self, conversation: Conversation, begun: Begun) -> tuple[str, ...]:
        """Return the ids of an exchange and those beside it; none where it could not be kept."""
        return self._store.versions(conversation.id).get(begun.id, ())

    def go_to(self, conversation_id: str, exchange_id: str) -> None:
        """Let the conversation show the branch of an exchange; nothing for one that is unknown."""
        self._store.go_to(conversation_id, exchange_id)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation; the list of conversations can restore it."""
        self._store.delete(conversation_id)

    def picture(self, picture: str) -> Path:
        """Return where a picture of a question is stored. Raises SourceError if it is gone."""
        found = self._library.assets.find(picture)
        if found is None:
            raise SourceError("The picture of this question is no longer stored.")
        return found[0]

    def reopened(self, conversation_id: str) -> Conversation:
        """Return a conversation as it was; an empty one for an id that is unknown."""
        exchanges = self._store.get(conversation_id)
        conversation = Conversation(id=conversation_id if exchanges else "")
        versions = self._store.versions(conversation_id)
        for exchange in exchanges:
            self._say(conversation, exchange, versions.get(exchange.id, ()))
        return conversation

    def _say(
        self, conversation: Conversation, exchange: Exchange, versions: tuple[str, ...]
    ) -> None:
        asked = SentMessage(
            text=exchange.question,
            given=exchange.attachments,
            follows=_follows(conversation, exchange),
            picture=exchange.picture,
            region=exchange.region,
            scope=exchange.scope,
        )
        region = self._regions.find(exchange.region) if self._regions else None
        begun = conversation.begin(
            asked,
            waiting="",
            region=region,
            exchange_id=exchange.id,
            versions=versions,
            key=answer_key(conversation.id, exchange.id),
        )
        conversation.growing = None
        if exchange.answer is None:
            begun.bubble["content"] = _without_answer(exchange.told, begun)
            return
        begun.is_about = is_about(exchange.answer, asked.given)
        answer = self._told(exchange.answer)
        conversation.turns.append(answer.turn(exchange.question))
        tools = tools_of(answer, conversation.id, begun)
        begun.bubble["content"] = answer_html(answer, key=begun.key, tools=tools)

    def _told(self, answer: Answer) -> Answer:
        """Add a line for the sources that are no longer there as they were read."""
        gone = gone_sources(answer, self._library)
        if not gone:
            return answer
        line = say("Changed or removed since this was asked: {files}.", files=", ".join(gone))
        return replace(answer, notes=(*answer.notes, line))


def _without_answer(told: str, begun: Begun) -> str:
    """Return the bubble where no answer is kept; nothing was told where the program ended."""
    html = stopped_html if told in {"", STOPPED} else error_html
    return html(known(told or UNFINISHED), tools=again_tools(begun))


def _follows(conversation: Conversation, exchange: Exchange) -> bool:
    """Tell whether all that a question has came with earlier ones of its conversation."""
    earlier = {each.doc_id for begun in conversation.begun for each in begun.asked.given}
    return bool(exchange.attachments) and {e.doc_id for e in exchange.attachments} <= earlier


def gone_sources(answer: Answer, library: Library) -> Sequence[str]:
    """Return the cited files that the index no longer holds with the bytes that were read."""
    cited = {place.chunk.doc_id: place.chunk.source for place in places_of(answer)}
    return [source for doc_id, source in cited.items() if library.document(doc_id) is None]


def place_finder(
    store: Conversations, library: Library, growing: Growing
) -> Callable[[str], tuple[Place, ...]]:
    """Return what finds the places of a key; none for one that is unknown to this person."""

    def find(key: str) -> tuple[Place, ...]:
        conversation_id, _, rest = key.partition("_")
        exchange_id, _, kind = rest.partition("_")
        grown = growing(conversation_id, exchange_id)  # first: it may be kept, and grow no more
        kept, pinned = store.exchange, library.pins.exchange
        exchange = kept(conversation_id, exchange_id) or pinned(conversation_id, exchange_id)
        if exchange is None:
            return ()
        answer = exchange.answer or grown
        if kind == "g":
            return given_places(exchange.attachments, answer, library.document)
        if answer is None:
            return ()
        if kind == "w":
            return cells_of(answer)
        unused, left_out = considered_of(answer)
        return (*unused, *left_out) if kind == "c" else places_of(answer)

    return find
