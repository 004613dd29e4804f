"""What was said in one tab: bubbles to show, and turns for later questions to refer to.

Knows how a question's bubble looks; knows nothing of engines and stores, nor of Gradio.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Final

from pagelight.services.answering.places import given_key
from pagelight.ui.answers.render import question_html, stopped_html, waiting_html
from pagelight.ui.chat.answer_tools import again_tools
from pagelight.ui.chat.attachments import given_html, names_attached
from pagelight.ui.chat.bubbles import Begun, Message, SentMessage
from pagelight.ui.html.language import key, say
from pagelight.ui.html.named import named
from pagelight.ui.scope.scope import told
from pagelight.ui.source.region import Region
from rag.datamodel import Answer, Turn
from rag.storage.conversations.conversations import KeptAttachment

STOPPED: Final = key("Stopped.")

UNFINISHED: Final = key("No answer came to its end: it was stopped, or Pagelight was.")


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

    @property
    def is_whole(self) -> bool:
        """Whether the last question has its answer."""
        return bool(self.begun) and len(self.turns) > self.begun[-1].turns

    def become(self, other: Conversation) -> None:
        """Be as another is: who shows this one shows that."""
        for field_ in fields(Conversation):
            setattr(self, field_.name, getattr(other, field_.name))

    @property
    def head(self) -> str:
        """The id of the last exchange; "" where there is none."""
        return self.begun[-1].id if self.begun else ""

    def begin(
        self,
        asked: SentMessage,
        *,
        waiting: str,
        region: Region | None = None,
        exchange_id: str = "",
        versions: tuple[str, ...] = (),
        key: str = "",
    ) -> Begun:
        """Add a question, and the bubble that its answer will grow in: `growing`."""
        bubble: Message = {"role": "assistant", "content": waiting_html(waiting)}
        begun = Begun(
            asked=asked,
            question={"role": "user", "content": ""},
            bubble=bubble,
            region=region,
            key=key,
            messages=len(self.messages),
            turns=len(self.turns),
            id=exchange_id,
            after=self.head,
            versions=versions,
        )
        self.begun.append(begun)
        self.show_question(begun)
        self.growing, self.latest = bubble, None
        self.messages += [begun.question, bubble]
        return begun

    def show_question(self, begun: Begun) -> None:
        """Let the question's bubble show what came with it, as far as it is read by now."""
        asked = begun.asked
        html = given_html(asked, key=given_key(begun.key)) + question_html(
            asked.text, region=begun.region, picture=asked.picture, scope=told(asked.scope)
        )
        edit = _edit(begun) if asked.text else ""
        tools = f'<span class="asked-tools">{_versions_html(begun)}{edit}</span>'
        begun.question["content"] = f'<div class="asked">{html}{tools}</div>'

    def carried(self, text: str) -> tuple[KeptAttachment, ...]:
        """Return what a question without files goes on from: what its words speak of.

        That is what the last answer was about, or the latest that came, where the words name it.
        """
        for begun in reversed(self.begun):
            given = tuple(each for each in begun.asked.given if each.doc_id)
            is_meant = begun.is_about if begun is self.begun[-1] else False
            if given and (is_meant or names_attached(text, given)):
                return given
        return ()

    def stop(self) -> None:
        """Leave the answer as far as it has come; what comes later for it is dropped."""
        if self.growing is not None and "waiting" in self.growing["content"].partition(">")[0]:
            self.growing["content"] = stopped_html(STOPPED, tools=again_tools(self.begun[-1]))
        self.growing = None

    def back_to(self, position: int) -> None:
        """Leave the exchange at `position` (from 0) and all after it: they are shown no more."""
        for begun in self.begun[position : position + 1]:
            del self.messages[begun.messages :], self.turns[begun.turns :], self.begun[position:]


def stopped(answer: Answer) -> Answer:
    """Return an answer as it stays that was stopped while it grew."""
    return replace(answer, notes=(*answer.notes, STOPPED), complete=True)


def _edit(begun: Begun) -> str:
    about = named("edit", begun.id)
    return f'<button type="button" class="edit-question" {about}>{say("Edit")}</button>'


def _versions_html(begun: Begun) -> str:
    """Return what leads to the versions of a question; "" where there is this one alone."""
    if len(begun.versions) < 2:  # noqa: PLR2004 - itself and another
        return ""
    at = begun.versions.index(begun.id)
    before, after = begun.versions[:at][-1:], begun.versions[at + 1 :][:1]
    told = say("{n} of {count}", n=at + 1, count=len(begun.versions))
    earlier = _version_button("‹", say("Earlier version of the question"), before)
    later = _version_button("›", say("Later version of the question"), after)
    return f'<span class="versions">{earlier}<span>{told}</span>{later}</span>'


def _version_button(sign: str, label: str, to: tuple[str, ...]) -> str:
    if not to:
        return f'<span class="version">{sign}</span>'
    words = f'<span class="unseen">{label}</span>'
    return f'<button type="button" class="version" {named("branch", to[0])}>{words}{sign}</button>'
