"""A message comes in, growing bubbles go out. Knows nothing of Gradio.

The conversation is changed in place: what was said before a Stop stays said.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pagelight.services.answering.asking import Incoming, attached, ready_documents, unread
from pagelight.services.answering.places import SEARCHING, waiting_text
from pagelight.services.answering.question_queue import QueuedEngine
from pagelight.ui.chat.conversation import (
    Conversation,
    ConversationSaver,
    ExchangeView,
    Message,
    is_about,
    kept_of,
    tried,
)
from pagelight.ui.language import explained, key, known, say, translated
from pagelight.ui.scope import filters_of, named_in
from rag.datamodel import NO_FILTERS, Answer, Attachment, Query, Turn
from rag.errors import PagelightError, SourceError
from rag.question_length import MAX_CHARACTERS, check_length
from rag.storage.conversations.exchange import Exchange
from rag.understanding.question.odd_input import reply_to

logger = logging.getLogger(__name__)

MAX_FILES: Final = 10
"""Files of one message that are read."""

_FIGURE: Final = re.compile(r"\d+")
TITLE_WORDS: Final = range(1, 10)
"""So many has a title; what a model says at greater length is none."""

BUG: Final = key("Something went wrong in Pagelight itself. The terminal shows where.")
TOO_MANY: Final = key("{file} was not read: a question takes {most} files.")
PARTLY: Final = key("Only a part of the documents was searched.")
NOTHING: Final = key("No document fits what was chosen to be searched.")
EMPTY: Final = key("There are no documents yet: add some, then ask again.")
READING: Final = key("Documents are still being read: ask again when that is done.")


class AnswerStreamer:
    """Answers messages. One for the whole program; conversations come in as arguments."""

    def __init__(
        self,
        engine: QueuedEngine,
        *,
        incoming: Incoming,
        saver: ConversationSaver,
        is_reading: Callable[[], bool] = bool,
    ) -> None:
        """`is_reading` tells whether documents are being read just now."""
        self.saver = saver
        self._engine = engine
        self._incoming = incoming
        self._is_reading = is_reading
        self._lock = threading.Lock()
        """Held, for an instant, by who begins or ends an exchange or lets its bubble grow."""

    def reply(
        self,
        conversation: Conversation,
        text: str,
        files: Sequence[str] = (),
        *,
        as_is: bool = False,
        region: str = "",
        scope: Sequence[str] = (),
        begins: Callable[[], object] = bool,
    ) -> Iterator[list[Message]]:
        """Yield the conversation's bubbles as they grow; nothing for an empty message.

        Nothing either while an answer grows; once it is stopped its bubbles end without a word.
        `files` are paths of what came with it. `as_is` asks without what was said before, so that
        nothing of it is read into the text. `region` names the part of a page that is asked about,
        `scope` what is searched, by a conversation that begins from now on. `begins` is called once
        the question stands there, before it is kept.
        """
        alone = bool(as_is or files or region.strip())
        words, scope = text.strip(), tuple(scope)
        carried = conversation.carried(words, scope) if words and not alone else ()
        asked = Exchange(
            id="", question=words, attachments=carried, region=region.strip(), scope=scope
        )
        new = ExchangeView(asked=asked, files=tuple(files), follows=bool(carried))
        chosen = None if conversation.id else scope  # kept already: another by now, perhaps
        yield from self._reply(conversation, new, as_is=as_is, chosen=chosen, begins=begins)

    def again(
        self,
        conversation: Conversation,
        exchange_id: str,
        text: str = "",
        *,
        begins: Callable[[], object] = bool,
    ) -> Iterator[list[Message]]:
        """Ask the question of an exchange again, with other words if any are given.

        With other words it is a branch beside it: what came after it is shown no more, and kept.
        As it was it is asked at the end, beside itself where it stands there.
        """
        ids = [exchange.asked.id for exchange in conversation.exchanges]
        if exchange_id not in ids:
            return
        position = ids.index(exchange_id)
        self.stop(conversation)
        former, words = conversation.exchanges[position], text.strip()
        question = words or former.asked.question
        asked = replace(former.asked, question=question, answer=None, failure="")
        new = ExchangeView(asked=asked, files=former.files, follows=former.follows)
        place = position if words or exchange_id == ids[-1] else None
        yield from self._reply(conversation, new, place=place, begins=begins)

    def stop(self, conversation: Conversation) -> None:
        """Stop the answer that is being written, and keep it as far as it has come."""
        with self._lock:
            if not conversation.is_growing:  # it is whole, or another stopped it
                return
            exchange = conversation.stop()
        self.saver.keep(exchange)

    def entitle(self, conversation: Conversation) -> None:
        """Let a model name a conversation by its first question and answer, if nobody asks."""
        latest = conversation.latest
        if latest is None or not latest.answered or len(conversation.exchanges) > 1:
            return
        asked = conversation.exchanges[0].asked.question
        try:
            written = self._engine.title(asked, latest.text)
        except PagelightError as error:
            logger.warning("a conversation is not named: %s", error)
            return
        title = " ".join(written.split()).strip("\"'“”«».# ")
        figures, known = (set(_FIGURE.findall(text)) for text in (title, asked))
        if len(title.split()) in TITLE_WORDS and figures <= known:  # it names, it does not answer
            with tried("the title of a conversation"):
                self.saver.store.entitle(conversation.id, asked, title)

    def _reply(
        self,
        conversation: Conversation,
        exchange: ExchangeView,
        *,
        as_is: bool = False,
        place: int | None = None,
        chosen: tuple[str, ...] | None = None,
        begins: Callable[[], object],
    ) -> Iterator[list[Message]]:
        """Begin at `place` (from 0), keep, answer; a new one is asked of `chosen` from now on."""
        asked = exchange.asked
        came = (asked.attachments, asked.picture, asked.region, exchange.files)
        if not (asked.question or any(came)):
            return
        text = asked.question
        if "@" in text and len(text) <= MAX_CHARACTERS:  # longer: to be refused
            sources = (source for doc in self._engine.index.documents() for source in doc.sources)
            text, named = named_in(text, sources)
            asked = replace(asked, scope=named or asked.scope)
        regions = self.saver.regions
        exchange.region = regions.find(asked.region) if regions else None
        waiting = translated("" if self._engine.ready() else self._engine.status())
        with self._lock:
            if conversation.is_growing:
                return
            if place is not None:
                del conversation.exchanges[place:]
            earlier = conversation.turns
            exchange.asked = replace(asked, id=self.saver.store.new_id())
            conversation.id = conversation.id or self.saver.begin()
            conversation.begin(exchange, waiting=waiting or say(SEARCHING))
        begins()
        self.saver.keep(exchange)
        if chosen is not None:
            with tried("what a conversation is asked of"):
                self.saver.store.set_scope(conversation.id, chosen)
        with self._lock:
            versions = self.saver.store.versions(conversation.id)
            exchange.versions = versions.get(exchange.asked.id, ())
            exchange.show_question()
        yield conversation.messages
        yield from self._growing(conversation, exchange, text, () if as_is else earlier)

    def _growing(
        self,
        conversation: Conversation,
        exchange: ExchangeView,
        text: str,
        history: Sequence[Turn],
    ) -> Iterator[list[Message]]:
        failure = ""
        try:
            check_length(exchange.asked.question)  # before files are read for it
            if exchange.files:
                files = ", ".join(Path(file).name for file in exchange.files)
                note = say("Reading {files} …", files=files)
                waits = Answer(query=Query(text=text or files), text="", notes=(note,))
                if not self._shown(conversation, exchange, waits):
                    return
                yield conversation.messages
            for answer in self._engine.ask(self._query(exchange, text), history):
                if not self._shown(conversation, exchange, self._with_limits(answer)):
                    return
                yield conversation.messages
        except PagelightError as error:
            failure = explained(error)
        except Exception:
            logger.exception("a question failed by a bug")
            failure = known(BUG)
        with self._lock:
            if conversation.growing is not exchange.bubble:  # an answer came, or it was stopped
                return
            conversation.growing = None
            if failure:
                exchange.show_failure(failure)
        if failure:
            self.saver.keep(exchange)
        yield conversation.messages

    def _shown(self, conversation: Conversation, exchange: ExchangeView, answer: Answer) -> bool:
        """Let the bubble show an answer, and end where it is whole; False once it is stopped."""
        with self._lock:
            if conversation.growing is not exchange.bubble:
                return False
            if not (answer.complete or answer.text.strip()):
                words = waiting_text(replace(answer, steps=()))  # what was done stands above it
                exchange.show_waiting(translated(words), answer.steps)
                return True
            exchange.show_answer(answer)
            if answer.complete:
                exchange.is_about = is_about(answer, exchange.asked.attachments)
                if exchange.follows and not exchange.is_about:  # what it did not need was not meant
                    exchange.asked = replace(exchange.asked, attachments=())
                    exchange.follows = False
                    exchange.show_question()
                exchange.turn = answer.turn(exchange.asked.question)
                conversation.growing = None
        if answer.complete:
            self.saver.keep(exchange)
        return True

    def _query(self, exchange: ExchangeView, text: str) -> Query:
        attachments = tuple(self._attachments(exchange))
        if attachments:
            document = self._engine.index.document
            given = tuple(kept_of(each, document(each.doc_id)) for each in attachments)
            exchange.asked = replace(exchange.asked, picture="", attachments=given)
            exchange.files = ()
            exchange.show_question()
            self.saver.keep(exchange)
        asked, regions = exchange.asked, self.saver.regions
        return Query(
            text=text,
            attachments=attachments,
            region=regions.chunk(asked.region) if asked.region and regions else None,
            filters=filters_of(asked.scope),
            wishes=self.saver.library.preferences.wishes(exchange.conversation_id),
        )

    def _attachments(self, exchange: ExchangeView) -> Iterator[Attachment]:
        incoming, asked = self._incoming, exchange.asked
        for given in asked.attachments:
            try:
                yield incoming.attached_before(given.doc_id, given.name)
            except SourceError as error:
                yield unread(given.name, explained(error))
        if asked.picture:
            path = self.saver.picture(asked.picture)
            yield incoming.attach(path, name=f"picture{path.suffix}", whole=False)
        paths = [Path(file) for file in exchange.files]
        for path in paths[:MAX_FILES]:
            yield attached(lambda path: incoming.attach(path, whole=False), path)
        for path in paths[MAX_FILES:]:
            yield unread(path.name, known(TOO_MANY).format(file=path.name, most=MAX_FILES))

    def _with_limits(self, answer: Answer) -> Answer:
        """Say, where nothing was found, that not all was searched, or that there is nothing."""
        is_shown = answer.complete or answer.text.strip()
        if answer.answered or not is_shown or reply_to(answer.query.text):
            return answer
        only = replace(answer.query.filters, collections=None)
        ready = ready_documents(self._engine.index)
        there = [(each, source) for each in ready for source in each.sources]
        is_admitted = any(
            only.admit(source=source, media_type=each.media_type, day=each.day)
            for each, source in there
        )
        part = "" if only == NO_FILTERS else PARTLY if is_admitted else NOTHING
        left = READING if self._is_reading() else "" if there else EMPTY
        return replace(answer, notes=(*answer.notes, *filter(None, (part, left))))
