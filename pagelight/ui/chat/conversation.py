"""One conversation: a message comes in, growing bubbles go out. Knows nothing of Gradio.

The conversation is changed in place: what was said before a Stop stays said.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pagelight.services.answering.places import answer_key
from pagelight.services.answering.protocols import EngineSeam, Incoming
from pagelight.ui.answers.render import (
    answer_html,
    error_html,
    waiting_html,
    waiting_words,
)
from pagelight.ui.chat.answer_tools import again_tools, tools_of
from pagelight.ui.chat.bubbles import Begun, Message, SentMessage
from pagelight.ui.chat.conversation_state import STOPPED, Conversation, stopped
from pagelight.ui.chat.conversations import Keeper
from pagelight.ui.chat.questions import Questions
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.sentences import explained, translated
from pagelight.ui.source.region import Regions
from rag.datamodel import Answer, Turn
from rag.errors import PagelightError
from rag.question_length import check_length

logger = logging.getLogger(__name__)

BUG: Final = key("Something went wrong in Pagelight itself. The terminal shows where.")

Begins = Callable[[], None]
Content = tuple[str, Answer | None]
"""The HTML of a bubble, and the answer that it shows, if it is one."""


def _unheard() -> None:
    """Nobody is told that an answer begins."""


class Replier:
    """Answers messages. One for the whole program; conversations come in as arguments."""

    def __init__(
        self,
        engine: EngineSeam,
        *,
        incoming: Incoming,
        keeper: Keeper,
        regions: Regions | None = None,
        is_reading: Callable[[], bool] = bool,
    ) -> None:
        """`is_reading` tells whether documents are being read just now."""
        self._engine = engine
        self._questions = Questions(
            engine, incoming=incoming, keeper=keeper, regions=regions, is_reading=is_reading
        )
        self._regions = regions
        self._keeper = keeper
        self._turns = threading.Lock()
        """Held, for an instant, by who begins or ends an exchange or lets its bubble grow."""

    def reply(
        self,
        conversation: Conversation,
        text: str,
        files: list[str],
        *,
        as_is: bool = False,
        region: str = "",
        scope: Sequence[str] = (),
        begins: Begins = _unheard,
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
        asked = SentMessage(
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
        self,
        conversation: Conversation,
        exchange_id: str,
        text: str = "",
        *,
        begins: Begins = _unheard,
    ) -> Iterator[list[Message]]:
        """Ask the question of an exchange again, with other words if any are given.

        With other words it is a branch beside it: what came after it is shown no more, and kept.
        As it was it is asked at the end, beside itself where it stands there.
        """
        ids = [begun.id for begun in conversation.begun]
        if exchange_id not in ids:
            return
        position = ids.index(exchange_id)
        self.stop(conversation)
        asked, words = conversation.begun[position].asked, text.strip()
        is_last = position == len(conversation.begun) - 1
        changed = replace(asked, text=words or asked.text)
        place = position if words or is_last else None
        yield from self._reply(conversation, changed, as_is=False, place=place, begins=begins)

    def stop(self, conversation: Conversation) -> None:
        """Stop the answer that is being written, and keep it as far as it has come."""
        bubble = conversation.growing
        if bubble is not None:
            self._stop(conversation, bubble)

    def _stop(self, conversation: Conversation, bubble: Message) -> None:
        with self._turns:
            if conversation.growing is not bubble:  # it is whole, or another stopped it
                return
            begun, latest = conversation.begun[-1], conversation.latest
            conversation.stop()
            told = stopped(latest) if latest else None
            if told is not None:
                conversation.turns.append(told.turn(begun.asked.text))
                bubble["content"] = _html(conversation, begun, told)
        self._keeper.keep(conversation, begun, told, told="" if told else STOPPED)

    def reopened(self, conversation_id: str) -> Conversation:
        """Return a kept conversation as it was; an empty one where it is unknown."""
        return self._keeper.reopened(conversation_id)

    def scope(self, conversation_id: str) -> tuple[str, ...]:
        """Return the entries that a conversation is asked of; none: everything."""
        return self._keeper.scope(conversation_id)

    def go_to(self, conversation_id: str, exchange_id: str) -> None:
        """Let the conversation show the branch of an exchange."""
        self._keeper.go_to(conversation_id, exchange_id)

    def delete(self, conversation_id: str) -> None:
        """Delete a kept conversation, which can be restored."""
        self._keeper.delete(conversation_id)

    def _reply(
        self,
        conversation: Conversation,
        asked: SentMessage,
        *,
        as_is: bool,
        place: int | None = None,
        chosen: tuple[str, ...] | None = None,
        begins: Begins,
    ) -> Iterator[list[Message]]:
        """Begin, keep and answer; `chosen` is what one that begins is asked of from now on."""
        if asked.empty:
            return
        text, asked = self._questions.scoped(asked)
        started = self._begin(conversation, asked, place=place)
        if started is None:
            return
        begun, turns = started
        earlier = () if as_is else turns
        begins()
        self._keeper.keep(conversation, begun, None)
        if chosen is not None:
            self._keeper.keep_scope(conversation.id, chosen)
        with self._turns:
            begun.versions = self._keeper.versions(conversation, begun)
            conversation.show_question(begun)
        contents = self._contents(conversation, begun, replace(asked, text=text), earlier)
        yield from self._growing(conversation, begun, contents)

    def _begin(
        self, conversation: Conversation, asked: SentMessage, *, place: int | None
    ) -> tuple[Begun, tuple[Turn, ...]] | None:
        """Begin an exchange; return it and the turns before it, None while an answer grows."""
        part = self._regions.find(asked.region) if self._regions else None
        waiting = self._waiting_text()
        with self._turns:
            if conversation.is_growing:
                return None
            if place is not None:
                conversation.back_to(place)
            earlier, exchange_id = tuple(conversation.turns), self._keeper.new_id()
            conversation.id = conversation.id or self._keeper.begin()
            begun = conversation.begin(
                asked,
                waiting=waiting,
                region=part,
                exchange_id=exchange_id,
                key=answer_key(conversation.id, exchange_id),
            )
        return begun, earlier

    def _growing(
        self, conversation: Conversation, begun: Begun, contents: Iterator[Content]
    ) -> Iterator[list[Message]]:
        """Yield the bubbles, at last as they stay; nothing more once the answer is stopped."""
        yield conversation.messages
        for html, answer in contents:
            if not self._shown(conversation, begun, html, answer):
                return
            yield conversation.messages
        with self._turns:
            if conversation.growing is not begun.bubble:
                return
            conversation.growing = None  # it failed
        yield conversation.messages

    def _shown(
        self, conversation: Conversation, begun: Begun, html: str, answer: Answer | None
    ) -> bool:
        """Let the bubble show `html`, and end where the answer is whole; False once it is stopped.

        A Stop comes before all of this or after it: one of both ends the answer.
        """
        with self._turns:
            if conversation.growing is not begun.bubble:
                return False
            begun.bubble["content"] = html
            conversation.latest = answer or conversation.latest
            whole = answer if answer and answer.complete else None
            if whole is not None:
                self._questions.end_given(conversation, begun, whole)
                conversation.turns.append(whole.turn(begun.asked.text))
                conversation.growing = None
        if whole is not None:
            self._keeper.keep(conversation, begun, whole)
        return True

    def _waiting_text(self) -> str:
        return translated("" if self._engine.ready() else self._engine.status()) or say(
            "Looking through the documents …"
        )

    def _contents(
        self,
        conversation: Conversation,
        begun: Begun,
        asked: SentMessage,
        earlier: tuple[Turn, ...],
    ) -> Iterator[Content]:
        """Yield what the bubble shows: the growing answer, or what went wrong."""
        try:
            check_length(begun.asked.text)  # before files are read for it
            yield from self._answers(conversation, begun, asked, earlier)
        except PagelightError as error:
            yield self._failed(conversation, begun, explained(error)), None
        except Exception:
            logger.exception("a question failed by a bug")
            yield self._failed(conversation, begun, known(BUG)), None

    def _failed(self, conversation: Conversation, begun: Begun, why: str) -> str:
        """Keep why there is no answer; return the bubble that tells it. What was stopped stays."""
        if conversation.growing is begun.bubble:
            self._keeper.keep(conversation, begun, None, told=why)
        return error_html(why, tools=again_tools(begun))

    def _answers(
        self,
        conversation: Conversation,
        begun: Begun,
        asked: SentMessage,
        earlier: tuple[Turn, ...],
    ) -> Iterator[Content]:
        if asked.files:
            yield (
                waiting_html(
                    say("Reading {files} …", files=", ".join(Path(f).name for f in asked.files))
                ),
                None,
            )
        for answer in self._engine.ask(self._questions.query(conversation, begun, asked), earlier):
            if not (answer.complete or answer.text.strip()):
                yield waiting_html(waiting_words(answer), answer.steps), None
                continue
            told_answer = self._questions.with_limits(answer)
            yield _html(conversation, begun, told_answer), told_answer


def _html(conversation: Conversation, begun: Begun, answer: Answer) -> str:
    tools = tools_of(answer, conversation.id, begun)
    return answer_html(answer, key=begun.key, tools=tools)
