"""What was said in one tab: bubbles to show, and turns for later questions to refer to.

Knows how a question's bubble looks; knows nothing of engines and stores, nor of Gradio.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from rag.datamodel import Answer, Turn
from ui.answer_tools import again_tools
from ui.region import Region
from ui.render import question_html, stopped_html, waiting_html
from ui.scope import told

STOPPED: Final = "Stopped."

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


@dataclass(slots=True, kw_only=True)
class Begun:
    """An exchange, the bubble of its answer, and how many messages and turns stand before it.

    Where it is kept it has an `id`, and an answer takes the place of those in `instead_of`.
    """

    asked: Asked
    bubble: Message
    messages: int
    turns: int
    id: str = ""
    instead_of: tuple[str, ...] = ()


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

    def begin(
        self,
        asked: Asked,
        *,
        waiting: str,
        region: Region | None = None,
        exchange_id: str = "",
        instead_of: tuple[str, ...] = (),
    ) -> Begun:
        """Add a question, and the bubble that its answer will grow in: `growing`."""
        bubble: Message = {"role": "assistant", "content": waiting_html(waiting)}
        begun = Begun(
            asked=asked,
            bubble=bubble,
            messages=len(self.messages),
            turns=len(self.turns),
            id=exchange_id,
            instead_of=instead_of,
        )
        self.begun.append(begun)
        for image in asked.images:
            picture = {"path": image, "alt_text": "Picture of the question"}
            self.messages.append({"role": "user", "content": picture})
        if asked.text or region or asked.picture:
            self.messages.append({"role": "user", "content": self._question(asked, region)})
        self.growing, self.latest = bubble, None
        self.messages.append(bubble)
        return begun

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

    def back_to(self, position: int) -> tuple[str, ...]:
        """Drop the exchange at `position` (from 0) and all after it; return their ids.

        Those that they were to replace are among them.
        """
        dropped = self.begun[position:]
        for begun in dropped[:1]:
            del self.messages[begun.messages :], self.turns[begun.turns :], self.begun[position:]
        return tuple(one for begun in dropped for one in (begun.id, *begun.instead_of) if one)
