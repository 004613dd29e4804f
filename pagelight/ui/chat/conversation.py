"""What was said in one conversation: bubbles to show, and turns for later questions to refer to.

Knows how its bubbles look; knows nothing of engines and stores, nor of Gradio.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final

from pagelight.services.answering.places import answer_key
from pagelight.ui.answers.render import answer_html, bubble, plain_html
from pagelight.ui.chat.attachments import names_attached
from pagelight.ui.html.language import key, known
from pagelight.ui.scope.scope import scope_text
from pagelight.ui.source.region import Region
from rag.datamodel import Answer, Turn
from rag.datamodel.writing import SearchStep
from rag.storage.conversations.exchange import Exchange, KeptAttachment
from rag.storage.conversations.reports import report_id_of
from rag.summarization.summarizer import STAGE as SUMMARY_STAGE
from rag.understanding.wishes.summary_wish import LENGTHS, summary_wish

STOPPED: Final = key("Stopped.")
UNFINISHED: Final = key("No answer came to its end: it was stopped, or Pagelight was.")
SIZES: Final = {"short": key("Short"), "medium": key("Medium"), "long": key("Long")}

Message = dict[str, Any]
"""A bubble, as the chat component takes it: role and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMessage:
    """What came with one message: words, files, the name of a part of a page, a scope.

    `files` are paths that are still to be read, `given` what was read of them; it `follows` where
    it came with an earlier message. `picture` is the id of a stored picture, of a conversation
    that an earlier version kept.
    """

    text: str = ""
    files: tuple[str, ...] = ()
    given: tuple[KeptAttachment, ...] = ()
    follows: bool = False
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.text or self.files or self.given or self.picture or self.region)


@dataclass(slots=True, kw_only=True)
class ExchangeView:
    """An exchange, its two bubbles, and how many messages and turns stand before it.

    It follows the exchange `after` (an id, "" none); `versions` are the ids of those that follow
    the same one, itself among them. `key` is that of the places of its answer; `is_about` tells
    that its answer is about what came with it.
    """

    asked: UserMessage
    question: Message
    bubble: Message
    region: Region | None = None
    is_about: bool = False
    messages: int
    turns: int
    conversation_id: str = ""
    id: str = ""
    after: str = ""
    versions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return answer_key(self.conversation_id, self.id)

    def show_question(self) -> None:
        """Let the question's bubble show what came with it, as far as it is read by now."""
        asked, versions = self.asked, self.versions
        at = versions.index(self.id) if self.id in versions else 0
        self.question["content"] = str(
            bubble(
                "chat/question.html",
                exchange=self,
                asked=asked,
                files=[Path(file).name for file in asked.files],
                scope=scope_text(asked.scope),
                number=at + 1,
                earlier=versions[at - 1] if at else "",
                later=versions[at + 1] if at + 1 < len(versions) else "",
            )
        )

    def show_waiting(self, text: str, steps: Iterable[SearchStep] = ()) -> None:
        self.bubble["content"] = str(plain_html(text, "waiting", steps=steps))

    def show_answer(self, answer: Answer) -> None:
        """Let the answer's bubble show it, with what can be done with it once it is whole."""
        exchange = Exchange(id=self.id, question=self.asked.text, answer=answer)
        is_summary = any(stage == SUMMARY_STAGE for stage, _ in answer.timings_s)
        wish = summary_wish(self.asked.text) if is_summary else None
        tools = bubble(
            "chat/tools.html",
            id=self.id,
            place=f"{self.conversation_id}/{self.id}",
            report=report_id_of(self.conversation_id, exchange),
            sizes=[(one, SIZES[one]) for one in LENGTHS if wish and one != wish.length],
        )
        self.bubble["content"] = str(answer_html(answer, key=self.key, tools=tools))

    def show_failure(self, why: str) -> None:
        """Show why there is no answer; "": the program ended before it came."""
        tools = bubble("chat/tools.html", id=self.id, place="", sizes=())
        html = plain_html(
            known(why or UNFINISHED), "stopped" if why in {"", STOPPED} else "failed", tools=tools
        )
        self.bubble["content"] = str(html)


@dataclass(slots=True)
class Conversation:
    """What was said.

    `growing` is the bubble that an answer is being written into, None between questions; `latest`
    is that answer as far as it has come. `id` is empty until something is asked.
    """

    messages: list[Message] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    growing: Message | None = None
    id: str = ""
    exchanges: list[ExchangeView] = field(default_factory=list)
    latest: Answer | None = None

    @property
    def is_growing(self) -> bool:
        return self.growing is not None

    @property
    def is_whole(self) -> bool:
        """Whether the last question has its answer."""
        return bool(self.exchanges) and len(self.turns) > self.exchanges[-1].turns

    @property
    def head(self) -> str:
        """The id of the last exchange; "" where there is none."""
        return self.exchanges[-1].id if self.exchanges else ""

    def become(self, other: Conversation) -> None:
        """Be as another is: who shows this one shows that."""
        for each in fields(Conversation):
            setattr(self, each.name, getattr(other, each.name))

    def begin(
        self,
        asked: UserMessage,
        *,
        waiting: str = "",
        region: Region | None = None,
        exchange_id: str = "",
        versions: tuple[str, ...] = (),
    ) -> ExchangeView:
        """Add a question, and the bubble that its answer will grow in: `growing`."""
        exchange = ExchangeView(
            asked=asked,
            question={"role": "user", "content": ""},
            bubble={"role": "assistant", "content": ""},
            region=region,
            messages=len(self.messages),
            turns=len(self.turns),
            conversation_id=self.id,
            id=exchange_id,
            after=self.head,
            versions=versions,
        )
        exchange.show_question()
        exchange.show_waiting(waiting)
        self.exchanges.append(exchange)
        self.growing, self.latest = exchange.bubble, None
        self.messages += [exchange.question, exchange.bubble]
        return exchange

    def carried(self, text: str) -> tuple[KeptAttachment, ...]:
        """Return what a question without files goes on from: what its words speak of.

        That is what the last answer was about, or the latest that came, where the words name it.
        """
        for exchange in reversed(self.exchanges):
            given = tuple(each for each in exchange.asked.given if each.doc_id)
            is_meant = exchange.is_about and exchange is self.exchanges[-1]
            if given and (is_meant or names_attached(text, given)):
                return given
        return ()

    def stop(self) -> Answer | None:
        """Leave the answer as far as it has come, which is returned; what comes later is dropped.

        None where it has no word yet.
        """
        exchange, latest, self.growing = self.exchanges[-1], self.latest, None
        if latest is None:
            exchange.show_failure(STOPPED)
            return None
        whole = replace(latest, notes=(*latest.notes, STOPPED), complete=True)
        self.turns.append(whole.turn(exchange.asked.text))
        exchange.show_answer(whole)
        return whole

    def back_to(self, position: int) -> None:
        """Leave the exchange at `position` (from 0) and all after it: they are shown no more."""
        first = self.exchanges[position]
        del self.messages[first.messages :], self.turns[first.turns :], self.exchanges[position:]
