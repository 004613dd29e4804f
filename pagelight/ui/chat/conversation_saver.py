"""Conversations that are kept: stored as they go on, and opened again with their sources.

Knows the store and how bubbles look; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pagelight.services.answering.asking import Library
from pagelight.services.answering.places import Place, cells_of, considered_of, places_of
from pagelight.ui.chat.conversation import (
    Conversation,
    ExchangeView,
    given_places,
    is_about,
)
from pagelight.ui.language import say
from pagelight.ui.source.crops import Regions
from rag.datamodel import Answer
from rag.errors import PagelightError, SourceError
from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.exchange import Exchange
from rag.storage.database.servers import GrowingAnswers

logger = logging.getLogger(__name__)

Growing = Callable[[str, str], Answer | None]
"""Returns an answer as far as it has come, by the ids of its conversation and exchange."""


class ConversationSaver:
    """Stores conversations and opens them. One for the whole program.

    A workspace that can't be written costs no answer.
    """

    def __init__(self, library: Library, *, regions: Regions | None = None) -> None:
        self.store: Conversations = library.conversations
        self.growing: GrowingAnswers = library.growing
        self.regions = regions
        self.library = library

    def keep(self, exchange: ExchangeView) -> None:
        """Store an exchange as it is by now."""
        with _tried("a conversation"):
            self.store.put(exchange.conversation_id, exchange.asked, after=exchange.after)

    def keep_scope(self, conversation_id: str, entries: Sequence[str]) -> None:
        with _tried("what a conversation is asked of"):
            self.store.set_scope(conversation_id, entries)

    def entitle(self, conversation_id: str, question: str, title: str) -> None:
        with _tried("the title of a conversation"):
            self.store.entitle(conversation_id, question, title)

    def begin(self) -> str:
        """Return the id of a conversation that begins: what was wished for the next is for it."""
        conversation_id = self.store.new_id()
        with _tried("how answers are wanted"):
            self.library.preferences.begin(conversation_id)
        return conversation_id

    def picture(self, picture: str) -> Path:
        """Return where a picture of a question is stored. Raises SourceError if it is gone."""
        found = self.library.assets.find(picture)
        if found is None:
            raise SourceError("The picture of this question is no longer stored.")
        return found[0]

    def reopened(self, conversation_id: str) -> Conversation:
        """Return a conversation as it was; an empty one for an id that is unknown."""
        exchanges = self.store.get(conversation_id)
        conversation = Conversation(id=conversation_id if exchanges else "")
        versions = self.store.versions(conversation_id)
        for exchange in exchanges:
            self._add(conversation, exchange, versions.get(exchange.id, ()))
        return conversation

    def _add(self, conversation: Conversation, kept: Exchange, versions: tuple[str, ...]) -> None:
        came = {each.doc_id for each in kept.attachments}
        earlier = {each.doc_id for one in conversation.exchanges for each in one.asked.attachments}
        follows = bool(came) and came <= earlier
        region = self.regions.find(kept.region) if self.regions else None
        exchange = conversation.begin(
            ExchangeView(asked=kept, follows=follows, region=region, versions=versions)
        )
        conversation.growing = None
        if kept.answer is None:
            exchange.show_failure(kept.failure)
            return
        exchange.is_about = is_about(kept.answer, kept.attachments)
        answer = self._with_gone(kept.answer)
        exchange.turn = answer.turn(kept.question)
        exchange.show_answer(answer)

    def _with_gone(self, answer: Answer) -> Answer:
        """Name the sources that the index no longer holds with the bytes that were read."""
        cited = {place.chunk.doc_id: place.chunk.source for place in places_of(answer)}
        gone = [source for doc_id, source in cited.items() if not self.library.document(doc_id)]
        if not gone:
            return answer
        line = say("Changed or removed since this was asked: {files}.", files=", ".join(gone))
        return replace(answer, notes=(*answer.notes, line))


@contextmanager
def _tried(what: str) -> Iterator[None]:
    try:
        yield
    except PagelightError as error:
        logger.warning("%s could not be kept: %s", what, error)


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
