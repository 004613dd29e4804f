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
from pagelight.services.answering.places import SEARCHING
from pagelight.services.answering.question_queue import QueuedEngine
from pagelight.ui.answers.render import waiting_words
from pagelight.ui.chat.attachments import is_about, kept_of
from pagelight.ui.chat.conversation import STOPPED, Conversation, ExchangeView, Message, UserMessage
from pagelight.ui.chat.conversation_saver import ConversationSaver
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.sentences import explained, translated
from pagelight.ui.scope.scope import filters_of, named_in
from rag.datamodel import NO_FILTERS, Answer, Attachment, Filters, Query, Turn
from rag.errors import PagelightError, SourceError
from rag.question_length import MAX_CHARACTERS, check_length
from rag.storage.conversations.exchange import KeptAttachment

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

Begins = Callable[[], object]
"""Is told that an answer begins."""


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
        begins: Begins = bool,
    ) -> Iterator[list[Message]]:
        """Yield the conversation's bubbles as they grow; nothing for an empty message.

        Nothing either while an answer grows; once it is stopped its bubbles end without a word.
        `files` are paths of what came with it. `as_is` asks without what was said before, so that
        nothing of it is read into the text. `region` names the part of a page that is asked about,
        `scope` what is searched, by a conversation that begins from now on. `begins` is called once
        the question stands there, before it is kept.
        """
        alone = bool(as_is or files or region.strip())
        carried = () if alone else conversation.carried(text)
        asked = UserMessage(
            text=text.strip(),
            files=tuple(files),
            given=carried if text.strip() else (),
            follows=bool(carried),
            region=region.strip(),
            scope=tuple(scope),
        )
        chosen = None if conversation.id else tuple(scope)  # kept already: another by now, perhaps
        yield from self._reply(conversation, asked, as_is=as_is, chosen=chosen, begins=begins)

    def again(
        self, conversation: Conversation, exchange_id: str, text: str = "", *, begins: Begins = bool
    ) -> Iterator[list[Message]]:
        """Ask the question of an exchange again, with other words if any are given.

        With other words it is a branch beside it: what came after it is shown no more, and kept.
        As it was it is asked at the end, beside itself where it stands there.
        """
        ids = [exchange.id for exchange in conversation.exchanges]
        if exchange_id not in ids:
            return
        position = ids.index(exchange_id)
        self.stop(conversation)
        asked, words = conversation.exchanges[position].asked, text.strip()
        is_last = exchange_id == ids[-1]
        changed = replace(asked, text=words or asked.text)
        place = position if words or is_last else None
        yield from self._reply(conversation, changed, place=place, begins=begins)

    def stop(self, conversation: Conversation) -> None:
        """Stop the answer that is being written, and keep it as far as it has come."""
        with self._lock:
            if not conversation.is_growing:  # it is whole, or another stopped it
                return
            exchange = conversation.exchanges[-1]
            answer = conversation.stop()
        self.saver.keep(exchange, answer, failure="" if answer else STOPPED)

    def entitle(self, conversation: Conversation) -> None:
        """Let a model name a conversation by its first question and answer, if nobody asks."""
        latest = conversation.latest
        if latest is None or not latest.answered or len(conversation.exchanges) > 1:
            return
        asked = conversation.exchanges[0].asked.text
        try:
            written = self._engine.title(asked, latest.text)
        except PagelightError as error:
            logger.warning("a conversation is not named: %s", error)
            return
        title = " ".join(written.split()).strip("\"'“”«».# ")
        figures, known = (set(_FIGURE.findall(text)) for text in (title, asked))
        if len(title.split()) in TITLE_WORDS and figures <= known:  # it names, it does not answer
            self.saver.entitle(conversation.id, asked, title)

    def _reply(
        self,
        conversation: Conversation,
        asked: UserMessage,
        *,
        as_is: bool = False,
        place: int | None = None,
        chosen: tuple[str, ...] | None = None,
        begins: Begins,
    ) -> Iterator[list[Message]]:
        """Begin, keep and answer; `chosen` is what one that begins is asked of from now on."""
        if asked.empty:
            return
        text, asked = self._scoped(asked)
        region = self.saver.regions.find(asked.region) if self.saver.regions else None
        waiting = translated("" if self._engine.ready() else self._engine.status())
        with self._lock:
            if conversation.is_growing:
                return
            if place is not None:
                conversation.back_to(place)
            earlier, exchange_id = tuple(conversation.turns), self.saver.store.new_id()
            conversation.id = conversation.id or self.saver.begin()
            exchange = conversation.begin(
                asked, waiting=waiting or say(SEARCHING), region=region, exchange_id=exchange_id
            )
        begins()
        self.saver.keep(exchange, None)
        if chosen is not None:
            self.saver.keep_scope(conversation.id, chosen)
        with self._lock:
            exchange.versions = self.saver.versions(exchange)
            exchange.show_question()
        yield conversation.messages
        history = () if as_is else earlier
        yield from self._growing(conversation, exchange, replace(asked, text=text), history)

    def _growing(
        self,
        conversation: Conversation,
        exchange: ExchangeView,
        asked: UserMessage,
        history: Sequence[Turn],
    ) -> Iterator[list[Message]]:
        """Yield the bubbles, at last as they stay; nothing more once the answer is stopped."""
        failure = ""
        try:
            check_length(exchange.asked.text)  # before files are read for it
            if asked.files:
                files = ", ".join(Path(file).name for file in asked.files)
                note = say("Reading {files} …", files=files)
                waits = Answer(query=Query(text=asked.text or files), text="", notes=(note,))
                if not self._shown(conversation, exchange, waits):
                    return
                yield conversation.messages
            for answer in self._engine.ask(self._query(exchange, asked), history):
                if not self._shown(conversation, exchange, self._with_limits(answer)):
                    return
                yield conversation.messages
        except PagelightError as error:
            failure = explained(error)
        except Exception:
            logger.exception("a question failed by a bug")
            failure = known(BUG)
        if self._failed(conversation, exchange, failure):
            yield conversation.messages

    def _shown(self, conversation: Conversation, exchange: ExchangeView, answer: Answer) -> bool:
        """Let the bubble show an answer, and end where it is whole; False once it is stopped.

        A Stop comes before all of this or after it: one of both ends the answer.
        """
        with self._lock:
            if conversation.growing is not exchange.bubble:
                return False
            if not (answer.complete or answer.text.strip()):
                exchange.show_waiting(waiting_words(answer), answer.steps)
                return True
            conversation.latest = answer
            exchange.show_answer(answer)
            if answer.complete:
                self._end_given(exchange, answer)
                conversation.turns.append(answer.turn(exchange.asked.text))
                conversation.growing = None
        if answer.complete:
            self.saver.keep(exchange, answer)
        return True

    def _failed(self, conversation: Conversation, exchange: ExchangeView, why: str) -> bool:
        """Show, and keep, why there is no answer; False where one came, or it was stopped."""
        with self._lock:
            if conversation.growing is not exchange.bubble:
                return False
            conversation.growing = None
            if why:
                exchange.show_failure(why)
        if why:
            self.saver.keep(exchange, None, failure=why)
        return True

    def _scoped(self, asked: UserMessage) -> tuple[str, UserMessage]:
        """Return the words to search, and the message with its scope: files named with @ first."""
        if "@" not in asked.text or len(asked.text) > MAX_CHARACTERS:  # too long: to be refused
            return asked.text, asked
        sources = (source for doc in self._engine.index.documents() for source in doc.sources)
        text, named = named_in(asked.text, sources)
        return text, replace(asked, scope=named or asked.scope)

    def _query(self, exchange: ExchangeView, asked: UserMessage) -> Query:
        """Read the files and the part of a page that came with the words."""
        attachments = tuple(self._attachments(asked))
        if attachments:
            document = self._engine.index.document
            given = tuple(kept_of(each, document(each.doc_id)) for each in attachments)
            exchange.asked = replace(exchange.asked, files=(), picture="", given=given)
            exchange.show_question()
            self.saver.keep(exchange, None)
        regions = self.saver.regions
        return Query(
            text=asked.text,
            attachments=attachments,
            region=regions.chunk(asked.region) if asked.region and regions else None,
            filters=filters_of(asked.scope),
            wishes=self.saver.wishes(exchange.conversation_id),
        )

    def _attachments(self, asked: UserMessage) -> Iterator[Attachment]:
        """Yield what came with the question, read; what can't be read says why."""
        incoming = self._incoming
        for given in asked.given:
            yield self._again(given)
        if asked.picture:
            path = self.saver.picture(asked.picture)
            yield incoming.attach(path, name=f"picture{path.suffix}", whole=False)
        paths = [Path(file) for file in asked.files]
        for path in paths[:MAX_FILES]:
            yield attached(lambda path: incoming.attach(path, whole=False), path)
        for path in paths[MAX_FILES:]:
            yield unread(path.name, known(TOO_MANY).format(file=path.name, most=MAX_FILES))

    def _again(self, given: KeptAttachment) -> Attachment:
        try:
            return self._incoming.attached_before(given.doc_id, given.name)
        except SourceError as error:
            return unread(given.name, explained(error))

    def _end_given(self, exchange: ExchangeView, whole: Answer) -> None:
        """Note whether the answer is about what came; what it did not need was not meant."""
        exchange.is_about = is_about(whole, exchange.asked.given)
        if exchange.asked.follows and not exchange.is_about:
            exchange.asked = replace(exchange.asked, given=(), follows=False)
            exchange.show_question()

    def _with_limits(self, answer: Answer) -> Answer:
        """Say, where nothing was found, that not all was searched, or that there is nothing."""
        if answer.answered or not (answer.complete or answer.text.strip()):
            return answer
        only = replace(answer.query.filters, collections=None)
        part = (PARTLY if self._holds(only) else NOTHING,) if only != NO_FILTERS else ()
        left = READING if self._is_reading() else "" if self._holds(NO_FILTERS) else EMPTY
        return replace(answer, notes=(*answer.notes, *part, *filter(None, (left,))))

    def _holds(self, only: Filters) -> bool:
        """Tell whether any document is among those that were chosen."""
        return any(
            only.admit(source=source, media_type=record.media_type, day=record.day)
            for record in ready_documents(self._engine.index)
            for source in record.sources
        )
