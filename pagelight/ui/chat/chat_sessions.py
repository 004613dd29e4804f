"""Conversations at work: each answer is written by a thread of its own, whoever looks on.

A page that goes away ends nothing, and one that comes back joins; so does one of another server.
Knows nothing of Gradio.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Final

from pagelight.services.jobs.shared_jobs import Elsewhere
from pagelight.ui.chat.answer_streamer import AnswerStreamer
from pagelight.ui.chat.conversation import Conversation, Message
from pagelight.ui.language import key
from rag.datamodel import Answer
from rag.errors import PagelightError
from rag.storage.database.servers import GrowingAnswer

logger = logging.getLogger(__name__)

CLOSE_S: Final = 5.0
"""So long the end of an answer that was stopped is waited for."""

STOPPING_S: Final = 0.05
"""So often it is looked whether another server has stopped one."""

MOVED_ON: Final = key(
    "This conversation went on in another tab. Here it is as it is now: ask again if you still "
    "want to."
)
DELETED: Final = key("This conversation was deleted. Ask again to begin a new one.")


class MovedOnError(PagelightError):
    """The conversation is another by now than the one that was shown to who asks."""


@dataclass(frozen=True, slots=True)
class ShownTalk:
    """What a page shows: a conversation, and its last exchange (ids; "" none)."""

    conversation_id: str = ""
    head: str = ""


@dataclass(eq=False, slots=True)
class _Run:
    """An answer that is being written by a thread of its own, in the language of who asked."""

    conversation: Conversation
    exchange_id: str
    thread: threading.Thread = field(default_factory=threading.Thread)


class ChatSessions:
    """One person's conversations. Safe for several threads."""

    def __init__(self, streamer: AnswerStreamer, elsewhere: Elsewhere | None = None) -> None:
        """`elsewhere` are the other servers of the workspace; None: as its ledger tells of them."""
        self._streamer = streamer
        self._saver = streamer.saver
        self._elsewhere = elsewhere or Elsewhere(streamer.saver.growing)
        self._closing = threading.Event()
        self._asking = threading.RLock()
        self._runs: dict[str, _Run] = {}

    @property
    def at_work(self) -> bool:
        """Whether an answer is being written."""
        return bool(self._runs)

    def open(self, conversation_id: str) -> Conversation:
        """Return a conversation as it is now; an empty one for an id that is unknown."""
        with self._asking:  # a question that is kept by now is answered, too
            run = self._runs.get(conversation_id)
            if run is not None:
                return run.conversation
            conversation = self._saver.reopened(conversation_id)
        found = self._elsewhere.all().get(conversation.id) if conversation.id else None
        last = conversation.exchanges[-1] if found else None
        if found and last and last.turn is None and conversation.head == found.exchange_id:
            conversation.growing = last.bubble  # another server writes it
            last.bubble["content"] = found.html
        return conversation

    def reply(self, shown: ShownTalk, text: str, files: list[str], **how: Any) -> Conversation:  # noqa: ANN401 - what the streamer takes
        """Ask as `AnswerStreamer.reply`. Raises MovedOnError where it is not as it was shown."""
        return self._ask(shown, self._streamer.reply, text, files, **how)

    def again(self, shown: ShownTalk, exchange_id: str, text: str) -> Conversation:
        """Ask as `AnswerStreamer.again` does; return and raise as `reply`."""
        return self._ask(shown, self._streamer.again, exchange_id, text)

    def _ask(
        self,
        shown: ShownTalk,
        ask: Callable[..., Iterator[list[Message]]],
        *words: object,
        **how: object,
    ) -> Conversation:
        until = time.monotonic() + CLOSE_S  # another server may be asked to stop one
        while self._elsewhere.is_stopping(shown.conversation_id) and time.monotonic() < until:
            self._closing.wait(STOPPING_S)
        with self._asking:
            conversation = self.open(shown.conversation_id)
            if ShownTalk(conversation.id, conversation.head) != shown:
                raise MovedOnError(MOVED_ON if conversation.id else DELETED)
            if conversation.is_growing and conversation.id not in self._runs:
                return conversation  # elsewhere
            # Who hears elsewhere of the question sees it answered, too.
            begins = lambda: self._elsewhere.begin(_growing(conversation))  # noqa: E731 - as it begins
            replies = ask(conversation, *words, begins=begins, **how)
            try:
                begun = next(replies, None)
            except BaseException:
                self._elsewhere.end(conversation.id, conversation.head)
                raise
            if begun is not None:
                run = _Run(conversation, conversation.head)
                work = (self._write, run, replies)
                run.thread = threading.Thread(
                    target=copy_context().run, args=work, name="answer", daemon=True
                )
                self._runs[conversation.id] = run
                run.thread.start()
        return conversation

    def scope(self, conversation_id: str) -> tuple[str, ...]:
        """Return the entries that a conversation is asked of; none: everything."""
        return self._saver.store.scope(conversation_id)

    def written(self) -> dict[str, tuple[str, str]]:
        """Return the answers being written: by conversation the exchange, and its HTML so far."""
        lately = self._elsewhere.lately()
        found = {key: (each.exchange_id, each.html) for key, each in lately.items()}
        for said in [run.conversation for run in list(self._runs.values())]:
            if bubble := said.growing:
                found[said.id] = (said.head, bubble["content"])
        return found

    def stop(self, conversation_id: str) -> Conversation:
        """Stop the answer that is written in a conversation; return it as it is then."""
        run = self._runs.get(conversation_id)
        if run is None:
            self._elsewhere.stop(conversation_id)
            return self.open(conversation_id)
        self._streamer.stop(run.conversation)
        return run.conversation

    def delete(self, conversation_id: str) -> None:
        """Stop the answer that is written in a conversation, and delete it; it can be restored."""
        with self._asking:
            self.stop(conversation_id)
            self._runs.pop(conversation_id, None)
            self._saver.store.delete(conversation_id)

    def restore(self, conversation_id: str, exchange_id: str = "") -> None:
        """Bring back a conversation that was deleted, or its questions from an exchange on."""
        with self._asking:
            is_growing = self.open(conversation_id).is_growing
            if not is_growing:
                self._runs.pop(conversation_id, None)
            self._saver.store.restore(conversation_id, exchange_id, shows=not is_growing)

    def lead(
        self, conversation_id: str, exchange_id: str, *, removes: bool = False
    ) -> Conversation:
        """Return it at an exchange's branch, or without that; as it is while it is answered."""
        with self._asking:
            if not self.open(conversation_id).is_growing:
                self._runs.pop(conversation_id, None)
                store = self._saver.store
                (store.remove if removes else store.go_to)(conversation_id, exchange_id)
            return self.open(conversation_id)

    def growing(self, conversation_id: str, exchange_id: str) -> Answer | None:
        """Return the answer that is written to an exchange, as far as it has come."""
        run = self._runs.get(conversation_id)
        if run is None or run.conversation.head != exchange_id:
            return None
        return run.conversation.latest

    def close(self) -> None:
        """Stop all answers, which are kept as far as they have come."""
        self._closing.set()
        for run in list(self._runs.values()):
            self._streamer.stop(run.conversation)
        for run in list(self._runs.values()):
            run.thread.join(CLOSE_S)

    def _write(self, run: _Run, replies: Iterator[list[Message]]) -> None:
        said = run.conversation
        try:
            for _ in replies:
                if said.is_growing and self._elsewhere.grow(_growing(said)):
                    self._streamer.stop(said)
        except Exception:
            logger.exception("an answer ended by a bug")
        self._elsewhere.end(said.id, run.exchange_id)
        with self._asking:
            if self._runs.get(said.id) is run:
                del self._runs[said.id]
        self._streamer.entitle(said)


def _growing(conversation: Conversation) -> GrowingAnswer:
    bubble = conversation.growing or {"content": ""}
    return GrowingAnswer(
        conversation_id=conversation.id, exchange_id=conversation.head, html=bubble["content"]
    )
